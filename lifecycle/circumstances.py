"""Reasons of the document that hold by themselves (P-5.1, P-5.2): a category, a ticked criterion, long running.

Nothing climbs in the act that changed a fact: the incident is put down to be looked at, and the sweep does it. So every
circumstance has one way to speak, and one that is met by time alone is a row with an instant like every deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction

from escalation.rules.reasons import Case, Due, due
from escalation.selectors import reasons_heard
from incidents.models import OPEN_VALUES, Incident
from lifecycle.access import RULES
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for
from process.schema import ChainName, Priority


def first_look(incident: Incident) -> datetime | None:
    """When an incident is to be looked at first; None where no circumstance can ever hold. Asks nothing."""
    return min((found.at for _chain, found in _due(incident, ())), default=None)


def look_again(incident: Incident) -> None:
    """A fact of an incident (locked) has changed: whatever holds now speaks at the next sweep."""
    at = first_look(incident)
    if at != incident.weigh_at:
        incident.weigh_at = at
        Incident.objects.filter(pk=incident.pk).update(weigh_at=at)


@transaction.atomic
def weigh(now: datetime, batch: int) -> int:
    """One batch of incidents it is time to look at: each climbs to the highest level a reason leads to. How many."""
    found = list(
        Incident.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("assignee", "team")
        .filter(weigh_at__lte=now, status__in=OPEN_VALUES)
        .order_by("weigh_at")[:batch]
    )
    heard = reasons_heard([incident.pk for incident in found])
    climbs: list[Climb] = []
    for incident in found:
        ahead = list(_due(incident, heard.get(incident.pk, ())))
        incident.weigh_at = min((entry.at for _chain, entry in ahead if entry.at > now), default=None)
        climbs += _highest(incident, [(chain, entry) for chain, entry in ahead if entry.at <= now])
    Incident.objects.bulk_update(found, ["weigh_at"])
    climb_all(climbs, by=RULES, now=now)
    return len(found)


def _highest(incident: Incident, held: list[tuple[ChainName, Due]]) -> Iterator[Climb]:
    for chain in ChainName:
        of_chain = [entry for name, entry in held if name is chain]
        if of_chain:
            top = max(of_chain, key=lambda entry: entry.level)
            yield Climb(incident, chain, top.level, top.reason.key, top.reason.paragraph)


def _due(incident: Incident, heard: Collection[str]) -> Iterator[tuple[ChainName, Due]]:
    document = rules_for(incident)
    case = Case(
        opened_at=incident.created_at,
        category=incident.category,
        criteria=frozenset(incident.urgency_criteria) | frozenset(incident.impact_criteria),
        priority=Priority(incident.priority),
        heard=heard,
    )
    for chain in document.chains:
        for entry in due(case, chain, above=incident.level_on(chain.name)):
            yield chain.name, entry
