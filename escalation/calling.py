"""Calls: their rows, their events, their messages. Works on many steps at once with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import Fact, record_all
from core.bulk import insert_rows
from directory.models import Person
from escalation.events import REASONS
from escalation.models import Call, Step
from escalation.roster import Roster
from escalation.rules.policy import Action, Move
from incidents.models import Incident
from notifications.registry import EVERY_CHANNEL
from notifications.services import Draft, drafts_for, queue_all, skip_keys
from process.schema import ChainName, Document, Priority

KIND = "escalation_call"
TOPIC = "incident"


@dataclass(frozen=True, slots=True)
class Ring:
    """A step and whom it calls now."""

    step: Step
    incident: Incident
    document: Document
    action: Action


def ring_all(rings: Collection[Ring], *, roster: Roster, now: datetime, actor: Actor) -> None:
    """Stores calls, records who was called, queues the messages. `step.rounds` tells first calls from repeated ones."""
    held = [_held(ring, now, actor) for ring in rings if ring.action.move is Move.HOLD]
    rings = [ring for ring in rings if ring.action.people]
    if not rings:
        record_all(held)
        return
    first = [ring for ring in rings if ring.action.move is Move.CALL]
    calls = [
        {"step_id": ring.step.pk, "person_id": person, "at": now} for ring in first for person in ring.action.people
    ]
    insert_rows(Call, calls, once="step_id, person_id")
    name = cache(lambda person, role: _name(roster.people[person], roster.on_call.get(role)))
    record_all([*held, *(_called(ring, roster, name, now, actor) for ring in rings)])
    queue_all([draft for ring in rings for draft in _drafts(ring, roster)], now=now)


def _called(ring: Ring, roster: Roster, name: Callable[[int, str], str], now: datetime, actor: Actor) -> Fact:
    step = ring.step
    names = ", ".join(name(person, step.role) for person in ring.action.people)
    return Fact(
        "escalation.called",
        "incident",
        step.incident_id,
        now,
        actor,
        step.rule,
        {
            "chain": step.chain,
            "step": step.pk,
            "level": step.to_level,
            "people": list(ring.action.people),
            "names": names,
            "round": step.rounds,
            "on_call": roster.on_call.get(step.role),
        },
    )


def _held(ring: Ring, now: datetime, actor: Actor) -> Fact:
    """Nobody is called yet, and the log says until when, or it would read like a ladder that forgot somebody."""
    step = ring.step
    until = ring.action.next_call_at
    data = {"chain": step.chain, "step": step.pk, "level": step.to_level, "until": until.isoformat() if until else ""}
    return Fact("escalation.held", "incident", step.incident_id, now, actor, step.rule, data)


def _name(person: Person, on_call: int | None) -> str:
    return _("%(name)s (Pikett)") % {"name": person.display_name} if person.pk == on_call else person.display_name


def _drafts(ring: Ring, roster: Roster) -> list[Draft]:
    incident = ring.incident
    return drafts_for(
        [roster.people[person] for person in ring.action.people],
        kind=KIND,
        context=_context(ring),
        key=f"call:{ring.step.pk}:{ring.step.rounds}",
        is_urgent=incident.is_urgent,
        needs_ack=True,
        topic_type=TOPIC,
        topic_id=incident.pk,
        link=f"/incidents/{incident.number}/",
    )


def _context(ring: Ring) -> dict[str, Any]:
    step, incident = ring.step, ring.incident
    chain = ring.document.chain(ChainName(step.chain))
    rung = chain.level(step.to_level)
    named = {reason.key: reason.label for reason in rung.reasons}
    return {
        "number": incident.number,
        "title": incident.title,
        "priority": incident.priority,
        "chain": chain.label,
        "level": rung.label,
        "reason": named.get(step.reason) or REASONS.get(step.reason, step.reason),
        "rule": step.rule,
        "note": step.note,
        "ack_min": rung.acknowledge_within_min.for_(Priority(incident.priority)),
        "round": step.rounds,
    }


def silence(steps: Iterable[Step], *, reason: str, now: datetime, but_for: int | None = None) -> None:
    """Makes pending messages of these steps obsolete, except those of one person."""
    by_pk = {step.pk: step for step in steps}
    calls = Call.objects.filter(step__in=by_pk).values_list("step_id", "person_id")
    keys = [key for step_pk, person in calls if person != but_for for key in _keys(by_pk[step_pk], person)]
    skip_keys(keys=keys, reason=reason, now=now)


def _keys(step: Step, person: int) -> Iterator[str]:
    for round_ in range(step.rounds + 1):
        for channel in EVERY_CHANNEL:
            yield f"call:{step.pk}:{round_}:{channel}:{person}"
