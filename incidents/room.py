"""Reads of the room of a major (§6.2): who holds which role, the situation, decisions, the schools that are hit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from core.models import Event
from directory.models import School
from incidents.models import Comment, Incident, RoomRole, SchoolHit, SituationNote, StakeholderMessage


@dataclass(frozen=True, slots=True)
class Hit:
    """A school that is hit; `by_hand` is who counted it in, None when record or contacts name it."""

    school: School
    by_hand: SchoolHit | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as the log keeps it, with its text as long as that was not erased."""

    event: Event
    text: str


def roles_held(incident_ids: list[int]) -> dict[int, dict[str, RoomRole]]:
    """Incident → role → who holds it now. One query."""
    found: dict[int, dict[str, RoomRole]] = {}
    rows = RoomRole.objects.filter(incident__in=incident_ids, until=None).select_related("person")
    for row in rows:
        found.setdefault(row.incident_id, {})[row.role] = row
    return found


def situation_of(incident: Incident) -> list[SituationNote]:
    """Conditions, actions and needs, the newest first. One query."""
    rows = SituationNote.objects.filter(incident=incident).select_related("text", "by", "done_by")
    return list(rows.order_by("-at", "-id"))


def decisions_of(incident: Incident) -> list[Decided]:
    """What was decided, in the room and by the management, the newest first. Two queries."""
    events = list(
        Event.objects.filter(subject_type="incident", subject_id=incident.pk, kind="incident.decided").order_by("-id")
    )
    texts = Comment.objects.in_bulk([event.data["comment"] for event in events])
    return [
        Decided(event, texts[event.data["comment"]].body if event.data["comment"] in texts else "") for event in events
    ]


def messages_of(incident: Incident) -> list[StakeholderMessage]:
    """Messages to stakeholders, the newest first. One query."""
    return list(StakeholderMessage.objects.filter(incident=incident).select_related("author", "reviewer"))


def schools_of(incident: Incident) -> list[Hit]:
    """The schools of the record, of what hangs on it and of its contacts, corrected by hand. Two queries."""
    by_hand = {
        row.school_id: row for row in SchoolHit.objects.filter(incident=incident).select_related("by").order_by("pk")
    }
    below = incident.children.exclude(status="cancelled").order_by().values("school")
    known = Q(pk=incident.school_id) | Q(pk__in=below) | Q(pk__in=incident.contacts.order_by().values("school"))
    counted_in = [pk for pk, row in by_hand.items() if row.is_hit]
    counted_out = [pk for pk, row in by_hand.items() if not row.is_hit]
    schools = School.objects.filter(known | Q(pk__in=counted_in)).exclude(pk__in=counted_out)
    return [Hit(school, by_hand.get(school.pk)) for school in schools.select_related("project_manager").distinct()]
