"""«Was wäre, wenn …?»: other promises are tried on what has happened before somebody makes them (§9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.marks import hours
from console.page import page, redirect
from console.rings import kind_name
from console.what_if_forms import WhatIfForm
from core.clock import now
from lifecycle import what_if
from lifecycle.access import ASK_WHAT_IF
from lifecycle.errors import Invalid
from process.selectors import current_document
from sla.models import Clock, WhatIf

STOP_POLLING = 286
SILENT_AFTER = what_if.LEASE


@room(ASK_WHAT_IF)
def form(request: StaffRequest) -> HttpResponse:
    """The targets in force to be changed; sent, a worker answers on a page of its own."""
    document = current_document()[1]
    asked = WhatIfForm(
        posted(request), request.FILES or None, document=document, language=get_language() or "de", auto_id="id_%s"
    )
    if asked.is_bound and asked.is_valid():
        try:
            row = what_if.ask(asked.asked(), by=by(request), now=now())
        except Invalid as problem:
            asked.refuse(problem.errors)
        else:
            return redirect(request, reverse("console:what_if_answer", args=[row.pk]))
    if not asked.is_bound and request.GET.get("yaml"):
        asked.initial["text"] = asked.as_yaml()
    context = {"form": asked, "is_text": bool(asked["text"].value()), "days": what_if.BACK.days}
    return page(request, "console/what_if/form.html", context, status=422 if asked.errors else 200)


@room(ASK_WHAT_IF, methods=READ)
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """How far it has come, then what would be different; the region asks again until it is over."""
    row = what_if.question(pk, by=by(request), now=now())
    context = {"row": row, "waits": _waits(row), "days": what_if.BACK.days, "can_cancel": not row.is_over}
    if row.state == WhatIf.State.DONE:
        context |= _told(row, request)
    fragments = {"answer": "console/what_if/_answer.html"}
    is_last = row.is_over and request.headers.get("HX-Request")
    return page(
        request, "console/what_if/answer.html", context, fragments=fragments, status=STOP_POLLING if is_last else 200
    )


@room(ASK_WHAT_IF, methods=WRITE)
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Stops it."""
    what_if.cancel(pk, by=by(request), now=now())
    return redirect(request, reverse("console:what_if_answer", args=[pk]))


def _waits(row: WhatIf) -> bool:
    """Whether no worker has been at it for a while: then the page says so instead of hoping."""
    since = row.lease_until or row.created_at + what_if.LEASE
    return not row.is_over and now() > since


def _told(row: WhatIf, request: StaffRequest) -> dict[str, Any]:
    found = what_if.answer_of(row, by=by(request))
    return {
        "found": found,
        "attainment": [
            {"clock": kind_name(entry.clock), "entry": entry, "points": _points(entry)} for entry in found.attainment
        ],
        "changes": [
            {
                "number": entry["number"],
                "title": entry["title"],
                "clock": kind_name(entry["clock"]),
                "before": _side(entry["before"]),
                "after": _side(entry["after"]),
                "newly_broken": entry["newly_broken"],
            }
            for entry in found.incidents
        ],
    }


def _points(entry: what_if.Attainment) -> float | None:
    """By how many percentage points it would be better or worse."""
    before, after = entry.before.attainment, entry.after.attainment
    return None if before is None or after is None else round((after - before) * 100, 1)


def _side(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "due_at": parse_datetime(told["due_at"]) if told["due_at"] else None,
        "breached_at": parse_datetime(told["breached_at"]) if told["breached_at"] else None,
        "target": hours(told["target_s"]),
        "state": Clock.State(told["state"]).label,
    }
