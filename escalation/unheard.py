"""A ladder that was called to its end without an answer: everyone on the last rung hears an alarm (P-5.3, P-1.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache

from core.actors import SYSTEM
from core.audit import Fact, record_all
from directory.models import Person
from directory.selectors import people_with_any_role
from escalation.models import Step
from notifications.services import Draft, drafts_for, queue_all
from process.schema import Chain, ChainName
from process.selectors import document as document_of

KIND = "chain_unheard"


def sound_alarm(steps: Collection[Step], *, now: datetime) -> None:
    """Records that nobody answered and alarms everyone on the last rung, absent or not: an absent reader beats none.

    Where nobody holds that role at all, it is the nearest rung below that somebody does.
    """
    of_role = cache(lambda role: tuple(people_with_any_role([role])))
    facts: list[Fact] = []
    drafts: list[Draft] = []
    for step in steps:
        incident = step.incident
        chain = document_of(incident.process_version_id).chain(ChainName(step.chain))
        people = alarmed(chain, of_role)
        facts.append(_fact(step, people, now))
        drafts += drafts_for(
            people,
            kind=KIND,
            key=f"unheard:{step.pk}",
            context={
                "number": incident.number,
                "title": incident.title,
                "priority": incident.priority,
                "chain": chain.label,
                "rule": step.rule,
            },
            topic_type="incident",
            topic_id=incident.pk,
            link=f"/incidents/{incident.number}/",
            is_urgent=True,
        )
    record_all(facts)
    queue_all(drafts, now=now)


def alarmed(chain: Chain, of_role: Callable[[str], Sequence[Person]]) -> Sequence[Person]:
    """Who hears that a ladder was called to its end; `of_role` gives the active people of a role."""
    return next((found for level in reversed(chain.levels) if (found := of_role(level.role))), ())


def _fact(step: Step, people: Collection[Person], now: datetime) -> Fact:
    names = ", ".join(person.display_name for person in people)
    data = {"chain": step.chain, "step": step.pk, "level": step.to_level, **({"alarmed": names} if names else {})}
    return Fact("escalation.exhausted", "incident", step.incident_id, now, SYSTEM, step.rule, data)
