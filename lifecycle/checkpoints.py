"""SLA checkpoints and breaches whose time has come: who climbs, and who hears of it (P-5.4, P-9.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction

import sla.services
from core.audit import Fact, record_all
from directory.models import Person
from directory.selectors import holders
from escalation.selectors import called_at, reason_paragraph
from incidents.models import OPEN_VALUES
from lifecycle import correspondence
from lifecycle.access import RULES
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for
from notifications.services import MOST_AT_ONCE, Draft, drafts_for, queue_all
from process.schema import ChainName
from sla.services import Due

About = dict[str, Any]


@transaction.atomic
def passed(now: datetime, batch: int) -> int:
    """One batch of checkpoints: breaches enter level 2 of the management chain, people are told. Returns how many."""
    due = sla.services.claim_due(now=now, limit=batch)
    _climb_after_breach([entry for entry in due if entry.is_breach], now)
    _tell(due, now)
    return len(due)


def _climb_after_breach(breached: Sequence[Due], now: datetime) -> None:
    """Level 2 of the management chain (P-5.4), once though both clocks of an incident may break; all are locked."""
    incidents = {entry.incident.pk: entry.incident for entry in breached}.values()
    climbs = []
    for incident in incidents:
        if incident.status not in OPEN_VALUES or incident.management_level != 1:
            continue
        rules = rules_for(incident)
        chain = rules.chain(ChainName.MANAGEMENT)
        reason = rules.sla.breach_reason
        climbs.append(Climb(incident, ChainName.MANAGEMENT, 2, reason, reason_paragraph(chain, 2, reason)))
    if climbs:
        climb_all(climbs, by=RULES, now=now)


def _tell(due: Sequence[Due], now: datetime) -> None:
    about = {entry.clock.pk: _about(entry) for entry in due}
    drafts: list[Draft] = []
    together: dict[int, list[str]] = {}
    for entries, people in _audiences(due, now):
        if len(entries) > MOST_AT_ONCE:
            drafts += _one_for_all(people, entries, about)
            for entry in entries:
                together.setdefault(entry.clock.pk, []).extend(person.display_name for person in people)
        else:
            drafts += [draft for entry in entries for draft in _one_each(people, entry, about)]
    queue_all(drafts, now=now)
    record_all(_bundled(entry, together[entry.clock.pk], now) for entry in due if entry.clock.pk in together)


def _audiences(due: Sequence[Due], now: datetime) -> list[tuple[list[Due], list[Person]]]:
    """Deadlines, and the people who hear of just these: what they read is then written once."""
    heard: dict[Person, list[Due]] = {}
    for entry, people in _hearers(due, now):
        for person in people:
            heard.setdefault(person, []).append(entry)
    audiences: dict[tuple[int, ...], tuple[list[Due], list[Person]]] = {}
    for person, entries in heard.items():
        audiences.setdefault(tuple(entry.clock.pk for entry in entries), (entries, []))[1].append(person)
    return list(audiences.values())


def _hearers(due: Sequence[Due], now: datetime) -> Iterator[tuple[Due, list[Person]]]:
    """The holder hears of every checkpoint; from 90 % on the project managers, who answer for the SLA (§14), too.

    Who is called because of this very breach reads it in the call and hears it no second time.
    """
    called = called_at(now, [entry.incident.pk for entry in due if entry.is_breach])
    of_role = cache(lambda role: holders(role, now=now))
    for entry in due:
        incident = entry.incident
        people = [incident.assignee] if incident.assignee else []
        if not people and entry.percent >= 75:
            chain = rules_for(incident).chain(ChainName.FUNCTIONAL)
            people += of_role(chain.level(incident.functional_level).role)
        if entry.percent >= 90:
            people += of_role("project_manager")
        yield entry, [person for person in dict.fromkeys(people) if (incident.pk, person.pk) not in called]


def _one_each(people: Sequence[Person], entry: Due, about: Mapping[int, About]) -> list[Draft]:
    incident = entry.incident
    return drafts_for(
        people,
        kind="sla_breached" if entry.is_breach else "sla_warning",
        key=_key(entry),
        context=about[entry.clock.pk],
        topic_type="incident",
        topic_id=entry.incident.pk,
        link=correspondence.link_to(entry.incident),
        is_urgent=entry.is_breach or incident.is_major,
    )


def _one_for_all(people: Sequence[Person], entries: Sequence[Due], about: Mapping[int, About]) -> list[Draft]:
    """Breaches first, then what is nearest to one. No deadline is told twice, so the first makes the key unique."""
    broken = sum(entry.is_breach for entry in entries)
    ranked = sorted(entries, key=lambda entry: -entry.percent)
    return drafts_for(
        people,
        kind="sla_many",
        key=f"many:{_key(entries[0])}",
        context={"entries": [about[entry.clock.pk] for entry in ranked], "broken": broken, "count": len(entries)},
        link="/incidents/?sort=due",
        is_urgent=broken > 0,
    )


def _key(entry: Due) -> str:
    return f"clock:{entry.clock.pk}:{entry.clock.segment}:{entry.percent}"


def _about(entry: Due) -> About:
    told = correspondence.about(entry.incident)
    return told | {"clock": entry.clock.kind, "percent": entry.percent, "due_at": entry.clock.due_at}


def _bundled(entry: Due, names: Sequence[str], now: datetime) -> Fact:
    """The one message has many subjects: each incident's own log says who heard of it that way."""
    data = {"to": ", ".join(names), "about": "sla_many", "percent": entry.percent}
    return Fact("message.bundled", "incident", entry.incident.pk, now, RULES.actor, data=data)
