"""Heartbeats: set up, watched, paused, removed. Their address stands here, for who may look after sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import draft_of
from console.settings.heartbeat_form import HeartbeatForm, initial_of, schedule_in
from core.clock import now
from heartbeats import selectors
from heartbeats.models import Heartbeat
from heartbeats.rules.beats import Action
from heartbeats.rules.schedule import BadSchedule
from lifecycle import heartbeat_care as care
from lifecycle import heartbeats
from lifecycle.access import MANAGE_SOURCES, SEE_SETTINGS
from lifecycle.errors import Invalid
from lifecycle.heartbeats import Said, TooOften

SHOWN = 30


@room(SEE_SETTINGS, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Every heartbeat, how it stands, when it was last heard and when it is next expected."""
    instant = now()
    rows = [(row, row.shown_at(instant)) for row in selectors.heartbeats()]
    fragments = {"beats": "console/settings/_heartbeats.html"}
    return page(request, "console/settings/heartbeats.html", {"rows": rows}, fragments=fragments)


@room(MANAGE_SOURCES)
def edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Sets one up, or changes what was agreed."""
    row = get_object_or_404(Heartbeat, pk=pk) if pk is not None else None
    form = HeartbeatForm(posted(request), heartbeat=row, initial=initial_of(row) if row else None)
    if request.method == "POST" and form.is_valid():
        try:
            facts, who = form.facts(), by(request)
            row = care.change(row.pk, facts, by=who, now=now()) if row else care.create(facts, by=who, now=now())
            messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
            return redirect(reverse("console:settings_heartbeat", args=[row.pk]))
        except Invalid as problem:
            form.refuse(problem.errors)
    context = {
        "form": form,
        "title": row.name if row else _("Neuer Heartbeat"),
        "tab": "heartbeats",
        "back": reverse("console:settings_heartbeat", args=[row.pk]) if row else _home(),
        **_preview(request.POST if form.is_bound else form.initial or {"rhythm": "period", "period_s": "86400"}),
    }
    return page(request, "console/settings/heartbeat_edit.html", context, status=422 if form.errors else 200)


@room(MANAGE_SOURCES, methods=READ)
def preview(request: StaffRequest) -> HttpResponse:
    """The next five times of what is typed so far, or what is wrong with it."""
    return page(request, "console/settings/_heartbeat_preview.html", _preview(request.GET))


def _preview(sent: Any) -> dict[str, Any]:
    try:
        given = {name: str(sent.get(name) or "") for name in ("rhythm", "period_s", "expression", "time_zone")}
        return {"times": selectors.next_times(schedule_in(given), now()), "wrong": ""}
    except BadSchedule as problem:
        return {"times": [], "wrong": care.why(problem)}


@room(MANAGE_SOURCES, methods=READ)
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One heartbeat: its address with recipes, how it stands, its pings with what they brought."""
    row = get_object_or_404(selectors.heartbeats(), pk=pk)
    context = {
        "row": row,
        "shown": row.shown_at(now()),
        "url": request.build_absolute_uri(selectors.ping_path(row)),
        "pings": selectors.pings_of(row)[:SHOWN],
        "flips": selectors.flips_of(row)[:10],
    }
    return page(request, "console/settings/heartbeat.html", context)


@room(MANAGE_SOURCES, methods=WRITE)
def verb(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Pauses, resumes, renews the address, removes, or sends a line of protocol as a test."""
    verbs: dict[str, Callable[..., Any]] = {
        "pause": care.pause,
        "resume": care.resume,
        "rotate": care.rotate,
        "delete": care.delete,
    }
    if name == "test":
        _test(request, get_object_or_404(Heartbeat, pk=pk))
    elif name in verbs:
        verbs[name](pk, by=by(request), now=now())
        messages.success(request, _("Erledigt."))
    else:
        raise Http404
    return redirect(_home() if name == "delete" else reverse("console:settings_heartbeat", args=[pk]))


def _test(request: StaffRequest, row: Heartbeat) -> None:
    """A line of protocol moves nothing: a test must not look like a backup that succeeded."""
    said = Said(Action.LOG, "POST", agent="Escola IM", body=_("Test aus der Konsole"))
    try:
        heartbeats.ping(row.key, said, now=now())
        messages.success(request, _("Test-Ping angekommen. Er steht im Protokoll und ändert nichts am Zustand."))
    except TooOften:
        messages.error(request, _("Zu viele Pings in dieser Minute."))


def _home() -> str:
    return reverse("console:settings_heartbeats")
