"""Who §14 informs of an escalation (letter I) hears of it, without being called (P-14.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from directory.models import Person
from directory.selectors import holders
from incidents.models import Incident
from lifecycle import correspondence
from lifecycle.access import By
from notifications.services import MOST_AT_ONCE, Draft, drafts_for, queue_all
from process.schema import Chain, ChainLevel, Document

Audience = Callable[[Document, Chain, ChainLevel], tuple[Person, ...]]


def task_of(chain: str) -> str:
    """The row of §14 that an escalation on a chain is."""
    return f"{chain}_escalation"


@dataclass(frozen=True, slots=True)
class News:
    """An escalation and who is informed of it."""

    incident: Incident
    chain: Chain
    rung: ChainLevel
    rule: str
    people: tuple[Person, ...]

    @property
    def fact(self) -> dict[str, str]:
        """What the log says of it."""
        return {"informed": ", ".join(person.display_name for person in self.people)} if self.people else {}


def audience(*, by: By, now: datetime) -> Audience:
    """Who is informed when a rung is entered: the roles with an I, but for whoever acts and whoever is called there.

    Asks once per role, however many incidents climb in this transaction.
    """
    of_role = cache(lambda role: holders(role, now=now))

    def informed(document: Document, chain: Chain, rung: ChainLevel) -> tuple[Person, ...]:
        roles = document.roles_for(task_of(chain.name), "I")
        known = {person.pk for person in of_role(rung.role)} | {by.person.pk if by.person else None}
        people = {person.pk: person for role in roles for person in of_role(role) if person.pk not in known}
        return tuple(people.values())

    return informed


def inform(news: Iterable[News], *, now: datetime) -> None:
    """Tells everybody, those who have much to hear in one message."""
    heard: dict[tuple[Person, ...], list[News]] = {}
    for entry in news:
        if entry.people:
            heard.setdefault(entry.people, []).append(entry)
    drafts: list[Draft] = []
    for people, entries in heard.items():
        drafts += _one_for_all(people, entries) if len(entries) > MOST_AT_ONCE else _one_each(people, entries)
    queue_all(drafts, now=now)


def _one_each(people: Sequence[Person], entries: Sequence[News]) -> list[Draft]:
    return [
        draft
        for entry in entries
        for draft in drafts_for(
            people,
            kind="escalation_informed",
            key=_key(entry),
            context=_about(entry),
            topic_type="incident",
            topic_id=entry.incident.pk,
            link=correspondence.link_to(entry.incident),
            is_urgent=entry.incident.is_major,
        )
    ]


def _one_for_all(people: Sequence[Person], entries: Sequence[News]) -> list[Draft]:
    """No escalation is told twice, so the first one makes the key unique."""
    context = {"entries": [_about(entry) for entry in entries], "count": len(entries)}
    link = "/incidents/?open=true"
    return drafts_for(people, kind="escalation_many", key=f"many:{_key(entries[0])}", context=context, link=link)


def _key(entry: News) -> str:
    return f"informed:{entry.incident.pk}:{entry.chain.name}:v{entry.incident.version}"


def _about(entry: News) -> dict[str, Any]:
    return correspondence.about(entry.incident) | {
        "chain": entry.chain.label,
        "level": entry.rung.label,
        "rule": entry.rule,
    }
