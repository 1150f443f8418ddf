"""Service hours of the document as opening hours one can calculate with (P-9.2, R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import holidays

from core.rules.workhours import Always, Hours, Schedule, Span
from process.schema import Calendar, DayHours, Text, Weekday

WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
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


class Special(NamedTuple):
    """Why a local day is not like its weekday, and when it opens nevertheless."""

    kind: Literal["exception", "holiday", "school"]
    name: Text
    hours: Sequence[DayHours] = ()


def special(calendar: Calendar, canton: str | None, day: date) -> Special | None:
    """What a day has against the weekly hours; None for one like any other.

    A dated exception counts before anything else, then holidays, then what differs every year.
    """
    for exception in calendar.exceptions:
        if exception.date == day:
            return Special("exception", exception.label, exception.hours)
    place = canton if canton and is_canton(canton) else calendar.default_canton
    holiday = _holiday(calendar, place, day)
    if holiday is not None:
        return Special("holiday", holiday)
    for school in calendar.school_holidays:
        if school.canton == place and school.first <= day <= school.last:
            return Special("school", school.label)
    for yearly in calendar.yearly:
        if yearly.day == f"{day:%m-%d}" and calendar.weekly_on(day).get(WEEKDAYS[day.weekday()]):
            return Special("exception", yearly.label, yearly.hours)
    return None


def opening_on(calendar: Calendar, canton: str | None, day: date) -> Sequence[DayHours]:
    """The opening hours of a local day, exceptions and holidays counted."""
    found = special(calendar, canton, day)
    return found.hours if found is not None else calendar.weekly_on(day).get(WEEKDAYS[day.weekday()], [])


def _holiday(calendar: Calendar, place: str, day: date) -> Text | None:
    for correction in calendar.holiday_corrections:
        if correction.date == day and correction.canton in (place, None):
            return correction.label if correction.is_holiday else None
    return holiday_names(place, day.year).get(day) if calendar.public_holidays else None


def public_holidays(canton: str, year: int) -> frozenset[date]:
    """The public holidays of a canton in a year; ValueError for letters that are no canton."""
    return frozenset(holiday_names(canton, year))


@lru_cache(maxsize=1024)
def holiday_names(canton: str, year: int) -> dict[date, Text]:
    """The public holidays of a canton in a year by name; ValueError for letters that are no canton."""
    try:
        german = holidays.country_holidays("CH", subdiv=canton, years=year, language="de")
    except NotImplementedError:
        raise ValueError(f"'{canton}' is not a Swiss canton") from None
    english = holidays.country_holidays("CH", subdiv=canton, years=year, language="en_US")
    return {day: Text(de=name, en=english.get(day) or name) for day, name in german.items()}


@lru_cache(maxsize=64)
def is_canton(letters: str) -> bool:
    """Whether two letters name a Swiss canton."""
    return letters in holidays.country_holidays("CH").subdivisions


_ALWAYS = Always()


def _schedule(calendar: Calendar, canton: str | None) -> Schedule:
    def spans_of(day: date) -> Sequence[Span]:
        return [Span(span.open, span.close) for span in opening_on(calendar, canton, day)]

    return Schedule(ZoneInfo(calendar.time_zone), spans_of)
