"""What is true now: how fresh the figures are, what is open and how old it is."""

# ruff: noqa: S608 -- put together from constants; values are parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import ZURICH
from figures.models import Progress
from figures.rules import ages
from figures.rules.filters import Filters
from figures.selectors.source import cells_of, fetch, narrowed
from incidents.models import PriorityChoice

LATE = timedelta(seconds=60)
_OLDEST = """
SELECT rank.priority, i.number, first.reported_at FROM unnest(%(of)s::text[]) AS rank (priority)
CROSS JOIN LATERAL (
  SELECT f.incident_id, f.reported_at FROM figures_fact AS f
  WHERE f.is_open AND f.priority = rank.priority AND {where} ORDER BY f.reported_at LIMIT 1
) AS first JOIN incidents_incident AS i ON i.id = first.incident_id
"""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to which instant everything is counted, how many seconds ago that was, and whether it is too long."""

    as_of: datetime | None
    behind_s: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Age:
    """A band of the backlog by age in working days, and how many open incidents are in it."""

    key: str
    n: int


@dataclass(frozen=True, slots=True)
class Oldest:
    """The open incident of a priority that has waited longest."""

    priority: str
    number: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open now, by age, and the oldest of each priority."""

    open: int
    ages: list[Age]
    oldest: list[Oldest]

    def oldest_age(self, today: date) -> float | None:
        """Working days since the oldest was reported; None when nothing is open."""
        if not self.oldest:
            return None
        first = min(one.reported_at for one in self.oldest).astimezone(ZURICH).date()
        return float(ages.working_days(first, today))


def freshness(*, now: datetime) -> Freshness:
    """How fresh every figure is; late after a minute, or when nothing was ever counted."""
    progress = Progress.objects.first()
    if progress is None:
        return Freshness(None, 0, True)
    behind = max(timedelta(), now - progress.as_of)
    return Freshness(progress.as_of, int(behind.total_seconds()), behind > LATE)


def backlog(filters: Filters, *, now: datetime) -> Backlog:
    """The open incidents of a selection. The period does not matter: open is open."""
    by_day = open_by_day(filters)
    bands = ages.banded(by_day, now.astimezone(ZURICH).date())
    return Backlog(sum(by_day.values()), [Age(name, n) for name, n in bands.items()], _oldest(filters))


def open_by_day(filters: Filters) -> dict[date, int]:
    """Open incidents by the day on which they were reported."""
    cells = cells_of(filters.cut, "")
    if cells is not None:
        where = f"{cells.where} AND still_open > 0"
        return dict(fetch(f"SELECT day, still_open FROM figures_daytally WHERE {where}", cells.params))
    where, params = narrowed(filters.cut)
    sql = f"SELECT reported_day, count(*) FROM figures_fact AS f WHERE f.is_open AND {where} GROUP BY 1"
    return dict(fetch(sql, params))


def _oldest(filters: Filters) -> list[Oldest]:
    where, params = narrowed(filters.cut)
    asked = [filters.cut["priority"]] if "priority" in filters.cut else PriorityChoice.values
    found = [Oldest(*row) for row in fetch(_OLDEST.format(where=where), {**params, "of": list(asked)})]
    return sorted(found, key=lambda one: asked.index(one.priority))
