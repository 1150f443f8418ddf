"""How old the backlog is, in working days: Monday to Friday without the public holidays of a canton. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from process.rules.calendar import public_holidays

BANDS = (("0-1", 1), ("2-5", 5), ("6-10", 10), ("10+", None))
"""Name of a band, and the most working days in it."""
CANTON = "ZH"
_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether the house works on a local day."""
    return day.weekday() < 5 and day not in public_holidays(CANTON, day.year)


def working_days(since: date, until: date) -> int:
    """Working days after `since` up to `until`; 0 when that is no later day."""
    return sum(is_working_day(since + timedelta(days=n)) for n in range(1, (until - since).days + 1))


def band(days: int) -> str:
    """The band of an age."""
    return next(name for name, most in BANDS if most is None or days <= most)


def banded(open_by_day: Mapping[date, int], today: date) -> dict[str, int]:
    """Open incidents per band, by the day on which each was reported; every band is there."""
    found = {name: 0 for name, _most in BANDS}
    age, day = 0, today
    for reported in sorted(open_by_day, reverse=True):
        while day > reported:
            age += is_working_day(day)
            day -= _DAY
        found[band(age)] += open_by_day[reported]
    return found


def bounds(name: str, today: date) -> tuple[date | None, date]:
    """The first (None: any) and last day of report of a band's incidents. KeyError for a band that does not exist."""
    order = [entry for entry, _most in BANDS]
    if name not in order:
        raise KeyError(name)
    place = order.index(name)
    oldest = BANDS[place][1]
    youngest = 0 if place == 0 else (BANDS[place - 1][1] or 0) + 1
    last = today if youngest == 0 else _back(today, youngest)
    first = None if oldest is None else _back(today, oldest + 1) + _DAY
    return first, last


def _back(today: date, days: int) -> date:
    """The latest day that is `days` working days old."""
    age, day = 0, today
    while age < days:
        age += is_working_day(day)
        day -= _DAY
    return day
