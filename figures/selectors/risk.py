"""Promises about to break, read from the clocks themselves: as fresh as the question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from core.clock import ZURICH
from core.rules.workhours import from_wall
from figures.forecast import Chance, chances
from figures.rules.filters import Filters
from sla.models import Clock

Horizon = Literal["30min", "2h", "today"]
HORIZONS: tuple[Horizon, ...] = ("30min", "2h", "today")
_OF_INCIDENT = {
    "priority": "incident__priority",
    "category": "incident__category",
    "module": "incident__module__key",
    "school": "incident__school_id",
    "canton": "incident__school__canton",
    "team": "incident__team__key",
    "channel": "incident__channel",
}
_OF_KIND = {
    "flood": Q(incident__is_flood=True),
    "major": Q(incident__is_flood=False, incident__is_major=True),
    "single": Q(incident__is_flood=False, incident__is_major=False),
}

_DEADLINE = Coalesce("due_at", "manual_due_at")


@dataclass(frozen=True, slots=True)
class Risk:
    """A running clock, when it breaks, the seconds until then (negative: it just did), and how likely."""

    clock: Clock
    due_at: datetime
    left_s: int
    chance: Chance


@dataclass(frozen=True, slots=True)
class AtRisk:
    """How many clocks break within each horizon unless somebody acts, and those of one, the most urgent first."""

    horizon: Horizon
    counts: dict[Horizon, int]
    rows: list[Risk]


def at_risk(filters: Filters, *, now: datetime, horizon: Horizon = "2h", limit: int = 50) -> AtRisk:
    """Clocks that are not broken yet and will be within the horizon. `today` ends at local midnight."""
    ends = _ends(now)
    clocks = _due_by(filters, max(ends.values()))
    counts = clocks.aggregate(
        **{f"n{place}": Count("pk", filter=Q(deadline_at__lte=ends[name])) for place, name in enumerate(HORIZONS)}
    )
    chosen = list(
        clocks.filter(deadline_at__lte=ends[horizon])
        .select_related("incident__team", "incident__school", "incident__assignee")
        .order_by("deadline_at", "pk")[:limit]
    )
    likely = chances(chosen, now=now)
    rows = [
        Risk(clock, due, int((due - now).total_seconds()), likely[clock.pk])
        for clock in chosen
        if (due := clock.deadline)
    ]
    return AtRisk(horizon, {name: counts[f"n{place}"] for place, name in enumerate(HORIZONS)}, rows)


def _ends(now: datetime) -> dict[Horizon, datetime]:
    tomorrow = now.astimezone(ZURICH).date() + timedelta(days=1)
    midnight = from_wall(datetime.combine(tomorrow, time(0)), ZURICH)
    return {"30min": now + timedelta(minutes=30), "2h": now + timedelta(hours=2), "today": midnight}


def _due_by(filters: Filters, end: datetime) -> QuerySet[Any]:
    """By the index of the sweep: a clock is never due before its next checkpoint is."""
    where = {_OF_INCIDENT[name]: value for name, value in filters.cut.items() if name != "kind"}
    clocks = Clock.objects.filter(next_check_at__lte=end, stopped_at=None, breached_at=None, **where)
    if filters.clock:
        clocks = clocks.filter(kind=filters.clock)
    clocks = clocks.filter(_OF_KIND[filters.cut["kind"]]) if "kind" in filters.cut else clocks
    return clocks.annotate(deadline_at=_DEADLINE).filter(deadline_at__lte=end)
