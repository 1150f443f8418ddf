"""People who wait hear regularly how things stand (P-5.5, R3): the clock behind it, and who is reminded (§14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

from django.db import transaction

import sla.updates
from core.actors import SYSTEM
from core.audit import Fact, record_all
from directory.models import Person
from directory.selectors import holders
from incidents.models import OPEN_VALUES, Incident
from lifecycle import correspondence
from notifications.services import Draft, drafts_for, queue_all
from process.schema import Document, Priority
from process.selectors import document
from sla.rules.updates import Hears
from sla.updates import Owed

TASK = "communication"
KINDS = {
    Hears.RESPONSIBLE: ("incident_update_due", "sla.update_due"),
    Hears.ACCOUNTABLE: ("incident_update_overdue", "sla.update_overdue"),
}
"""For each who hears: the message, and the event."""


def follow(incidents: Iterable[Incident], *, now: datetime, anew: bool = False) -> None:
    """Lets the update clocks follow what the incidents are now; `anew` when somebody was written to this moment."""
    minutes = {incident.pk: interval_of(incident) for incident in incidents}
    running = {pk: interval for pk, interval in minutes.items() if interval}
    sla.updates.keep(running, among=minutes.keys(), now=now, anew=anew)


def interval_of(incident: Incident) -> int:
    """Minutes between two updates; 0 while nobody waits for one.

    A major always owes updates. Others do to somebody who reported them; not while they wait for that very person.
    """
    rules = document(incident.process_version_id)
    if incident.status not in OPEN_VALUES or not (incident.is_major or _has_reporter(incident)):
        return 0
    if any(reason.key == incident.pending_reason and reason.pauses_sla for reason in rules.pending_reasons):
        return 0
    return rules.cadence.minutes.for_(Priority(incident.priority))


def _has_reporter(incident: Incident) -> bool:
    return bool(incident.reporter_name or incident.reporter_email or incident.reporter_phone or incident.reporter_id)


@transaction.atomic
def remind(now: datetime, batch: int) -> int:
    """One batch of updates that are owed: R is reminded, A hears what R did not do. Returns how many clocks."""
    owed = sla.updates.claim_due(now=now, limit=batch)
    of_role = cache(lambda role: tuple(holders(role, now=now)))
    drafts: list[Draft] = []
    facts: list[Fact] = []
    for entry in owed:
        incident = entry.clock.incident
        rules = document(incident.process_version_id)
        for letter in sorted(entry.hears, reverse=True):
            people = _people(incident, rules, letter, of_role)
            message, event = KINDS[letter]
            drafts += _drafts(entry, people, message)
            names = ", ".join(person.display_name for person in people) or "–"
            facts.append(Fact(event, "incident", incident.pk, now, SYSTEM, rules.cadence.paragraph, {"names": names}))
    queue_all(drafts, now=now)
    record_all(facts)
    return len(owed)


def _people(
    incident: Incident, rules: Document, letter: Hears, of_role: Callable[[str], Sequence[Person]]
) -> list[Person]:
    """Who works on it writes, and the school's own project manager answers for it; else whoever holds the role."""
    manager = incident.school.project_manager if incident.school else None
    own = incident.assignee if letter is Hears.RESPONSIBLE else manager
    if own is not None and own.is_active:
        return [own]
    roles = rules.roles_for(TASK, letter.value)
    return list(dict.fromkeys(person for role in roles for person in of_role(role)))


def _drafts(entry: Owed, people: Sequence[Person], kind: str) -> list[Draft]:
    clock, incident = entry.clock, entry.clock.incident
    return drafts_for(
        people,
        kind=kind,
        key=f"update:{incident.pk}:{clock.since.isoformat()}:{clock.interval_min}:{kind}:{clock.told}",
        context=correspondence.about(incident) | {"since": clock.since, "due_at": clock.due_at},
        topic_type="incident",
        topic_id=incident.pk,
        link=correspondence.link_to_room(incident) if incident.is_major else correspondence.link_to(incident),
        is_urgent=kind == KINDS[Hears.ACCOUNTABLE][0] or incident.is_major,
    )
