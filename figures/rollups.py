"""What facts add up to per day, computed by the database in sets. A day is written anew as a whole, so doing it twice
changes nothing."""

# ruff: noqa: S608 -- put together from constants; values are parameters

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection

from figures import sums
from figures.models import ClockTally, DayTally, Spread
from figures.rules.filters import DIMENSIONS

UNSPLIT = "school"
"""Too many values to be split by priority as well."""
_ROLLED = [name for name in DIMENSIONS if name != "priority"]
_CUTS = f"""
CROSS JOIN LATERAL (VALUES ('', ''), {", ".join(f"('{name}', f.{name})" for name in _ROLLED)}) AS cut (dimension, value)
CROSS JOIN LATERAL (VALUES (''), (f.priority)) AS rank (priority)
WHERE cut.dimension <> '{UNSPLIT}' OR rank.priority = ''
"""
_KEY = "f.day, cut.dimension, cut.value, rank.priority"
_NAMES = "day, dimension, value, priority"
_DAY_IS = "{day} = ANY(%(days)s)"
_DAYS = f"""
INSERT INTO figures_daytally ({_NAMES}, hours, {", ".join(sums.TALLY)})
SELECT {_KEY}, {sums.HOURS}, {sums.counted(sums.TALLY)} FROM ({sums.cases(_DAY_IS)}) AS f {_CUTS} GROUP BY 1, 2, 3, 4
"""
_CLOCKS = f"""
INSERT INTO figures_clocktally ({_NAMES}, clock, {", ".join(sums.CLOCK_TALLY)})
SELECT {_KEY}, f.clock, {sums.counted(sums.CLOCK_TALLY)}
FROM ({sums.promises(_DAY_IS)}) AS f {_CUTS} GROUP BY 1, 2, 3, 4, 5
"""
_SPREADS = f"""
INSERT INTO figures_spread ({_NAMES}, measure, n, total_s, histogram)
SELECT {_NAMES}, measure, sum(n), sum(total_s),
  string_agg(int2send(bucket) || int4send(n::int), ''::bytea)
FROM (
  SELECT {_KEY}, f.measure, f.bucket, count(*) AS n, sum(f.s) AS total_s
  FROM ({sums.durations(_DAY_IS)}) AS f {_CUTS} GROUP BY 1, 2, 3, 4, 5, 6
) AS counted GROUP BY 1, 2, 3, 4, 5
"""
_LOCK = 0xF16


def lock() -> None:
    """One writer of derived rows at a time, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def write_days(days: Collection[date]) -> None:
    """Writes the roll-ups of these days anew from their facts. Call it in a transaction that holds the lock."""
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for model, statement in ((DayTally, _DAYS), (ClockTally, _CLOCKS), (Spread, _SPREADS)):
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE day = ANY(%(days)s)", {"days": list(days)})
            cursor.execute(statement, {"days": list(days)})
