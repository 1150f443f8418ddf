"""When a report by the calendar is due, and about which days. Pure; days and hours are local."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.rules.workhours import from_wall

HOUR = 7
"""Reports go out in the morning after their period: before the day begins, after the night's work is counted."""
_DAY = timedelta(days=1)


class Days(NamedTuple):
    """Local days, both included."""

    first: date
    last: date


def newest(rhythm: str, *, now: datetime, zone: ZoneInfo) -> tuple[Days, datetime]:
    """The last period that is over and whose hour has come, and that hour: what was missed since is not made up for."""
    today = now.astimezone(zone).date()
    first = _begin(rhythm, today)
    due = _due(first, zone)
    if due > now:
        first = _begin(rhythm, first - _DAY)
        due = _due(first, zone)
    return Days(_begin(rhythm, first - _DAY), first - _DAY), due


def _begin(rhythm: str, day: date) -> date:
    """The first day of the week or month of a day."""
    return day.replace(day=1) if rhythm == "monthly" else day - _DAY * day.weekday()


def _due(first: date, zone: ZoneInfo) -> datetime:
    return from_wall(datetime.combine(first, time(HOUR)), zone)
