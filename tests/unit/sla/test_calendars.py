"""Calendars as data: half days, other hours for a time, holidays of a canton, school holidays (P-9.2, R13–R15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from process.rules.calendar import hours, opening_on, special
from process.rules.closures import closures
from process.rules.promises import check_calendars
from process.schema import Calendar, ClockKind, Priority
from sla.rules.clock import derive
from tests.unit.sla.documents import OFFICE, document
from tests.unit.sla.facts import HOUR, opened, wall
from tests.unit.sla.test_properties import calmly

LABEL = {"de": "Tag", "en": "Day"}
MORNING = [{"open": "08:00", "close": "12:00"}]
SUMMER = {"valid_from": "2027-07-01", "valid_until": "2027-07-31", "label": LABEL, "weekly": {"mon": MORNING}}


def calendar(**more: Any) -> Calendar:
    """The office with something more."""
    return Calendar.model_validate(OFFICE | more)


def worked(of: Calendar, day: str, canton: str = "ZH") -> float:
    """Open hours of a local day."""
    return hours(of, canton).elapsed(wall(f"{day}T00:00"), wall(f"{day}T23:59")) / HOUR


HALF = calendar(yearly=[{"day": "12-24", "label": LABEL, "hours": MORNING}])


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-12-24", 4), ("2027-12-24", 4), ("2026-12-23", 8), ("2028-12-24", 0), ("2026-12-25", 0)],
)
def test_a_half_day_comes_every_year_and_opens_no_weekend(day: str, expected: int) -> None:
    assert worked(HALF, day) == expected


def test_a_half_day_once() -> None:
    once = calendar(exceptions=[{"date": "2026-11-17", "label": LABEL, "hours": MORNING}])
    assert (worked(once, "2026-11-17"), worked(once, "2027-11-17")) == (4, 8)


def test_the_leap_day_is_a_day_of_the_year() -> None:
    closed = calendar(yearly=[{"day": "02-29", "label": LABEL}])
    assert (worked(closed, "2028-02-29"), worked(closed, "2028-02-28"), worked(closed, "2027-03-01")) == (0, 8, 8)


def test_a_holiday_is_added_in_one_canton() -> None:
    more = calendar(holiday_corrections=[{"date": "2026-11-17", "label": LABEL, "canton": "ZH"}])
    assert (worked(more, "2026-11-17", "ZH"), worked(more, "2026-11-17", "BE")) == (0, 8)


def test_a_holiday_is_taken_away_in_one_canton_or_in_all() -> None:
    less = {"date": "2026-12-25", "label": LABEL, "is_holiday": False}
    only = calendar(holiday_corrections=[less | {"canton": "ZH"}])
    assert (worked(only, "2026-12-25", "ZH"), worked(only, "2026-12-25", "BE")) == (8, 0)
    assert worked(calendar(holiday_corrections=[less]), "2026-12-25", "BE") == 8


def test_r15_school_holidays_stop_nothing_unless_the_calendar_lists_them() -> None:
    weeks = {"canton": "ZH", "first": "2027-07-19", "last": "2027-07-23", "label": LABEL}  # made up
    listed = calendar(school_holidays=[weeks])
    assert worked(calendar(), "2027-07-20") == 8
    assert [worked(listed, f"2027-07-{day}") for day in (16, 19, 23, 26)] == [8, 0, 0, 8]
    assert worked(listed, "2027-07-20", "BE") == 8
    assert [entry.kind for entry in closures(listed, "ZH", date(2027, 7, 19), date(2027, 7, 20))] == ["school"] * 2


def test_r13_other_hours_hold_from_their_day_to_their_last_and_not_before() -> None:
    summer = calendar(periods=[SUMMER])
    assert [worked(summer, f"2027-{day}") for day in ("06-28", "07-05", "07-06", "08-02")] == [8, 4, 0, 8]


def test_r13_q17_a_clock_keeps_what_ran_before_other_hours_began() -> None:
    """From Tuesday on the office opens in the morning only: Monday's hours were counted as they were."""
    from_tuesday = {"valid_from": "2026-11-17", "label": LABEL, "weekly": dict.fromkeys(("tue", "wed"), MORNING)}
    edited = document(
        calendars=[OFFICE | {"key": "edited", "periods": [from_tuesday]}], calendar_of={"medium": "edited"}
    )
    state = derive(ClockKind.RESOLUTION, [opened("13:00", Priority.MEDIUM)], edited, wall("2026-11-17T09:00"))
    assert state.elapsed_s == 5 * HOUR
    assert state.due_at == wall("2026-11-17T12:00")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekly": {}}, "some working time"),
        ({"weekly": {"mon": [*MORNING, {"open": "11:00", "close": "13:00"}]}}, "do not overlap"),
        ({"yearly": [{"day": "12-24", "label": LABEL, "hours": MORNING * 2}]}, "do not overlap"),
        ({"periods": [SUMMER | {"weekly": {"mon": MORNING * 2}}]}, "do not overlap"),
        ({"periods": [SUMMER, SUMMER | {"valid_from": "2027-07-31", "valid_until": None}]}, "without overlap"),
        ({"periods": [SUMMER | {"valid_until": "2027-06-01"}]}, "not before"),
        ({"school_holidays": [{"canton": "ZH", "first": "2027-07-19", "last": "2027-07-18", "label": LABEL}]}, "last"),
        (
            {"school_holidays": [{"canton": "XX", "first": "2027-07-19", "last": "2027-07-20", "label": LABEL}]},
            "canton",
        ),
        ({"holiday_corrections": [{"canton": "Zürich", "date": "2027-07-19", "label": LABEL}]}, "canton"),
        ({"default_canton": "XX"}, "canton"),
        ({"time_zone": "Europe/Zuerich"}, "IANA time zone"),
        ({"time_zone": "../etc/passwd"}, "IANA time zone"),
        ({"yearly": [{"day": "02-30", "label": LABEL}]}, "a day that exists"),
        ({"yearly": [{"day": "24.12.", "label": LABEL}]}, "day"),
        ({"exceptions": [{"date": "2026-02-30", "label": LABEL}]}, "date"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_no_calendar_is_refused_with_its_field(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        calendar(**wrong)


@pytest.mark.parametrize(
    "closed_from",
    [
        {"periods": [{"valid_from": "2030-01-01", "label": LABEL, "weekly": {}}]},
        {"exceptions": [{"date": str(date.fromordinal(n)), "label": LABEL} for n in range(740000, 740400)]},
    ],
    ids=["for good from a day on", "every day of a year"],
)
def test_r14_a_calendar_without_working_time_in_a_year_is_an_error(closed_from: dict[str, Any]) -> None:
    today = date.fromordinal(740001)
    found = list(check_calendars(document(calendars=[OFFICE | {"key": "shut"} | closed_from]), today))
    assert ("calendar_without_working_time", "calendars[shut]") in {(entry.code, entry.path) for entry in found}


RICH = calendar(
    yearly=[{"day": "12-24", "label": LABEL, "hours": MORNING}, {"day": "02-29", "label": LABEL}],
    periods=[SUMMER],
    holiday_corrections=[{"date": "2026-12-28", "label": LABEL}],
)
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@calmly
@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.sampled_from(["ZH", "TI", "BE", "GE"]))
def test_a_day_with_something_special_never_opens_longer_than_the_weekday(day: date, canton: str) -> None:
    spans = opening_on(RICH, canton, day)
    minutes = sum((span.close.hour - span.open.hour) * 60 for span in spans)
    usual = sum((span.close.hour - span.open.hour) * 60 for span in RICH.weekly.get(_NAMES[day.weekday()], []))  # type: ignore[call-overload]
    assert minutes <= usual
    assert (special(RICH, canton, day) is None) or minutes < usual or usual == 0


ZONES = ["Europe/Zurich", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


@calmly
@given(st.sampled_from(ZONES), st.integers(0, 2 * 366 * 24 * 60), st.integers(0, 4000))
def test_q18_in_every_zone_open_minutes_are_those_the_wall_clock_counts(zone: str, start: int, length: int) -> None:
    """Half-hour offsets, a change of clocks by half an hour, a year with a leap day: minute by minute."""
    there = calendar(time_zone=zone, public_holidays=False)
    begin = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    counted = 0
    for minute in range(length):
        local = (begin + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        counted += local.weekday() < 5 and (8 <= local.hour < 12 or 13 <= local.hour < 17)
    assert hours(there).elapsed(begin, begin + timedelta(minutes=length)) == counted * 60
