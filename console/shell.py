"""What belongs to no room: the language of the page and the style guide."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

import directory.services
from console.door import WRITE, StaffRequest, by, room
from core.clock import now


@room(methods=WRITE)
def language(request: StaffRequest) -> HttpResponse:
    """Changes the person's own language and returns to where they were."""
    chosen = request.POST.get("language", "")
    if chosen in ("de", "en"):
        directory.services.update_person(request.user, changes={"language": chosen}, actor=by(request).actor, now=now())
    return redirect(safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """The `next` of a form, when it stays on this host; otherwise the start page."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    secure = settings.PRODUCTION
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure) else "/"
