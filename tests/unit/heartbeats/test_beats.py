"""What pings and silences make of a heartbeat: healthchecks' semantics, N of M, runs that do not end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeats.rules.beats import Action, Promise, Reason, Standing, Status, deadline, is_late, missed, pinged
from heartbeats.rules.schedule import Rhythm, Schedule

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PROMISE = Promise(Schedule(Rhythm.PERIOD, period_s=3600), grace=5 * MINUTE)


def ping(standing, action=Action.SUCCESS, *, at=T0, run="", promise=PROMISE):
    return pinged(standing, promise, action=action, run=run, at=at)


def test_a_new_one_waits_for_its_first_ping_and_then_for_the_next():
    assert deadline(Standing(), PROMISE) is None
    up = ping(Standing())
    assert (up.status, up.expected_at, deadline(up, PROMISE)) == (Status.UP, T0 + HOUR, T0 + HOUR + 5 * MINUTE)


def test_late_is_not_missing():
    up = ping(Standing())
    assert not is_late(up, T0 + HOUR)
    assert is_late(up, T0 + HOUR + MINUTE)
    assert missed(up, PROMISE, at=T0 + HOUR + 4 * MINUTE) == (up, None)
    down, reason = missed(up, PROMISE, at=T0 + HOUR + 5 * MINUTE)
    assert (down.status, reason) == (Status.DOWN, Reason.SILENT)
    assert deadline(down, PROMISE) is None, "whoever is down is not missed again"


def test_a_failure_is_down_at_once_and_a_success_up_again():
    down = ping(ping(Standing()), Action.FAIL)
    assert down.status is Status.DOWN
    assert ping(down, at=T0 + MINUTE).status is Status.UP


def test_a_log_line_moves_nothing():
    up = ping(Standing())
    assert ping(up, Action.LOG, at=T0 + HOUR) == up


def test_a_run_that_begins_and_does_not_end_is_down_after_its_grace():
    begun = ping(Standing(), Action.START)
    assert (begun.status, deadline(begun, PROMISE)) == (Status.NEW, T0 + 5 * MINUTE)
    down, reason = missed(begun, PROMISE, at=T0 + 5 * MINUTE)
    assert (down.status, reason) == (Status.DOWN, Reason.UNFINISHED)


def test_a_run_ends_by_its_own_id_or_without_one():
    begun = ping(ping(Standing()), Action.START, at=T0 + MINUTE, run="a")
    assert ping(begun, at=T0 + 2 * MINUTE, run="b").started_at == T0 + MINUTE
    assert ping(begun, at=T0 + 2 * MINUTE, run="a").started_at is None
    assert ping(begun, at=T0 + 2 * MINUTE).started_at is None
    assert ping(begun, Action.FAIL, at=T0 + 2 * MINUTE, run="b").started_at is None


def test_a_pause_is_sticky_unless_a_ping_may_end_it():
    paused = Standing(Status.PAUSED)
    waking = Promise(PROMISE.schedule, PROMISE.grace, wakes_on_ping=True)
    for action in Action:
        assert ping(paused, action) == paused
    assert ping(paused, promise=waking).status is Status.UP
    assert ping(paused, Action.FAIL, promise=waking).status is Status.DOWN
    assert ping(paused, Action.START, promise=waking).status is Status.NEW


def test_it_fails_only_if_two_of_the_last_three_were_bad():
    promise = Promise(PROMISE.schedule, PROMISE.grace, fails=2, of=3)
    standing = ping(Standing(), promise=promise)
    standing, reason = missed(standing, promise, at=T0 + HOUR + 5 * MINUTE)
    assert (standing.status, standing.window, reason) == (Status.UP, ".x", Reason.SILENT)
    standing = ping(standing, at=T0 + 2 * HOUR, promise=promise)
    standing = ping(standing, Action.FAIL, at=T0 + 3 * HOUR, promise=promise)
    assert (standing.status, standing.window) == (Status.DOWN, "x.x")
    standing = ping(standing, at=T0 + 4 * HOUR, promise=promise)
    assert (standing.status, standing.window) == (Status.UP, ".x.")


def test_a_run_that_hangs_is_one_miss_not_two():
    promise = Promise(PROMISE.schedule, PROMISE.grace, fails=2, of=2)
    begun = ping(ping(Standing(), promise=promise), Action.START, at=T0 + HOUR, promise=promise)
    standing, _reason = missed(begun, promise, at=T0 + HOUR + 20 * MINUTE)
    assert (standing.status, standing.window) == (Status.UP, ".x")
    assert standing.expected_at == T0 + 2 * HOUR


def test_several_slots_missed_at_once_count_each():
    promise = Promise(PROMISE.schedule, PROMISE.grace, fails=3, of=5)
    standing, _reason = missed(ping(Standing(), promise=promise), promise, at=T0 + 10 * HOUR)
    assert (standing.status, standing.window) == (Status.DOWN, ".xxx")


CALLS = st.lists(st.tuples(st.sampled_from([*Action, None]), st.integers(0, 7200), st.sampled_from(["", "a", "b"])))


@given(CALLS, st.integers(1, 4), st.integers(0, 4), st.sampled_from([Status.NEW, Status.PAUSED]))
def test_in_any_order_of_calls_and_silences_the_window_decides(calls, fails, more, begins):
    promise = Promise(PROMISE.schedule, PROMISE.grace, fails, fails + more)
    standing, at = Standing(begins), T0
    for action, seconds, run in calls:
        at += timedelta(seconds=seconds)
        standing, _reason = missed(standing, promise, at=at)
        if action is not None:
            standing = ping(standing, action, at=at, run=run, promise=promise)
        assert (standing.status is Status.DOWN) == (standing.window.count("x") >= fails)
        assert len(standing.window) <= promise.of
        due = deadline(standing, promise)
        assert due is None or due > at
    if begins is Status.PAUSED:
        assert standing == Standing(Status.PAUSED)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_ping_at_the_deadline_itself_comes_too_late_only_if_the_sweep_was_first(seconds):
    up = ping(Standing())
    due = deadline(up, PROMISE)
    assert ping(up, at=due + timedelta(seconds=seconds)).status is Status.UP
    assert missed(up, PROMISE, at=due)[0].status is Status.DOWN
