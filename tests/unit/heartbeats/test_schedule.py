"""When a job is expected: over clock changes, the turn of the year, and whatever people write."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeats.rules.schedule import BadSchedule, Rhythm, Schedule

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)


def cron(expression, zone="Europe/Zurich"):
    return Schedule(Rhythm.CRON, expression=expression, time_zone=zone)


def calendar(expression, zone="Europe/Zurich"):
    return Schedule(Rhythm.ONCALENDAR, expression=expression, time_zone=zone)


def iso(schedule, at, count):
    return [moment.isoformat()[:16] for moment in islice(schedule.times(at), count)]


def test_a_night_job_of_the_hour_that_is_left_out_runs_right_after_it():
    # 29 March 2026: 02:00 becomes 03:00 in Zurich, which is 01:00 UTC
    assert iso(cron("30 2 * * *"), NOON, 2) == ["2026-03-29T01:00", "2026-03-30T00:30"]


def test_a_night_job_of_the_hour_that_comes_twice_runs_once():
    at = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert iso(cron("30 2 * * *"), at, 2) == ["2026-10-25T00:30", "2026-10-26T01:30"]


@pytest.mark.parametrize("at", [NOON, datetime(2026, 10, 24, 12, tzinfo=UTC)])
def test_an_hourly_job_goes_on_hourly_over_both_changes(at):
    gaps = {later - earlier for earlier, later in pairwise(islice(cron("0 * * * *").times(at), 40))}
    assert gaps == {timedelta(hours=1)}


def test_every_so_often_does_not_know_of_clock_changes():
    every = Schedule(Rhythm.PERIOD, period_s=86_400)
    assert iso(every, NOON, 2) == ["2026-03-29T12:00", "2026-03-30T12:00"]


def test_the_turn_of_the_year_and_the_day_that_comes_every_four_years():
    assert iso(cron("0 0 1 1 *"), datetime(2026, 12, 31, 22, 59, tzinfo=UTC), 1) == ["2026-12-31T23:00"]
    assert iso(cron("0 12 29 2 *"), NOON, 1) == ["2028-02-29T11:00"]
    assert iso(calendar("*-12-31 23:59"), NOON, 1) == ["2026-12-31T22:59"]


def test_systemd_calendars_with_and_without_a_zone_of_their_own():
    assert iso(calendar("Mon..Fri 06:00"), NOON, 2) == ["2026-03-30T04:00", "2026-03-31T04:00"]
    assert iso(calendar("Sun 06:00 UTC"), NOON, 1) == ["2026-03-29T06:00"]


def test_a_calendar_that_ends_expects_nothing_more():
    assert calendar("2026-04-01 00:00").after(datetime(2026, 4, 2, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("schedule", "field", "why"),
    [
        (Schedule(Rhythm.PERIOD, period_s=59), "period_s", "range"),
        (Schedule(Rhythm.PERIOD, period_s=10**9), "period_s", "range"),
        (cron("every day"), "expression", "cron"),
        (cron("0 0 31 2 *"), "expression", "cron"),
        (cron("* * * * * *"), "expression", "cron"),
        (cron("@daily"), "expression", "cron"),
        (cron("0 0 * * *", "Mars/Base"), "time_zone", "time_zone"),
        (cron("0 0 * * *", "../../etc/passwd"), "time_zone", "time_zone"),
        (calendar("whenever"), "expression", "oncalendar"),
        (calendar("*-*-* *:*:00/10"), "expression", "often"),
        (calendar("2001-01-01"), "expression", "never"),
        (calendar(""), "expression", "oncalendar"),
    ],
)
def test_what_is_no_rhythm_names_the_field_that_is_wrong(schedule, field, why):
    with pytest.raises(BadSchedule) as bad:
        schedule.check(NOON)
    assert (bad.value.field, bad.value.why) == (field, why)


@given(st.sampled_from(list(Rhythm)), st.text(max_size=120), st.text(max_size=20), st.integers(0, 10**9))
def test_whatever_is_typed_is_a_rhythm_or_says_what_is_wrong(rhythm, expression, zone, period):
    schedule = Schedule(rhythm, period, expression, zone)
    try:
        schedule.check(NOON)
    except BadSchedule:
        return
    assert schedule.after(NOON) > NOON


@given(st.integers(0, 2 * 365 * 24 * 60), st.integers(0, 59), st.integers(0, 23))
def test_a_daily_job_is_expected_within_a_day_and_a_changed_hour(minutes, minute, hour):
    at = NOON + timedelta(minutes=minutes)
    expected = cron(f"{minute} {hour} * * *").after(at)
    assert timedelta() < expected - at <= timedelta(hours=25)
