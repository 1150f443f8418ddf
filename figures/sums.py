"""The one definition of every sum, as SQL over facts: roll-ups store it per day, narrow selections ask for it directly.

`where` and `day_is` are pieces of SQL put together from names of this file; values are always parameters.
"""

# ruff: noqa: S608 -- see above

from __future__ import annotations

from figures.rules.buckets import SQL as BUCKET
from figures.rules.causes import CAUSES
from figures.rules.filters import DIMENSIONS

MEASURES = {
    "detect": "reported_day",
    "ack": "acknowledged_day",
    "ack_business": "acknowledged_day",
    "restore": "ended_day",
    "resolve": "ended_day",
    "resolve_business": "ended_day",
}
"""What is measured, and the day it counts on."""
COLUMNS = ", ".join(f"f.{name}" for name in DIMENSIONS)


def _count(role: str, condition: str = "true") -> str:
    return f"count(*) FILTER (WHERE f.role = '{role}' AND {condition})"


TALLY = {
    "arrivals": _count("reported"),
    "still_open": _count("reported", "f.is_open"),
    "escalated_functional": _count("reported", "f.is_escalated_functional"),
    "escalated_management": _count("reported", "f.is_escalated_management"),
    "majors": _count("reported", "f.kind = 'major'"),
    "downgraded_late": _count("reported", "f.is_downgraded_late"),
    "resolved": _count("resolved"),
    "reopened": _count("resolved", "f.reopened > 0"),
    "loops": _count("resolved", "f.reopened > 1"),
    "contacts": _count("resolved", "f.is_first_contact IS NOT NULL"),
    "first_contact": _count("resolved", "f.is_first_contact"),
    "closures": _count("ended"),
}
"""Column of `DayTally` → what it counts. A case counts once on each day that matters to it."""
CLOCK_TALLY = {
    "met": _count("decided", "f.outcome = 'met'"),
    "breached": _count("decided", "f.outcome = 'breached'"),
    **{cause: _count("broken", f"f.cause = '{cause}'") for cause in CAUSES},
}
HOURS = "ARRAY[" + ", ".join(_count("reported", f"f.hour = {hour}") for hour in range(24)) + "]"
_ROLES = {"reported": "reported_day", "resolved": "first_resolved_day", "ended": "ended_day"}
_CLOCK_ROLES = {"decided": "decided_day", "broken": "breached_day"}


def cases(day_is: str, where: str = "true") -> str:
    """Incidents once per day that matters to them: what `TALLY` counts. `{day}` in `day_is` is that day."""
    return " UNION ALL ".join(
        f"SELECT '{role}' AS role, f.{day} AS day, f.reported_hour AS hour, f.is_open, f.is_escalated_functional,"
        f" f.is_escalated_management, f.is_downgraded_late, f.is_first_contact, f.reopened, {COLUMNS}"
        f" FROM figures_fact AS f WHERE {day_is.format(day=f'f.{day}')} AND {where}"
        for role, day in _ROLES.items()
    )


def promises(day_is: str, where: str = "true") -> str:
    """Clocks once on the day they were decided and once on the day they broke: what `CLOCK_TALLY` counts."""
    return " UNION ALL ".join(
        f"SELECT '{role}' AS role, f.{day} AS day, f.clock, f.outcome, f.cause, {COLUMNS}"
        f" FROM figures_clockfact AS f WHERE {day_is.format(day=f'f.{day}')} AND {where}"
        for role, day in _CLOCK_ROLES.items()
    )


def durations(day_is: str, where: str = "true") -> str:
    """Every duration with its measure, day, seconds and bucket. Facts are read once per kind of day."""
    return " UNION ALL ".join(
        f"SELECT took.measure, f.{day} AS day, took.s, {BUCKET.format(s='took.s')} AS bucket, {COLUMNS}"
        f" FROM figures_fact AS f CROSS JOIN LATERAL (VALUES"
        f" {_measured(day)}) AS took (measure, s)"
        f" WHERE {day_is.format(day=f'f.{day}')} AND took.s IS NOT NULL AND {where}"
        for day in dict.fromkeys(MEASURES.values())
    )


def _measured(day: str) -> str:
    return ", ".join(f"('{name}', f.{name}_s)" for name, of in MEASURES.items() if of == day)


def counted(expressions: dict[str, str]) -> str:
    """The expressions as a select list."""
    return ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
