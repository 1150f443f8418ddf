"""Calendars, targets, times to answer and cadences that contradict each other (P-9.1, P-9.2, P-5.3, P-5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from process.rules.calendar import opening_on
from process.rules.findings import Finding, error, notice, warning
from process.schema import AckMinutes, Calendar, ClockKind, Document, Priority, SlaTarget

YEAR_DAYS = 366
WEEK_MIN = 7 * 24 * 60


def check_calendars(document: Document, today: date) -> Iterator[Finding]:
    """A calendar must open within a year from `today` and from wherever its hours change, holidays and exceptions
    counted, or promises never fall due (R14)."""
    for calendar in document.calendars:
        for since in [] if calendar.always else _changes(calendar, today):
            if not any(opening_on(calendar, None, since + timedelta(days=n)) for n in range(YEAR_DAYS)):
                yield error(
                    "calendar_without_working_time",
                    f"calendars[{calendar.key}]",
                    calendar.paragraph,
                    de=f"«{calendar.label.de}» hat im Jahr ab {since:%d.%m.%Y} keine Arbeitszeit.",
                    en=f"“{calendar.label.en}” has no working time in the year from {since.isoformat()}.",
                )
        days = [exception.date for exception in calendar.exceptions]
        for day in sorted({day for day in days if days.count(day) > 1}):
            yield warning(
                "exception_twice",
                f"calendars[{calendar.key}].exceptions[{day.isoformat()}]",
                calendar.paragraph,
                de="Für diesen Tag stehen zwei Ausnahmen.",
                en="There are two exceptions for this day.",
            )


def _changes(calendar: Calendar, today: date) -> list[date]:
    """`today`, and the days behind it from which on other weekly hours hold."""
    days = [period.valid_from for period in calendar.periods]
    days += [period.valid_until + timedelta(days=1) for period in calendar.periods if period.valid_until is not None]
    return [today, *sorted({day for day in days if day > today})]


def check_targets(document: Document) -> Iterator[Finding]:
    """A lower priority must not be promised sooner than a higher one, nor a resolution sooner than a response."""
    sla = document.sla
    if sla.is_default:
        yield notice("sla_is_default", "sla", sla.paragraph, de=sla.note.de, en=sla.note.en)
    for clock in ClockKind:
        for higher, lower in pairwise(Priority):
            above, below = sla.target(clock, higher), sla.target(clock, lower)
            if _real_minutes(document, above) > _real_minutes(document, below):
                yield warning(
                    "target_slower_than_lower_priority",
                    f"sla.targets[{above.key}]",
                    above.paragraph,
                    de=f"Das Ziel für «{higher}» ist länger als das für «{lower}».",
                    en=f"The target for “{higher}” is longer than the one for “{lower}”.",
                )
    for priority in Priority:
        response, resolution = (sla.target(clock, priority) for clock in (ClockKind.RESPONSE, ClockKind.RESOLUTION))
        if _real_minutes(document, resolution) < _real_minutes(document, response):
            yield warning(
                "resolution_before_response",
                f"sla.targets[{resolution.key}]",
                resolution.paragraph,
                de="Die Lösung ist früher zugesagt als die Reaktion.",
                en="The resolution is promised sooner than the response.",
            )


def check_paces(document: Document) -> Iterator[Finding]:
    """A higher priority is answered and reported on at least as quickly as a lower one."""
    paces: list[tuple[str, str, AckMinutes]] = [
        (
            f"chains[{chain.name.value}].levels[{level.level}].acknowledge_within_min",
            level.paragraph,
            level.acknowledge_within_min,
        )
        for chain in document.chains
        for level in chain.levels
    ]
    paces.append(("cadence.minutes", document.cadence.paragraph, document.cadence.minutes))
    for path, paragraph, minutes in paces:
        for higher, lower in pairwise(Priority):
            slow, quick = minutes.for_(higher), minutes.for_(lower)
            if quick and (slow == 0 or slow > quick):
                yield warning(
                    "pace_slower_than_lower_priority",
                    f"{path}.{higher}",
                    paragraph,
                    de=f"«{higher}» lässt sich mehr Zeit als «{lower}».",
                    en=f"“{higher}” takes more time than “{lower}”.",
                )


def _real_minutes(document: Document, target: SlaTarget) -> float:
    """The target in average real minutes, so that targets in different calendars can be compared."""
    calendar = document.calendar(target.calendar)
    if target.business_days is not None:
        open_days = sum(bool(spans) for spans in calendar.weekly.values())
        return target.business_days * WEEK_MIN / open_days
    return (target.target_min or 0) * WEEK_MIN / _open_minutes(calendar)


def _open_minutes(calendar: Calendar) -> int:
    if calendar.always:
        return WEEK_MIN
    return sum(_length(span.open, span.close) for spans in calendar.weekly.values() for span in spans)


def _length(opening: time, closing: time) -> int:
    midnight = timedelta(days=1) if closing == time(0) else timedelta()
    day = date(2000, 1, 1)
    return int((datetime.combine(day, closing) + midnight - datetime.combine(day, opening)).total_seconds() // 60)
