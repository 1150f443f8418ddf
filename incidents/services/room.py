"""What is kept while a major is run from its room (§6.2). No change of the record, so nobody's form becomes stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actors import Actor
from core.audit import Fact, record
from directory.models import Person, School
from incidents.models import Comment, Incident, RoomRole, SchoolHit, SituationNote


def give_role(
    incident: Incident, *, role: str, person: Person, rule: str, actor: Actor, now: datetime
) -> RoomRole | None:
    """Gives a role of the room to somebody, ends that of whoever held it, and returns what it was before."""
    before = RoomRole.objects.filter(incident=incident, role=role, until=None).select_related("person").first()
    if before is not None:
        RoomRole.objects.filter(pk=before.pk).update(until=now)
    RoomRole.objects.create(incident=incident, role=role, person=person, since=now)
    data = {"room_role": role, "name": person.display_name, "person": person.pk}
    former = {"former": before.person.display_name} if before is not None else {}
    record(Fact("incident.role_taken", "incident", incident.pk, now, actor, rule, data | former))
    return before


def note_situation(
    incident: Incident,
    *,
    kind: str,
    text: Comment,
    reference: Mapping[str, Any],
    person: Person,
    at: datetime,
    key: UUID | None,
    rule: str,
    actor: Actor,
    now: datetime,
) -> SituationNote:
    """Stores a line of the situation, with its event. `reference` is what the log keeps of the text."""
    note = SituationNote.objects.create(incident=incident, kind=kind, text=text, by=person, at=at, key=key)
    record(Fact("incident.situation", "incident", incident.pk, now, actor, rule, {"situation": kind, **reference}))
    return note


def finish_situation(note: SituationNote, *, person: Person, rule: str, actor: Actor, now: datetime) -> None:
    """An action or a need is done."""
    SituationNote.objects.filter(pk=note.pk).update(done_at=now, done_by=person)
    data = {"situation": note.kind, "comment": note.text_id}
    record(Fact("incident.situation_done", "incident", note.incident_id, now, actor, rule, data))


def count_schools(
    incident: Incident,
    *,
    added: Iterable[School],
    removed: Iterable[School],
    person: Person,
    rule: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Counts schools in or out by hand, with one event that names them."""
    changes = [(school, True) for school in added] + [(school, False) for school in removed]
    for school, is_hit in changes:
        SchoolHit.objects.update_or_create(
            incident=incident, school=school, defaults={"is_hit": is_hit, "by": person, "at": now}
        )
    names = ", ".join(f"{'+' if is_hit else '−'} {school.name}" for school, is_hit in changes)
    data = {
        "schools": names[:500],
        "added": [school.pk for school, is_hit in changes if is_hit],
        "removed": [school.pk for school, is_hit in changes if not is_hit],
    }
    record(Fact("incident.schools_hit", "incident", incident.pk, now, actor, rule, data))
