"""Why service hours are closed on a day: for people who ask why a clock stood (P-9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import holidays

from process.rules.calendar import is_canton
from process.schema import Calendar, Text

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class Closure(NamedTuple):
    """A day that is not like its weekday, or a weekday that never opens. `name` is None for such a weekday."""

    day: date
    kind: Literal["holiday", "exception", "weekday"]
    name: Text | None = None


def closures(calendar: Calendar, canton: str | None, first: date, last: date) -> Iterator[Closure]:
    """What the days from `first` to `last` have against working time, in order; nothing for an ordinary night."""
    if calendar.always:
        return
    place = canton if canton and is_canton(canton) else calendar.default_canton
    exceptions = {entry.date: entry.label for entry in calendar.exceptions}
    for offset in range((last - first).days + 1):
        day = first + offset * _DAY
        if day in exceptions:
            yield Closure(day, "exception", exceptions[day])
        elif calendar.public_holidays and day in _holiday_names(place, day.year):
            yield Closure(day, "holiday", _holiday_names(place, day.year)[day])
        elif not calendar.weekly.get(_WEEKDAYS[day.weekday()]):
            yield Closure(day, "weekday")


@lru_cache(maxsize=256)
def _holiday_names(canton: str, year: int) -> dict[date, Text]:
    german = holidays.country_holidays("CH", subdiv=canton, years=year, language="de")
    english = holidays.country_holidays("CH", subdiv=canton, years=year, language="en_US")
    return {day: Text(de=name, en=english.get(day) or name) for day, name in german.items()}
