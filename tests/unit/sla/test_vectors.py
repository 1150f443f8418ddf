"""The golden vectors G1–G15: instants worked out by hand and by brute force, to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from process.rules.calendar import hours
from process.schema import ClockKind, Priority
from sla.rules.clock import RECLASSIFIED, ClockState, SlaFact, derive
from tests.unit.sla.documents import document

DOCUMENT = document()
OFFICE = hours(DOCUMENT.calendar("office"), "ZH")
ALWAYS = hours(DOCUMENT.calendar("always"), "ZH")
ZURICH = ZoneInfo("Europe/Zurich")
HOUR = 3600


def wall(text: str, fold: int = 0) -> datetime:
    """A wall time in Zurich as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH, fold=fold).astimezone(UTC)


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(text: str, priority: Priority) -> SlaFact:
    """The first fact, at a wall time in Zurich."""
    return SlaFact(wall(text), "opened", priority=priority, canton="ZH")


def raised(text: str, priority: Priority) -> SlaFact:
    """A change of priority at a wall time in Zurich."""
    return SlaFact(wall(text), "priority", priority=priority)


def resolution(*facts: SlaFact, now: str | None = None) -> ClockState:
    """The resolution clock at a wall time in Zurich, or at the last fact."""
    return derive(ClockKind.RESOLUTION, facts, DOCUMENT, wall(now) if now else facts[-1].at)


def test_g1_eight_office_hours_from_friday_afternoon_end_on_monday_after_the_clocks_went_back() -> None:
    assert OFFICE.add(wall("2026-10-23T16:00"), 8 * HOUR) == utc("2026-10-26T15:00")


def test_g2_four_hours_around_the_clock_span_the_doubled_hour() -> None:
    due = ALWAYS.add(wall("2026-10-25T00:30"), 4 * HOUR)
    assert due == utc("2026-10-25T02:30")
    assert due.astimezone(ZURICH).strftime("%H:%M") == "03:30"


def test_g3_four_hours_around_the_clock_span_the_vanished_hour() -> None:
    due = ALWAYS.add(wall("2027-03-28T00:30"), 4 * HOUR)
    assert due == utc("2027-03-28T03:30")
    assert due.astimezone(ZURICH).strftime("%H:%M") == "05:30"


def test_g4_christmas_does_not_count() -> None:
    assert OFFICE.add(wall("2026-12-24T15:00"), 4 * HOUR) == wall("2026-12-28T10:00")


def test_g5_reported_on_a_holiday_the_clock_starts_at_the_next_opening_and_is_due_before_lunch() -> None:
    assert OFFICE.add(wall("2026-12-25T10:00"), 4 * HOUR) == wall("2026-12-28T12:00")


@pytest.mark.parametrize(
    ("begin", "end", "due"),
    [
        pytest.param("2026-11-16T16:30", "2026-11-17T09:00", "2026-11-17T11:30", id="g6 a pause over the evening"),
        pytest.param(
            "2026-11-16T18:00", "2026-11-17T06:00", "2026-11-17T10:00", id="g7 a pause at night costs nothing"
        ),
    ],
)
def test_g6_g7_a_pause_moves_the_due_time_by_its_opening_hours_only(begin: str, end: str, due: str) -> None:
    state = resolution(
        opened("2026-11-16T15:00", Priority.HIGH), SlaFact(wall(begin), "paused"), SlaFact(wall(end), "resumed")
    )
    assert state.due_at == wall(due)


def test_g8_raised_to_critical_on_saturday_the_two_hours_used_carry_over() -> None:
    state = resolution(opened("2026-11-20T15:00", Priority.MEDIUM), raised("2026-11-21T10:00", Priority.CRITICAL))
    assert state.elapsed_s == 120 * 60
    assert state.due_at == wall("2026-11-21T12:00")
    assert state.state == "running"


def test_g9_raised_after_more_time_than_the_new_promise_allows_it_breaks_at_that_instant() -> None:
    state = resolution(opened("2026-11-16T08:00", Priority.MEDIUM), raised("2026-11-16T15:00", Priority.HIGH))
    assert state.elapsed_s == 360 * 60
    assert (state.state, state.breach_cause) == ("breached", RECLASSIFIED)
    assert state.breached_at == wall("2026-11-16T15:00")


def test_g10_lowered_after_two_hours_the_rest_of_the_longer_promise_remains() -> None:
    state = resolution(opened("2026-11-16T08:00", Priority.CRITICAL), raised("2026-11-16T10:00", Priority.MEDIUM))
    assert state.due_at == wall("2026-11-16T17:00")


def test_g11_easter_and_the_change_of_clocks_in_one_stretch() -> None:
    assert OFFICE.add(wall("2027-03-25T16:00"), 8 * HOUR) == wall("2027-03-30T16:00")


def test_g12_one_minute_from_closing_time_is_the_first_minute_of_the_next_day() -> None:
    assert OFFICE.add(wall("2026-11-16T17:00"), 60) == wall("2026-11-17T08:01")


def test_g13_seventy_two_hours_over_the_doubled_hour_end_an_hour_earlier_on_the_wall() -> None:
    assert ALWAYS.add(wall("2026-10-23T17:00"), 72 * HOUR) == wall("2026-10-26T16:00")


def test_g14_a_day_of_24_hours_over_the_vanished_hour_ends_an_hour_later_on_the_wall() -> None:
    assert ALWAYS.add(wall("2027-03-27T12:00"), 24 * HOUR) == wall("2027-03-28T13:00")


def test_g15_reopened_the_clock_goes_on_with_what_was_left() -> None:
    state = resolution(
        opened("2026-11-16T08:00", Priority.MEDIUM),
        SlaFact(wall("2026-11-16T14:00"), "resolved"),
        SlaFact(wall("2026-11-18T09:00"), "reopened"),
    )
    assert state.elapsed_s == 5 * HOUR
    assert state.due_at == wall("2026-11-18T12:00")
