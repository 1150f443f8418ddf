"""What other promises would have changed: incident after incident is told again under an edited document (R13).

Counted are incidents reported since an instant and whatever is open. Nothing is written; every chunk adds to `Found`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from incidents.models import OPEN_VALUES, Incident
from process.schema import ClockKind, Document
from process.selectors import document as document_of
from sla.rules.clock import ClockState, SlaFact, derive
from sla.rules.cycles import first_cycle
from sla.selectors import facts_for

MOST_LISTED = 500
"""Incidents that are named; the others are only counted."""


@dataclass(slots=True)
class Found:
    """What was found up to now; plain values, so that it can be stored and gone on with."""

    attainment: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """`resolution/high` → before and after: [met, breached]."""
    changed: list[dict[str, Any]] = field(default_factory=list)
    open: int = 0
    changed_count: int = 0
    newly_broken: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the row of the question."""
        return {
            "attainment": self.attainment,
            "changed": self.changed,
            "open": self.open,
            "changed_count": self.changed_count,
            "newly_broken": self.newly_broken,
        }


def asked_about(rows: QuerySet[Incident], *, since: datetime, until: datetime) -> QuerySet[Incident]:
    """The incidents of `rows` a question is about, in the order in which they are told."""
    of_interest = Q(reported_at__gte=since) | Q(status__in=OPEN_VALUES)
    needed = ("number", "status", "priority", "reported_at", "process_version_id")
    return rows.filter(of_interest, reported_at__lt=until).order_by("pk").only(*needed)


def add(found: Found, incidents: Sequence[Incident], edited: Document, *, since: datetime, now: datetime) -> None:
    """Tells these incidents under their own document and under the edited one, and adds what differs."""
    facts = facts_for([incident.pk for incident in incidents])
    alike: dict[int, frozenset[ClockKind]] = {}
    for incident in incidents:
        version = incident.process_version_id
        if version not in alike:
            alike[version] = _clocks_alike(document_of(version), edited)
        if incident.pk in facts:
            _add(found, incident, facts[incident.pk], edited, alike[version], since=since, now=now)


def _add(
    found: Found,
    incident: Incident,
    facts: list[SlaFact],
    edited: Document,
    alike: frozenset[ClockKind],
    *,
    since: datetime,
    now: datetime,
) -> None:
    own = document_of(incident.process_version_id)
    is_open = incident.status in OPEN_VALUES
    found.open += is_open
    once = first_cycle(facts)
    for kind in ClockKind:
        before = derive(kind, facts, own, now)
        after = before if kind in alike else derive(kind, facts, edited, now)
        if incident.reported_at >= since:
            again = once is not facts and kind is not ClockKind.RESPONSE
            _count(
                found,
                incident,
                derive(kind, once, own, now) if again else before,
                derive(kind, once, edited, now) if again else after,
            )
        if is_open and before.stopped_at is None and _differ(before, after):
            _list(found, incident, before, after)


def _clocks_alike(own: Document, edited: Document) -> frozenset[ClockKind]:
    """The clocks that are the same under both, whatever happened to their incident: they need no second telling."""

    def agreed(document: Document, kind: ClockKind) -> list[object]:
        rest = document.sla.model_copy(update={"targets": []})
        return [[target for target in document.sla.targets if target.clock is kind], rest, document.calendars]

    return frozenset(kind for kind in ClockKind if agreed(own, kind) == agreed(edited, kind))


def _count(found: Found, incident: Incident, before: ClockState, after: ClockState) -> None:
    """Decided clocks only: running ones and those that fell away count for neither (B3)."""
    place = found.attainment.setdefault(f"{before.kind.value}/{incident.priority}", {"before": [0, 0], "after": [0, 0]})
    for name, state in (("before", before), ("after", after)):
        if state.breached_at is not None:
            place[name][1] += 1
        elif state.state == "met":
            place[name][0] += 1


def _differ(before: ClockState, after: ClockState) -> bool:
    return (before.deadline, before.target_s, before.breached_at) != (after.deadline, after.target_s, after.breached_at)


def _list(found: Found, incident: Incident, before: ClockState, after: ClockState) -> None:
    breaks = before.breached_at is None and after.breached_at is not None
    found.changed_count += 1
    found.newly_broken += breaks
    if len(found.changed) < MOST_LISTED:
        found.changed.append(
            {
                "number": incident.number,
                "clock": before.kind.value,
                "before": _told(before),
                "after": _told(after),
                "newly_broken": breaks,
            }
        )


def _told(state: ClockState) -> dict[str, Any]:
    return {
        "state": state.state,
        "target_s": state.target_s,
        "due_at": state.deadline.isoformat() if state.deadline else None,
        "breached_at": state.breached_at.isoformat() if state.breached_at else None,
    }
