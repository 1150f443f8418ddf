"""A clock's segments cut where the doors open and close, so that every second of standing has its reason (P-9.2, R5).

The seconds of the stretches add up to the seconds of the segment, and those of all segments to what the clock used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from core.rules.workhours import from_wall
from process.rules.calendar import WEEKDAYS, hours
from process.rules.closures import Closure, closures
from process.schema import Calendar, Document
from sla.rules.clock import Segment

FOLD_FROM = 130
"""Openings of one segment from which on whole months become one line: three months of office hours are told in full."""
Cause = Literal["open", "closed", "waiting", "over"]
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a segment with one cause.

    `open` is the only one that costs `seconds`; `closed` stands because nobody works, `waiting` because of a hold,
    `over` because the incident was answered, solved or cancelled. `openings` counts those folded into one line.
    """

    begins_at: datetime
    ends_at: datetime
    cause: Cause
    seconds: int
    segment: Segment
    closed: tuple[Closure, ...] = ()
    openings: int = 0

    @property
    def runs(self) -> bool:
        """Whether the clock ran."""
        return self.cause == "open"


def stretches(segments: Sequence[Segment], document: Document) -> list[Stretch]:
    """All stretches of a clock in order; very long segments are folded by month."""
    return [part for segment in segments for part in _folded(segment, document.calendar(segment.calendar))]


def stretch_at(segments: Sequence[Segment], document: Document, at: datetime) -> Stretch | None:
    """The stretch an instant lies in; None before the first and after the last segment."""
    for segment in segments:
        if segment.begins_at <= at < segment.ends_at or (segment is segments[-1] and at == segment.ends_at):
            parts = list(split(segment, document.calendar(segment.calendar)))
            return next((part for part in parts if part.begins_at <= at < part.ends_at), parts[-1])
    return None


def split(segment: Segment, calendar: Calendar) -> Iterator[Stretch]:
    """A segment as open and closed stretches that alternate; one that stands is one stretch."""
    if segment.state == "standing":
        cause: Cause = "waiting" if segment.why == "paused" else "over"
        yield Stretch(segment.begins_at, segment.ends_at, cause, 0, segment)
        return
    opening_hours = hours(calendar, segment.canton)
    at = segment.begins_at
    for opens, closes in opening_hours.openings(segment.begins_at, segment.ends_at):
        if opens > at:
            yield _closed(segment, calendar, at, opens)
        yield Stretch(opens, closes, "open", opening_hours.elapsed(opens, closes), segment, openings=1)
        at = closes
    if at < segment.ends_at:
        yield _closed(segment, calendar, at, segment.ends_at)


def _closed(segment: Segment, calendar: Calendar, begin: datetime, end: datetime) -> Stretch:
    zone = ZoneInfo(calendar.time_zone)
    first, last = begin.astimezone(zone).date(), (end - _MOMENT).astimezone(zone).date()
    reasons = tuple(
        reason for reason in closures(calendar, segment.canton, first, last) if _matters(reason, calendar, begin, end)
    )
    return Stretch(begin, end, "closed", 0, segment, reasons)


def _matters(reason: Closure, calendar: Calendar, begin: datetime, end: datetime) -> bool:
    """Whether a day is to blame: not a half day for the night before it, when its weekday would be closed as well."""
    zone = ZoneInfo(calendar.time_zone)
    usual = calendar.weekly_on(reason.day).get(WEEKDAYS[reason.day.weekday()], [])
    midnight = datetime.combine(reason.day + timedelta(days=1), time(0))
    hours_of = (
        (
            from_wall(datetime.combine(reason.day, span.open), zone),
            from_wall(
                datetime.combine(reason.day, span.close) if span.close != time(0) else midnight, zone, later=True
            ),
        )
        for span in usual
    )
    return not usual or any(opens < end and begin < closes for opens, closes in hours_of)


def _folded(segment: Segment, calendar: Calendar) -> list[Stretch]:
    """The stretches of a segment; those of whole months as one line each when there are too many to read."""
    parts = list(split(segment, calendar))
    if sum(part.openings for part in parts) < FOLD_FROM:
        return parts
    zone = ZoneInfo(calendar.time_zone)

    def month(part: Stretch) -> tuple[int, int]:
        local = part.begins_at.astimezone(zone)
        return local.year, local.month

    return [_together(list(group)) for _month, group in groupby(parts, key=month)]


def _together(parts: list[Stretch]) -> Stretch:
    return Stretch(
        begins_at=parts[0].begins_at,
        ends_at=parts[-1].ends_at,
        cause="open" if any(part.runs for part in parts) else "closed",
        seconds=sum(part.seconds for part in parts),
        segment=parts[0].segment,
        closed=tuple(reason for part in parts for reason in part.closed if reason.kind != "weekday"),
        openings=sum(part.openings for part in parts),
    )
