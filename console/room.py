"""The room of a major incident: are we in control? (§6.2)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console import major, presence, record, stakeholders
from console.belongings import belongings_of
from console.door import READ, StaffRequest
from console.door import room as door
from console.page import known, page, redirect
from core.clock import now
from directory.models import Person
from incidents.models import Incident, RoomRole, SituationNote
from incidents.room import decisions_of, roles_held, schools_of, situation_of
from lifecycle import room
from process.selectors import document as document_of

PLURALS = {"condition": _("Lage"), "action": _("Massnahmen"), "need": _("Bedarf")}
EMPTY = {
    "condition": _("Noch nichts festgehalten."),
    "action": _("Keine offene Massnahme."),
    "need": _("Nichts wird gebraucht."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A role of the room, and who holds it."""

    key: str
    word: Any
    held: RoomRole | None


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of notes: what holds or is open, and what is done."""

    kind: str
    word: Any
    empty: Any
    open: list[SituationNote]
    done: list[SituationNote]


@door(methods=READ)
def overview(request: StaffRequest, number: str) -> HttpResponse:
    """The room of a major; what is none (any more) is shown on its own page."""
    if request.headers.get("HX-Request"):
        return _live(request, number)
    incident = record.incident_for(request.user, number)
    if not incident.is_major:
        return redirect(request, reverse("console:incident", args=[incident.number]))
    others = presence.note_and_list(incident.pk, request.user, now=now())
    return page(request, "console/room/room.html", _everything(request.user, incident) | {"others": others})


def _live(request: StaffRequest, number: str) -> HttpResponse:
    pk, version, last_event = record.stamp_of(request.user, number)
    others = presence.note_and_list(pk, request.user, now=now())
    parts = [version, last_event, int(now().timestamp()) // 30, get_language(), stakeholders.delivered(pk), *others]
    stamp = "-".join(map(str, parts))
    unchanged = known(request, stamp)
    if unchanged is not None:
        return unchanged
    context = _everything(request.user, record.incident_for(request.user, number)) | {"others": others}
    return page(request, "console/room/room.html", context, fragments={"room": "console/room/_live.html"}, stamp=stamp)


def _everything(person: Person, incident: Incident) -> dict[str, Any]:
    instant, language = now(), get_language() or "de"
    document = document_of(incident.process_version_id)
    declared = belongings_of(incident, person).declared
    panel = major.panel_of(incident, declared, document, language, person)
    held = roles_held([incident.pk]).get(incident.pk, {})
    columns = _columns(situation_of(incident))
    return {
        "incident": incident,
        "process": document,
        "now": instant,
        "major": panel,
        "since": _hours(panel.since, instant) if panel else "",
        "parts": [Part(role.value, role.label, held.get(role.value)) for role in RoomRole.Role],
        "filled": len(held),
        "columns": columns,
        "open_count": sum(len(column.open) for column in columns if column.kind != SituationNote.Kind.CONDITION),
        "decisions": decisions_of(incident),
        "updates": stakeholders.shown(incident, person, now=instant),
        "templates": [(entry.key, entry.label.in_(language)) for entry in document.message_templates],
        "schools": schools_of(incident),
        "may_act": room.may_act(person, incident),
        "kinds": SituationNote.Kind.choices,
        "note_key": uuid4(),
    }


def _hours(since: datetime, until: datetime) -> str:
    """How long it lasts, `1:05` for an hour and five minutes."""
    minutes = max(0, int((until - since).total_seconds()) // 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _columns(notes: list[SituationNote]) -> list[Column]:
    return [
        Column(
            kind.value,
            PLURALS[kind.value],
            EMPTY[kind.value],
            [note for note in notes if note.kind == kind and note.done_at is None],
            [note for note in notes if note.kind == kind and note.done_at is not None],
        )
        for kind in SituationNote.Kind
    ]
