"""The checklist of the level that holds an incident: one button per duty, with and without scripts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from console import ladders, record
from console.door import WRITE, StaffRequest, by, number_in, room
from console.page import page, redirect
from core.clock import now
from lifecycle import duties
from lifecycle.errors import Invalid, WrongState
from process.selectors import document as document_of


@room(methods=WRITE)
def tick(request: StaffRequest, number: str) -> HttpResponse:
    """Ticks or unticks what the button names: chain, level, duty, and how it is to stand afterwards."""
    parts = request.POST.get("duty", "").split("/")
    level = number_in(parts[1]) if len(parts) == 4 else None
    if level is None:
        return HttpResponseBadRequest()
    chain, _level, key, wish = parts
    there = reverse("console:incident", args=[number])
    try:
        duties.tick(number, chain=chain, level=level, key=key, done=wish == "done", by=by(request), now=now())
    except (Invalid, WrongState):
        messages.warning(request, gettext("Der Incident steht inzwischen anders; nichts wurde abgehakt."))
        return redirect(request, there)
    if not request.headers.get("HX-Request"):
        return redirect(request, f"{there}#duty-{chain}-{key}")
    incident = record.incident_for(request.user, number)
    climbs = ladders.ladders_of(incident, document_of(incident.process_version_id), get_language() or "de")
    context = {"incident": incident, "todo": ladders.to_do(climbs), "can_tick": True}
    return page(request, "console/incidents/_duties.html", context)
