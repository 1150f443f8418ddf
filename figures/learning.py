"""The nightly look at history: what like clocks did, and how well that would have foretold the latest of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from figures import rollups
from figures.models import Calibration, ClockFact, Odds
from figures.rules.odds import Past, Table, Trial, baseline, bins, brier, estimate

HISTORY = timedelta(days=365)
HELD_OUT = 0.2
"""The latest share of the history, which the measured forecast has not seen."""
ASKED_AT = (0.0, 0.25, 0.5, 0.75, 0.9)
MOST = 200_000
"""The latest so many clocks are enough; older ones are left out."""


class Group(NamedTuple):
    """Whose table it is: a clock, a priority ('' any), and a value of a dimension ('' any)."""

    clock: str
    priority: str = ""
    dimension: str = ""
    value: str = ""


class Case(NamedTuple):
    """A decided clock of the history."""

    clock: str
    priority: str
    category: str
    team: str
    past: Past


def groups_of(clock: str, priority: str, *, category: str, team: str) -> tuple[list[Group], list[Group]]:
    """The groups a clock belongs to: those of which the first large enough speaks, and the wider ones behind them."""
    narrow = [Group(clock, priority, "category", category), Group(clock, priority, "team", team)]
    return narrow, [Group(clock, priority), Group(clock)]


@transaction.atomic
def learn(*, now: datetime) -> int:
    """Writes the tables anew, and measures the forecast on the latest fifth. Returns how many clocks it looked at."""
    rollups.lock()
    cases = _history(now)
    split = int(len(cases) * (1 - HELD_OUT))
    trials = _try_out(tables_of(cases[:split]), cases[split:])
    Odds.objects.all().delete()
    Odds.objects.bulk_create(
        Odds(**group._asdict(), reached=table.reached, broken=table.broken)
        for group, table in sorted(tables_of(cases).items())
    )
    Calibration.objects.all().delete()
    Calibration.objects.create(
        measured_at=now,
        trained_until=_decided_at(now, split),
        n=len(trials),
        brier=brier(trials),
        baseline=baseline(trials),
        bins=[entry._asdict() for entry in bins(trials)],
    )
    return len(cases)


def tables_of(cases: Iterable[Case]) -> dict[Group, Table]:
    """What the cases of each group did."""
    tables: dict[Group, Table] = defaultdict(Table.empty)
    for case in cases:
        narrow, wide = groups_of(case.clock, case.priority, category=case.category, team=case.team)
        for group in (*narrow, *wide):
            tables[group].add(case.past)
    return tables


def _try_out(tables: dict[Group, Table], cases: Iterable[Case]) -> list[Trial]:
    """A forecast at every share that each clock reached, beside what became of it."""
    trials = []
    for case in cases:
        groups = groups_of(case.clock, case.priority, category=case.category, team=case.team)
        narrow, wide = ([tables.get(group, Table.empty()) for group in some] for some in groups)
        for used in ASKED_AT:
            found = estimate(narrow, wide, used) if case.past.is_broken or case.past.used >= used else None
            if found is not None:
                trials.append(Trial(found[1].value, case.past.is_broken))
    return trials


def _decided(now: datetime) -> list[ClockFact]:
    rows = ClockFact.objects.filter(decided_at__gt=now - HISTORY, decided_at__lte=now).exclude(outcome="")
    return list(rows.exclude(cause="reclassified").order_by("-decided_at", "-pk")[:MOST])[::-1]


def _history(now: datetime) -> list[Case]:
    """Decided clocks, oldest first. One that a new priority broke at once says nothing about the time it used."""
    return [
        Case(row.clock, row.priority, row.category, row.team, Past(_used(row), row.outcome == "breached"))
        for row in _decided(now)
    ]


def _used(row: ClockFact) -> float:
    return (row.used_s or 0) / max(1, row.target_s)


def _decided_at(now: datetime, place: int) -> datetime | None:
    rows = _decided(now)
    return rows[place].decided_at if place < len(rows) else None
