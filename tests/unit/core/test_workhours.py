"""Opening hours on the days on which the clocks change, on leap days, at midnight and at the edges of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.rules.workhours import MAX_SECONDS, Always, NoWorkingTime, Schedule, Span

ZURICH = ZoneInfo("Europe/Zurich")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
HOUR = 3600


def daily(*spans: tuple[str, str]) -> Schedule:
    """The same hours every day, e.g. ("08:00", "12:00")."""
    hours = [Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans]
    return Schedule(ZURICH, lambda _day: hours)


def only_on(day: date, *spans: tuple[str, str]) -> Schedule:
    """Hours on a single day; closed on all others."""
    hours = [Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans]
    return Schedule(ZURICH, lambda asked: hours if asked == day else [])


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str, fold: int = 0) -> datetime:
    """A wall time in Zurich."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH, fold=fold)


@pytest.mark.parametrize(
    ("day", "spans", "expected"),
    [
        pytest.param(SPRING, [("02:00", "03:00")], [], id="the hour that vanishes is never open"),
        pytest.param(
            SPRING, [("02:30", "04:00")], [("01:00", "02:00")], id="a vanished opening becomes the first valid instant"
        ),
        pytest.param(SPRING, [("01:00", "02:30")], [("00:00", "01:00")], id="a vanished closing becomes it, too"),
        pytest.param(AUTUMN, [("02:00", "03:00")], [("00:00", "02:00")], id="the doubled hour counts twice"),
        pytest.param(
            AUTUMN, [("02:30", "04:00")], [("00:30", "03:00")], id="an ambiguous opening is its first occurrence"
        ),
        pytest.param(
            AUTUMN, [("01:00", "02:30")], [("23:00", "01:30")], id="an ambiguous closing is its second occurrence"
        ),
        pytest.param(
            AUTUMN,
            [("02:00", "02:30"), ("02:30", "03:00")],
            [("00:00", "02:00")],
            id="openings that overlap in the doubled hour count once",
        ),
    ],
)
def test_opening_hours_around_the_change_of_clocks(
    day: date, spans: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    found = [(f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in daily(*spans).intervals(day)]
    assert found == expected


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_a_day_open_from_midnight_to_midnight_has_as_many_hours_as_the_day(day: date, hours: int) -> None:
    schedule = only_on(day, ("00:00", "00:00"))
    noon = datetime.combine(day, time(12), ZURICH)
    assert schedule.elapsed(noon - timedelta(days=3), noon + timedelta(days=3)) == hours * HOUR


def test_local_times_are_compared_as_instants_not_as_wall_times() -> None:
    schedule = daily(("00:00", "00:00"))
    assert schedule.elapsed(wall("2026-10-25T02:30", fold=0), wall("2026-10-25T02:30", fold=1)) == HOUR
    assert schedule.elapsed(wall("2027-03-27T17:00"), wall("2027-03-28T17:00")) == 23 * HOUR


def test_closing_at_midnight_ends_with_the_day_and_touches_the_next_one() -> None:
    schedule = daily(("22:00", "00:00"))
    assert schedule.elapsed(wall("2026-11-16T21:00"), wall("2026-11-17T21:00")) == 2 * HOUR
    assert schedule.add(wall("2026-11-16T23:59"), 60) == wall("2026-11-17T00:00")
    assert schedule.add(wall("2026-11-16T23:59"), 61) == wall("2026-11-17T22:00:01")


def test_a_stretch_over_new_year_counts_both_years() -> None:
    schedule = daily(("00:00", "00:00"))
    assert schedule.elapsed(wall("2026-12-31T23:00"), wall("2027-01-01T01:00")) == 2 * HOUR
    assert schedule.add(wall("2026-12-31T23:00"), 2 * HOUR) == wall("2027-01-01T01:00")


def test_the_leap_day_is_a_day_like_others() -> None:
    schedule = only_on(date(2028, 2, 29), ("08:00", "12:00"))
    assert schedule.add(wall("2028-02-01T00:00"), 4 * HOUR) == wall("2028-02-29T12:00")


def test_decades_cost_no_more_than_their_years() -> None:
    schedule = daily(("08:00", "12:00"))
    assert schedule.elapsed(utc("2000-01-01T00:00"), utc("2030-01-01T00:00")) == 10958 * 4 * HOUR


def test_an_opening_is_half_open() -> None:
    schedule = daily(("08:00", "12:00"), ("13:00", "17:00"))
    assert schedule.elapsed(wall("2026-11-16T11:59:59"), wall("2026-11-16T13:00")) == 1
    assert schedule.elapsed(wall("2026-11-16T12:00"), wall("2026-11-16T13:00")) == 0
    assert schedule.elapsed(wall("2026-11-16T12:00"), wall("2026-11-16T13:00:01")) == 1


@pytest.mark.parametrize("hours", [daily(("08:00", "12:00")), Always()])
def test_time_never_runs_backwards(hours: Schedule | Always) -> None:
    assert hours.elapsed(utc("2026-11-17T10:00"), utc("2026-11-16T10:00")) == 0


@pytest.mark.parametrize("hours", [daily(("08:00", "12:00")), Always()])
def test_no_time_at_all_is_due_at_once(hours: Schedule | Always) -> None:
    assert hours.add(utc("2026-11-16T23:00"), 0) == utc("2026-11-16T23:00")


@pytest.mark.parametrize("hours", [daily(("08:00", "12:00")), Always()])
@pytest.mark.parametrize("seconds", [-1, MAX_SECONDS + 1, 10**30])
def test_a_duration_below_zero_or_above_ten_years_is_refused(hours: Schedule | Always, seconds: int) -> None:
    with pytest.raises(ValueError, match="between 0 seconds and 10 years"):
        hours.add(utc("2026-11-16T10:00"), seconds)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Always().elapsed(datetime(2026, 1, 1), utc("2026-11-16T10:00"))  # noqa: DTZ001 — that is the point


def test_hours_that_never_open_again_are_an_error_not_an_endless_search() -> None:
    closed_for_good = only_on(date(2026, 11, 16), ("08:00", "12:00"))
    with pytest.raises(NoWorkingTime):
        closed_for_good.add(wall("2026-11-16T08:00"), 5 * HOUR)


def test_a_year_is_resolved_once() -> None:
    asked: list[date] = []

    def spans_of(day: date) -> Sequence[Span]:
        asked.append(day)
        return [Span(time(8), time(12))]

    schedule = Schedule(ZURICH, spans_of)
    for _ in range(3):
        schedule.elapsed(utc("2026-03-01T00:00"), utc("2026-09-01T00:00"))
    assert len(asked) == 365


def test_openings_are_cut_to_the_stretch_and_joined_at_midnight() -> None:
    night = [Span(time(22), time(0))]
    morning = [Span(time(0), time(6))]
    hours = Schedule(ZURICH, lambda _day: [*morning, *night])
    begin = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)  # half past eleven in the evening, and a year ends
    assert hours.openings(begin, begin + timedelta(hours=24)) == [
        (begin, datetime(2027, 1, 1, 5, tzinfo=UTC)),
        (datetime(2027, 1, 1, 21, tzinfo=UTC), begin + timedelta(hours=24)),
    ]
    assert hours.openings(begin, begin) == []
    assert sum(
        (end - opens).seconds for opens, end in hours.openings(begin, begin + timedelta(days=9))
    ) == hours.elapsed(begin, begin + timedelta(days=9))
