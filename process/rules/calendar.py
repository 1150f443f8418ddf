"""Service hours of the document as opening hours one can calculate with (P-9.2, R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from core.rules.workhours import Always, Hours, Schedule, Span
from process.schema import Calendar

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEPT_AT_MOST = 256
_kept: dict[tuple[int, str], tuple[Calendar, Hours]] = {}


def hours(calendar: Calendar, canton: str | None = None) -> Hours:
    """The opening hours of a calendar in a canton; without one, or with an unknown one, in its default canton.

    Kept per calendar object and canton, because resolving a year costs milliseconds: documents are loaded once per
    process version, so the object is the version.
    """
    if calendar.always:
        return _ALWAYS
    key = (id(calendar), canton or "")
    entry = _kept.get(key)
    if entry is None or entry[0] is not calendar:
        if len(_kept) >= _KEPT_AT_MOST:
            _kept.clear()
        # the calendar is kept beside its hours so that its id cannot be given to another one meanwhile
        entry = _kept[key] = (calendar, _schedule(calendar, canton))
    return entry[1]


@lru_cache(maxsize=1024)
def public_holidays(canton: str, year: int) -> frozenset[date]:
    """The public holidays of a canton in a year; ValueError for letters that are no canton."""
    try:
        return frozenset(holidays.country_holidays("CH", subdiv=canton, years=year))
    except NotImplementedError:
        raise ValueError(f"'{canton}' is not a Swiss canton") from None


@lru_cache(maxsize=64)
def is_canton(letters: str) -> bool:
    """Whether two letters name a Swiss canton."""
    return letters in holidays.country_holidays("CH").subdivisions


_ALWAYS = Always()


def _schedule(calendar: Calendar, canton: str | None) -> Schedule:
    place = canton if canton and is_canton(canton) else calendar.default_canton
    weekly = [_spans(calendar, day) for day in range(7)]
    exceptions = {entry.date: [Span(span.open, span.close) for span in entry.hours] for entry in calendar.exceptions}

    def spans_of(day: date) -> Sequence[Span]:
        if day in exceptions:
            return exceptions[day]
        if calendar.public_holidays and day in public_holidays(place, day.year):
            return ()
        return weekly[day.weekday()]

    return Schedule(ZoneInfo(calendar.time_zone), spans_of)


def _spans(calendar: Calendar, weekday: int) -> list[Span]:
    return [Span(span.open, span.close) for span in calendar.weekly.get(_WEEKDAYS[weekday], [])]
