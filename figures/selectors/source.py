"""Where sums are read: from roll-ups while a selection has rows of its own there, otherwise from the facts it names.

A roll-up holds one dimension, alone or split by priority (schools alone). Anything narrower is read from facts, by the
index on their day.
"""

# ruff: noqa: S608 -- put together from constants; values are parameters

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import connection

from figures import sums
from figures.compute import Duration, Sums
from figures.rollups import UNSPLIT
from figures.rules.buckets import PRECISION, add_up, percentile
from figures.rules.filters import DIMENSIONS, Filters, Period

EXACT_UP_TO = 2_000
"""So many durations are sorted one by one; more are read from the histogram."""
BUCKETS = {
    "": "NULL::date",
    "day": "day",
    "week": "date_trunc('week', day)::date",
    "month": "date_trunc('month', day)::date",
}
_BETWEEN = "{day} BETWEEN %(first)s AND %(last)s"
Params = dict[str, Any]


class Group(NamedTuple):
    """What sums belong to: the first day of a stretch (None: the whole period) and a value of a dimension (or '')."""

    day: Any
    value: str


class _Cells(NamedTuple):
    """The roll-up rows of a selection: their condition, and the column that holds the value grouped by."""

    where: str
    value: str
    params: Params


def cells_of(cut: Mapping[str, str], dimension: str) -> _Cells | None:
    """Which roll-up rows say it; None when none do."""
    one = [name for name in {*cut, dimension} if name not in ("priority", "")]
    by_priority = "priority" in cut or dimension == "priority"
    if len(one) > 1 or (one == [UNSPLIT] and by_priority):
        return None
    name = one[0] if one else ""
    params: Params = {"dimension": name}
    where, value = "dimension = %(dimension)s", "''"
    if name in cut or not name:
        where, params["value"] = f"{where} AND value = %(value)s", cut.get(name, "")
    if dimension == "priority" and "priority" not in cut:
        where += " AND priority <> ''"
    else:
        where, params["priority"] = f"{where} AND priority = %(priority)s", cut.get("priority", "")
    if dimension:
        value = "priority" if dimension == "priority" else "value"
    return _Cells(where, value, params)


def narrowed(cut: Mapping[str, str], *, alias: str = "f") -> tuple[str, Params]:
    """The condition on facts."""
    names = [name for name in DIMENSIONS if name in cut]
    where = " AND ".join(f"{alias}.{name} = %(cut_{name})s" for name in names) or "true"
    return where, {f"cut_{name}": cut[name] for name in names}


def fetch(sql: str, params: Params) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def read(
    filters: Filters, needs: Collection[str], *, period: Period, by: str = "", dimension: str = ""
) -> dict[Group, Sums]:
    """The sums of a period, per stretch of days and value of a dimension; groups without cases are missing."""
    tallies = _tallies(filters, period, by, dimension) if "tally" in needs else {}
    clocks = _clocks(filters, period, by, dimension) if "clocks" in needs else {}
    durations = _durations(filters, period, by, dimension) if "durations" in needs else {}
    return {
        group: Sums(tallies.get(group, {}), clocks.get(group, {}), durations.get(group, {}))
        for group in {**tallies, **clocks, **durations}
    }


def _tallies(filters: Filters, period: Period, by: str, dimension: str) -> dict[Group, dict[str, int]]:
    names = list(sums.TALLY)
    totals = ", ".join(f"sum({name})::bigint" for name in names)
    rows = _rows("daytally", totals, filters, period, by, dimension)
    return {Group(day, value): dict(zip(names, counts, strict=True)) for day, value, *counts in rows}


def _clocks(filters: Filters, period: Period, by: str, dimension: str) -> dict[Group, dict[str, dict[str, int]]]:
    names = list(sums.CLOCK_TALLY)
    totals = "clock, " + ", ".join(f"sum({name})::bigint" for name in names)
    found: dict[Group, dict[str, dict[str, int]]] = {}
    for day, value, clock, *counts in _rows("clocktally", totals, filters, period, by, dimension, "clock"):
        found.setdefault(Group(day, value), {})[clock] = dict(zip(names, counts, strict=True))
    return found


def _rows(
    table: str, totals: str, filters: Filters, period: Period, by: str, dimension: str, more: str = ""
) -> list[tuple[Any, ...]]:
    cells = cells_of(filters.cut, dimension)
    params: Params = {"first": period.first, "last": period.last}
    if cells is not None:
        source = f"SELECT *, {cells.value} AS grouped FROM figures_{table} WHERE {cells.where} AND "
        source += _BETWEEN.format(day="day")
        params |= cells.params
    else:
        where, narrow = narrowed(filters.cut)
        params |= narrow
        cases, columns = {
            "daytally": (sums.cases(_BETWEEN, where), sums.TALLY),
            "clocktally": (sums.promises(_BETWEEN, where), sums.CLOCK_TALLY),
        }[table]
        keys = ", ".join(part for part in ("f.day", more and f"f.{more}") if part)
        grouped = f"f.{dimension}" if dimension else "''"
        source = f"SELECT {keys}, {grouped} AS grouped, {sums.counted(columns)} FROM ({cases}) AS f"
        source += f" GROUP BY {keys}" + (f", {grouped}" if dimension else "")
    group = ", 3" if more else ""
    return fetch(f"SELECT {BUCKETS[by]}, grouped, {totals} FROM ({source}) AS s GROUP BY 1, 2{group}", params)


def _durations(filters: Filters, period: Period, by: str, dimension: str) -> dict[Group, dict[str, Duration]]:
    """From the histograms, or one by one while they are few or no roll-up holds them."""
    cells = cells_of(filters.cut, dimension)
    if cells is None:
        return _exact(filters, period, by, dimension)
    statement = f"""
    SELECT {BUCKETS[by]}, {cells.value}, measure, n, total_s, histogram
    FROM figures_spread WHERE {cells.where} AND {_BETWEEN.format(day="day")}"""
    rows = fetch(statement, {"first": period.first, "last": period.last, **cells.params})
    if sum(n for *_key, n, _total, _histogram in rows) <= EXACT_UP_TO:
        return _exact(filters, period, by, dimension) if rows else {}
    parts: dict[Group, dict[str, list[tuple[int, int, memoryview]]]] = {}
    for day, value, measure, *part in rows:
        parts.setdefault(Group(day, value), {}).setdefault(measure, []).append(tuple(part))
    return {group: {measure: _spread(some) for measure, some in of.items()} for group, of in parts.items()}


def _spread(parts: list[tuple[int, int, memoryview]]) -> Duration:
    histogram = add_up(packed for _n, _total, packed in parts)
    n, total = sum(part[0] for part in parts), sum(part[1] for part in parts)
    return Duration(n, total, percentile(histogram, 0.5), percentile(histogram, 0.9), PRECISION)


def _exact(filters: Filters, period: Period, by: str, dimension: str) -> dict[Group, dict[str, Duration]]:
    where, params = narrowed(filters.cut)
    params |= {"first": period.first, "last": period.last}
    grouped = f"f.{dimension}" if dimension else "''"
    statement = f"""
    SELECT {BUCKETS[by]}, {grouped}, measure, count(*), sum(s)::bigint,
      percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY s)
    FROM ({sums.durations(_BETWEEN, where)}) AS f GROUP BY 1, 2, 3
    """
    found: dict[Group, dict[str, Duration]] = {}
    for day, value, measure, n, total, (median, p90) in fetch(statement, params):
        found.setdefault(Group(day, value), {})[measure] = Duration(n, total, float(median), float(p90), 0.0)
    return found
