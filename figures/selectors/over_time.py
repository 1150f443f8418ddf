"""Figures over time and side by side: series, slices of a dimension, causes of breaches, hours of the week."""

# ruff: noqa: S608 -- put together from constants; values are parameters

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from core.clock import ZURICH
from figures.compute import Sums, need_of, value_of
from figures.formulas import FORMULAS, Unit
from figures.rules.causes import CAUSES
from figures.rules.filters import Filters, Period
from figures.selectors.present import open_by_day
from figures.selectors.source import Group, cells_of, fetch, narrowed, read
from figures.vocabulary import vocabulary

By = Literal["day", "week", "month"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of the stretch of days that begins on `day`; None when it has no case."""

    day: date
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Series:
    """A point for every stretch of the period, empty ones too; `lines` per value when it was split."""

    key: str
    unit: Unit
    by: By
    points: list[Point]
    lines: dict[str, list[Point]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """A figure of one value of a dimension, with its name, and the same in the other period."""

    value: str
    label: str
    figure: float | None
    n: int
    before: float | None


@dataclass(frozen=True, slots=True)
class Cause:
    """Breaches of a clock in the period that have this cause."""

    cause: str
    clock: str
    n: int


@dataclass(frozen=True, slots=True)
class Heat:
    """`cells[weekday][hour]` arrivals, Monday first, local hours; `weekdays` says how many such days the period has."""

    cells: list[list[int]]
    weekdays: list[int]

    @property
    def highest(self) -> int:
        """The most in one cell."""
        return max(max(row) for row in self.cells)

    def per_day(self, weekday: int, hour: int) -> float | None:
        """The mean of such an hour; None when the period has no such day."""
        days = self.weekdays[weekday]
        return self.cells[weekday][hour] / days if days else None


def series(filters: Filters, key: str, *, now: datetime, by: By = "day", split: str = "") -> Series:
    """A figure over the period; of what is true now only the backlog has a past."""
    if key == "backlog":
        return _backlog_series(filters, now=now, by=by)
    starts = _starts(filters.period, by)
    whole = read(filters, {need_of(key)}, period=filters.period, by=by)
    points = [_point(key, filters, day, whole.get(Group(day, ""), Sums())) for day in starts]
    lines: dict[str, list[Point]] = {}
    if split:
        parts = read(filters, {need_of(key)}, period=filters.period, by=by, dimension=split)
        for value in sorted({group.value for group in parts}):
            lines[value] = [_point(key, filters, day, parts.get(Group(day, value), Sums())) for day in starts]
    return Series(key, FORMULAS[key].unit, by, points, lines)


def _point(key: str, filters: Filters, day: date, sums: Sums) -> Point:
    found = value_of(key, sums, clock=filters.clock)
    return Point(day, found.value, found.n)


def _starts(period: Period, by: By) -> list[date]:
    """The first day of every stretch, as the database cuts them; the first may begin before the period."""
    days = [period.first + _DAY * n for n in range(period.days)]
    first = {
        "day": lambda day: day,
        "week": lambda day: day - _DAY * day.weekday(),
        "month": lambda day: day.replace(day=1),
    }
    return sorted({first[by](day) for day in days})


def _backlog_series(filters: Filters, *, now: datetime, by: By) -> Series:
    """What was open at the end of each stretch: what is open now, less what came since, plus what went since."""
    today = now.astimezone(ZURICH).date()
    open_now = sum(open_by_day(filters).values())
    days = read(filters, {"tally"}, period=Period(filters.period.first, max(today, filters.period.last)), by="day")
    change = {group.day: int(value_of("backlog_change", sums).value or 0) for group, sums in days.items()}
    points: list[Point] = []
    ends = {start: min(end, filters.period.last) for start, end in _ends(filters.period, by)}
    for start, end in ends.items():
        since = sum(moved for day, moved in change.items() if day > end)
        points.append(Point(start, float(open_now - since), open_now - since))
    return Series("backlog", "count", by, points)


def _ends(period: Period, by: By) -> list[tuple[date, date]]:
    starts = _starts(period, by)
    return list(zip(starts, [*(start - _DAY for start in starts[1:]), period.last], strict=True))


def breakdown(filters: Filters, key: str, dimension: str, *, now: datetime, limit: int | None = None) -> list[Slice]:
    """A figure per value of a dimension, the worst first (counts: the most first); values without cases are missing."""
    need, words = {need_of(key)}, vocabulary()
    here = read(filters, need, period=filters.period, dimension=dimension)
    there = read(filters, need, period=filters.against, dimension=dimension) if filters.against else {}
    slices = []
    for group, sums in here.items():
        found = value_of(key, sums, clock=filters.clock)
        before = value_of(key, there.get(group, Sums()), clock=filters.clock) if filters.against else None
        if found.n:
            label = words.label(dimension, group.value)
            slices.append(Slice(group.value, label, found.value, found.n, before.value if before else None))
    best_first = FORMULAS[key].good == "up"
    slices.sort(key=lambda one: ((one.figure or 0.0) * (1 if best_first else -1), -one.n, one.label))
    return slices[:limit]


def broken(filters: Filters, *, now: datetime) -> list[Cause]:
    """Breaches of the period by clock and cause, the most frequent first; those of later cycles are `reopened`."""
    found = read(filters, {"clocks"}, period=filters.period).get(Group(None, ""), Sums()).clocks
    causes = [
        Cause(cause, clock, counts[cause])
        for clock, counts in found.items()
        for cause in CAUSES
        if counts[cause] and filters.clock in ("", clock)
    ]
    return sorted(causes, key=lambda one: (-one.n, one.clock, one.cause))


def heat_map(filters: Filters, *, now: datetime) -> Heat:
    """Arrivals by weekday and local hour; an hour that a change of clocks repeats counts both times."""
    cells = [[0] * 24 for _weekday in range(7)]
    for weekday, hour, n in fetch(*_hours(filters)):
        cells[weekday][hour] = n
    weekdays = [0] * 7
    for n in range(filters.period.days):
        weekdays[(filters.period.first + _DAY * n).weekday()] += 1
    return Heat(cells, weekdays)


def _hours(filters: Filters) -> tuple[str, dict[str, object]]:
    days = {"first": filters.period.first, "last": filters.period.last}
    weekday = "extract(isodow FROM day)::int - 1"
    cells = cells_of(filters.cut, "")
    if cells is not None:
        sql = f"""
        SELECT {weekday}, place - 1, sum(n)::bigint
        FROM figures_daytally, unnest(hours) WITH ORDINALITY AS of_hour (n, place)
        WHERE {cells.where} AND day BETWEEN %(first)s AND %(last)s AND n > 0 GROUP BY 1, 2"""
        return sql, {**days, **cells.params}
    where, params = narrowed(filters.cut)
    sql = f"""
    SELECT {weekday}, reported_hour, count(*) FROM (
      SELECT f.reported_day AS day, f.reported_hour FROM figures_fact AS f
      WHERE f.reported_day BETWEEN %(first)s AND %(last)s AND {where}
    ) AS f GROUP BY 1, 2"""
    return sql, {**days, **params}
