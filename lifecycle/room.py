"""The room of a major incident (§6.2): who leads, how things stand, what is decided, which schools are hit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Person, School
from directory.selectors import roles_of
from escalation.models import SeatCall
from incidents import services
from incidents.models import Comment, Incident, RoomRole, SituationNote
from incidents.room import schools_of
from incidents.rules.states import Verb
from lifecycle import correspondence
from lifecycle.access import LEADS, By
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid
from lifecycle.writing import reference_to, write_down

TASKS = ("major_incident", "communication")
"""Rows of §14 whose R and A act in the room, whether they were called or not."""
DECISION = "room_decision"


def may_act(person: Person, incident: Incident) -> bool:
    """Whether somebody acts in the room: the team, whoever holds one of its roles, leads, R and A of §14/14 and /17."""
    document = rules_for(incident)
    roles = LEADS.union(*(document.roles_for(task, "RA") for task in TASKS))
    if roles_of(person) & roles:
        return True
    called = SeatCall.objects.filter(incident=incident, person=person)
    return called.exists() or RoomRole.objects.filter(incident=incident, person=person, until=None).exists()


def enter(number: str, *, by: By, verb: Verb, version: int | None = None) -> tuple[Incident, Person]:
    """The major in hand, and the person who acts in its room. Raises Forbidden, Invalid, as `take_in_hand`."""
    incident = take_in_hand(number, by=by, verb=verb, version=version)
    if not incident.is_major:
        raise Invalid.field("number", _("Dieser Incident ist kein Major Incident."))
    if by.person is None or not may_act(by.person, incident):
        raise Forbidden(verb, _("Das kann, wer zum Major Incident Team gehört oder nach §14 dafür zuständig ist."))
    return incident, by.person


@transaction.atomic
def take_role(number: str, *, role: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Takes a role of the room, also from somebody who holds it: they are told (§6.2)."""
    incident, person = enter(number, by=by, verb=Verb.TAKE_ROLE, version=version)
    _give(incident, role, person, by=by, now=now)
    return incident


@transaction.atomic
def hand_over(number: str, *, role: str, person_id: int, by: By, now: datetime, version: int | None = None) -> Incident:
    """Hands a role of the room over to somebody, who is told (§6.2)."""
    incident, _person = enter(number, by=by, verb=Verb.HAND_OVER, version=version)
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not roles_of(person):
        raise Invalid.field("person", _("Diese Person kann keine Incidents bearbeiten."))
    _give(incident, role, person, by=by, now=now)
    return incident


def _give(incident: Incident, role: str, person: Person, *, by: By, now: datetime) -> None:
    if role not in RoomRole.Role.values:
        raise Invalid.field("role", _("Erlaubt sind: %(values)s") % {"values": ", ".join(RoomRole.Role.values)})
    if RoomRole.objects.filter(incident=incident, role=role, person=person, until=None).exists():
        return
    rule = rules_for(incident).major.team_paragraph
    before = services.give_role(incident, role=role, person=person, rule=rule, actor=by.actor, now=now)
    told = [person, *([before.person] if before is not None else [])]
    correspondence.tell(
        [other for other in told if by.person is None or other.pk != by.person.pk],
        kind="room_role",
        key=f"room:{incident.pk}:{role}:{now.isoformat()}",
        context=correspondence.about(incident) | {"role": role, "name": person.display_name, "by": by.actor.label},
        topic=("incident", incident.pk),
        link=correspondence.link_to_room(incident),
        urgent=True,
        now=now,
    )


@transaction.atomic
def situation_note(
    number: str,
    *,
    kind: str,
    text: str,
    by: By,
    now: datetime,
    key: UUID | None = None,
    noted_at: datetime | None = None,
    version: int | None = None,
) -> Incident:
    """Adds a condition, an action or a need to the situation (§6.2). With the `key` of one that is there: nothing.

    `noted_at` is when it was written on a device without a connection; the log says when it arrived.
    """
    incident, person = enter(number, by=by, verb=Verb.SITUATION_NOTE, version=version)
    if key is not None and SituationNote.objects.filter(key=key).exists():
        return incident
    if kind not in SituationNote.Kind.values:
        raise Invalid.field("kind", _("Erlaubt sind: %(values)s") % {"values": ", ".join(SituationNote.Kind.values)})
    if not text.strip():
        raise Invalid.field("text", _("Die Notiz ist leer."))
    written = write_down(incident, text, kind=Comment.Kind.NOTE, by=by, now=now)
    services.note_situation(
        incident,
        kind=kind,
        text=written,
        reference=reference_to(written),
        person=person,
        at=max(incident.reported_at, min(noted_at or now, now)),  # a device's clock may be wrong
        key=key,
        rule=rules_for(incident).task_paragraph("documentation"),
        actor=by.actor,
        now=now,
    )
    return incident


@transaction.atomic
def situation_done(number: str, *, note: int, by: By, now: datetime, version: int | None = None) -> Incident:
    """An action was taken, a need was met. What is done already stays with who did it (§6.2)."""
    incident, person = enter(number, by=by, verb=Verb.SITUATION_DONE, version=version)
    found = SituationNote.objects.filter(incident=incident, pk=note).exclude(kind=SituationNote.Kind.CONDITION).first()
    if found is None:
        raise Invalid.field("note", _("Diese Massnahme gibt es hier nicht."))
    if found.done_at is None:
        rule = rules_for(incident).task_paragraph("documentation")
        services.finish_situation(found, person=person, rule=rule, actor=by.actor, now=now)
    return incident


@transaction.atomic
def decide(
    number: str, *, decision: str, by: By, now: datetime, grounds: str = "", version: int | None = None
) -> Incident:
    """Keeps what was decided in the room, why and by whom (§14/17). Strategic decisions have a verb of their own."""
    incident, _person = enter(number, by=by, verb=Verb.DECIDE, version=version)
    if not decision.strip():
        raise Invalid.field("decision", _("Das gehört zum Nachweis."))
    said = "\n\n".join(text.strip() for text in (decision, grounds) if text.strip())
    written = write_down(incident, said, kind=Comment.Kind.NOTE, by=by, now=now)
    return services.change(
        incident,
        kind="incident.decided",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).task_paragraph("major_incident"),
        data={"matter": DECISION, **reference_to(written)},
    )


@transaction.atomic
def count_schools(
    number: str,
    *,
    by: By,
    now: datetime,
    add: Sequence[int] = (),
    remove: Sequence[int] = (),
    version: int | None = None,
) -> Incident:
    """Counts schools among those that are hit, or out, whatever record and contacts say (§6.1). Ids of schools."""
    incident, person = enter(number, by=by, verb=Verb.SCHOOLS_HIT, version=version)
    schools = School.objects.in_bulk([*add, *remove])
    if unknown := [pk for pk in (*add, *remove) if pk not in schools]:
        raise Invalid.field("schools", _("Diese Schule gibt es nicht: %(school)s") % {"school": unknown[0]})
    hit = {entry.school.pk for entry in schools_of(incident)}
    added = [schools[pk] for pk in dict.fromkeys(add) if pk not in hit]
    removed = [schools[pk] for pk in dict.fromkeys(remove) if pk in hit]
    if added or removed:
        rule = rules_for(incident).major.paragraph
        services.count_schools(
            incident, added=added, removed=removed, person=person, rule=rule, actor=by.actor, now=now
        )
    return incident
