"""What belongs to no room: the language of the page and the style guide."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

import directory.services
from console import samples
from console.door import READ, WRITE, StaffRequest, by, room
from core.clock import now


@room(methods=WRITE)
def language(request: StaffRequest) -> HttpResponse:
    """Changes the person's own language and returns to where they were."""
    chosen = request.POST.get("language", "")
    if chosen in ("de", "en"):
        directory.services.update_person(request.user, changes={"language": chosen}, actor=by(request).actor, now=now())
    return redirect(next_or(request, "/"))


def next_or(request: HttpRequest, otherwise: str) -> str:
    """The `next` of a form when it is a path on this host, else `otherwise`."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=settings.PRODUCTION)
    return wanted if is_safe and wanted.startswith("/") else otherwise


@room(methods=READ)
def styleguide(request: StaffRequest) -> HttpResponse:
    """Every component in all its states; only in debug."""
    return render(request, "console/styleguide.html", samples.context(now=now()))
