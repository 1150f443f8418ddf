"""API keys: everybody has their own; shown once, revoked for good. The process in force stands here too."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings import promises
from console.settings.forms import KeyForm
from core.clock import now
from directory.errors import BadEntry
from directory.keys import create_key, revoke_key
from directory.selectors import keys_of
from lifecycle.access import MANAGE_KEYS, MANAGE_PEOPLE, SEE_SETTINGS, may
from process.models import ProcessVersion
from process.schema import Level
from process.selectors import current_document


@room(MANAGE_KEYS, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """One's own keys; who manages people sees all."""
    sees_all = may(request.user, MANAGE_PEOPLE)
    rows = keys_of(None if sees_all else request.user)
    return page(request, "console/settings/keys.html", {"keys": rows, "now": now(), "sees_all": sees_all})


@room(MANAGE_KEYS)
def new(request: StaffRequest) -> HttpResponse:
    """Makes a key and shows it once."""
    form = KeyForm(posted(request))
    back = reverse("console:settings_keys")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            key, plain = create_key(
                owner=request.user,
                name=data["name"],
                scopes=data["scopes"],
                expires_at=form.until(),
                actor=by(request).actor,
                now=now(),
            )
        except BadEntry as problem:
            form.refuse(problem.errors)
        else:
            shown = {"title": key.name, "secret": plain, "tab": "keys", "back": back}
            response = page(request, "console/settings/once.html", shown)
            response["Cache-Control"] = "no-store"
            return response
    context: dict[str, object] = {"form": form, "title": _("Neuer API-Schlüssel"), "tab": "keys", "back": back}
    return page(request, "console/settings/edit.html", context, status=422 if form.errors else 200)


@room(MANAGE_KEYS, methods=WRITE)
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Ends a key at once."""
    sees_all = may(request.user, MANAGE_PEOPLE)
    key = get_object_or_404(keys_of(None if sees_all else request.user), pk=pk)
    revoke_key(key, actor=by(request).actor, now=now())
    messages.success(request, _("Schlüssel %(prefix)s widerrufen.") % {"prefix": key.prefix})
    return redirect(reverse("console:settings_keys"))


@room(SEE_SETTINGS, methods=READ)
def process(request: StaffRequest) -> HttpResponse:
    """Which version of the process is in force, and its roles, matrix and promises at a glance."""
    language = get_language() or "de"
    document = current_document()[1]
    context = {
        "versions": ProcessVersion.objects.defer("source", "data")[:20],
        "process": document,
        "rows": [(row.impact, [row.priority(level) for level in Level]) for row in document.matrix.rows],
        "targets": promises.rows(document, language),
        "remarks": promises.remarks(document, language),
    }
    return page(request, "console/settings/process.html", context)
