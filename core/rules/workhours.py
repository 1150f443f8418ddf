"""Arithmetic on opening hours: how many seconds of them lie between two instants, and when the next n are over (R2).

Opening hours are wall times; they become UTC per date, before anything is subtracted or compared, because a difference
of two local times is an hour wrong when the clocks change. Intervals are half-open, seconds are whole: the fraction of
an instant is cut off before it is used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

YEARS_AT_MOST = 10
MAX_SECONDS = YEARS_AT_MOST * 366 * 86_400
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_DAYS_IDLE = 366


class NoWorkingTime(ValueError):
    """The hours stay closed for a whole year or more: nothing would ever fall due (R14)."""


class Span(NamedTuple):
    """Local opening hours [opens, closes) of one day; `closes` 00:00 means midnight at its end."""

    opens: time
    closes: time


class Hours(Protocol):
    """What the arithmetic needs to know of opening hours."""

    def elapsed(self, since: datetime, until: datetime) -> int:
        """Open seconds in [since, until); 0 when `until` is not later."""
        ...

    def add(self, since: datetime, seconds: int) -> datetime:
        """The earliest instant with exactly `seconds` open seconds since `since`; ValueError outside 0 … 10 years."""
        ...

    def openings(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The open stretches within [since, until) in UTC, as long as possible and in order."""
        ...

    def close_after(self, since: datetime, days: int) -> datetime:
        """When the `days`-th business day after the local day of `since` closes; NoWorkingTime if there is none."""
        ...


class Always:
    """24×7: knows no local time, no holiday, no change of clocks."""

    def elapsed(self, since: datetime, until: datetime) -> int:
        """Seconds from one instant to the other."""
        return max(0, _epoch(until) - _epoch(since))

    def add(self, since: datetime, seconds: int) -> datetime:
        """`seconds` later."""
        return _instant(_epoch(since) + _checked(seconds))

    def openings(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """All of it."""
        return [(since, until)] if until > since else []

    def close_after(self, since: datetime, days: int) -> datetime:
        """Nothing that never closes has business days."""
        raise NoWorkingTime("hours around the clock have no business days")


class Schedule:
    """Opening hours that differ from day to day, `spans_of` says how.

    A year is resolved once and kept; after that a question costs two binary searches, however long the stretch.
    """

    def __init__(self, zone: ZoneInfo, spans_of: Callable[[date], Sequence[Span]]) -> None:
        self._zone = zone
        self._spans_of = spans_of
        self._years: dict[int, _Year] = {}

    def elapsed(self, since: datetime, until: datetime) -> int:
        """Open seconds in [since, until); 0 when `until` is not later."""
        begin, end = _epoch(since), _epoch(until)
        if end <= begin:
            return 0
        years = range(self._year_of(begin), self._year_of(end) + 1)
        return sum(self._year(year).worked(end) - self._year(year).worked(begin) for year in years)

    def add(self, since: datetime, seconds: int) -> datetime:
        """The earliest instant with exactly `seconds` open seconds since `since` (Q3).

        The end of an opening counts before the beginning of the next one: four hours from 08:00 are over at 12:00,
        not at 13:00. Raises ValueError outside 0 … 10 years and NoWorkingTime when nothing opens for a year.
        """
        left, begin = _checked(seconds), _epoch(since)
        if left == 0:
            return _instant(begin)
        year, idle = self._year_of(begin), 0
        while idle < 2:
            table = self._year(year)
            done = table.worked(begin)
            if done + left <= table.total:
                return _instant(table.instant_of(done + left))
            idle = 0 if table.total > done else idle + 1
            left -= table.total - done
            year += 1
        raise NoWorkingTime(f"nothing opens from {since:%d.%m.%Y} on for at least a year")

    def openings(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The open stretches within [since, until) in UTC; those that meet at midnight are one."""
        found: list[tuple[datetime, datetime]] = []
        if until <= since:
            return found
        for year in range(self._year_of(_epoch(since)), self._year_of(_epoch(until)) + 1):
            for begin, end in self._year(year).within(_epoch(since), _epoch(until)):
                opens, closes = max(_instant(begin), since), min(_instant(end), until)
                if found and found[-1][1] == opens:
                    found[-1] = (found[-1][0], closes)
                elif closes > opens:
                    found.append((opens, closes))
        return found

    def close_after(self, since: datetime, days: int) -> datetime:
        """When the `days`-th business day after the local day of `since` closes (R14). That day itself does not count,
        as with deadlines of law (Art. 77 OR). Raises NoWorkingTime when nothing opens for a whole year."""
        day, idle = _day_of(since, self._zone), 0
        closes = since
        while days and idle < _DAYS_IDLE:
            day += _DAY
            openings = self.intervals(day)
            idle = 0 if openings else idle + 1
            if openings:
                days, closes = days - 1, openings[-1][1]
        if days:
            raise NoWorkingTime(f"nothing opens from {day:%d.%m.%Y} on for at least a year")
        return closes

    def intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """The openings of a local date, in UTC."""
        return [(_instant(begin), _instant(end)) for begin, end in _resolve(day, self._spans_of(day), self._zone)]

    def _year_of(self, epoch: int) -> int:
        return min(max(datetime.fromtimestamp(epoch, self._zone).year, _FIRST_YEAR), _LAST_YEAR)

    def _year(self, year: int) -> _Year:
        if year > _LAST_YEAR:
            raise NoWorkingTime("the calendar ends before that many hours have passed")
        table = self._years.get(year)
        if table is None:
            first = date(year, 1, 1)
            days = [first + _DAY * n for n in range((date(year + 1, 1, 1) - first).days)]
            openings = [_resolve(day, self._spans_of(day), self._zone) for day in days]
            table = self._years[year] = _Year([interval for day in openings for interval in day])
        return table


class _Year:
    """The openings of one local year as sorted epoch seconds, with running totals."""

    def __init__(self, intervals: list[tuple[int, int]]) -> None:
        self._begins = [begin for begin, _ in intervals]
        self._ends = [end for _, end in intervals]
        self._before = list(accumulate((end - begin for begin, end in intervals), initial=0))
        self.total = self._before[-1]

    def worked(self, epoch: int) -> int:
        """Open seconds of this year before an instant."""
        index = bisect_right(self._begins, epoch) - 1
        return 0 if index < 0 else self._before[index] + min(epoch, self._ends[index]) - self._begins[index]

    def within(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The openings that touch [begin, end], whole."""
        places = slice(bisect_right(self._ends, begin), bisect_right(self._begins, end))
        return list(zip(self._begins[places], self._ends[places], strict=True))

    def instant_of(self, worked: int) -> int:
        """The earliest instant before which `worked` (> 0) open seconds of this year lie."""
        index = bisect_left(self._before, worked) - 1
        return self._begins[index] + worked - self._before[index]


def _resolve(day: date, spans: Sequence[Span], zone: ZoneInfo) -> list[tuple[int, int]]:
    """Openings of a date as epoch seconds, sorted and disjoint: hours that a change of clocks doubles may overlap."""
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        begin = _edge(datetime.combine(day, opens), zone, later=False)
        end_day = day + _DAY if closes == time(0) else day
        end = _edge(datetime.combine(end_day, closes), zone, later=True)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > begin:
            found.append((begin, end))
    return found


def from_wall(wall: datetime, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """A naive wall time as an instant: the first valid one if it does not exist; if it exists twice the first, or with
    `later` the second."""
    return _instant(_edge(wall, zone, later=later))


def _edge(wall: datetime, zone: ZoneInfo, *, later: bool) -> int:
    """A wall time as epoch seconds: first valid instant if it does not exist, first or second if it exists twice."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first > second:
        return _epoch(_transition(second, first, zone))
    return _epoch(second if later else first)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (before, after] from which on the zone has another offset."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _day_of(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _checked(seconds: int) -> int:
    if not 0 <= seconds <= MAX_SECONDS:
        raise ValueError(f"a duration lies between 0 seconds and {YEARS_AT_MOST} years, not {seconds} s")
    return seconds


def _epoch(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _SECOND


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(epoch: int) -> datetime:
    return _EPOCH + timedelta(seconds=epoch)
