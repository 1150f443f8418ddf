"""Why service hours are closed on a day: for people who ask why a clock stood (P-9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from process.rules.calendar import WEEKDAYS, special
from process.schema import Calendar, Text

_DAY = timedelta(days=1)


class Closure(NamedTuple):
    """A day that is not like its weekday, or a weekday that never opens. `name` is None for such a weekday."""

    day: date
    kind: Literal["holiday", "school", "exception", "weekday"]
    name: Text | None = None


def closures(calendar: Calendar, canton: str | None, first: date, last: date) -> Iterator[Closure]:
    """What the days from `first` to `last` have against working time, in order; nothing for an ordinary night."""
    if calendar.always:
        return
    for offset in range((last - first).days + 1):
        day = first + offset * _DAY
        found = special(calendar, canton, day)
        if found is not None:
            yield Closure(day, found.kind, found.name)
        elif not calendar.weekly_on(day).get(WEEKDAYS[day.weekday()]):
            yield Closure(day, "weekday")
