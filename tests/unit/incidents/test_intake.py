"""What a signal does, for every situation a late, doubled or reordered delivery can produce."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.intake import AlertView, Bearing, Effect, judge
from incidents.rules.signals import Signal, SignalState
from process.schema import Monitoring

T0 = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRING, CLEARED, MUTED, INFO = SignalState.FIRING, SignalState.CLEARED, SignalState.MUTED, SignalState.INFO
POLICY = Monitoring.model_validate(
    {
        "paragraph": "§2",
        "severities": [
            {"severity": name, "urgency": "high", "impact": "high"} for name in ("critical", "high", "medium", "low")
        ],
        "categories": dict.fromkeys(("availability", "performance", "error", "security"), "software"),
        "resolve_after_min": 10,
        "resolve_code": "recovered",
        "reopen_within_min": 60,
        "flap_count": 4,
        "flap_window_min": 30,
        "flood_count": 20,
        "flood_window_min": 5,
    }
)


def signal(state=FIRING, *, regression=False):
    return Signal("s:1", state, "error", "high", "Titel", is_regression=regression)


def view(state=FIRING, bearing=Bearing.OPEN, **more):
    return AlertView(state, T0, bearing, **more)


def effect(known, incoming, *, at=T0 + MINUTE, now=None):
    return judge(known, incoming, at=at, now=now or at, policy=POLICY).effect


def test_an_alarm_nobody_has_seen_opens():
    assert effect(None, signal()) is Effect.OPEN


def test_a_recovery_of_something_unknown_is_only_logged():
    assert effect(None, signal(CLEARED)) is Effect.IGNORE


def test_an_unknown_object_muted_at_the_source_stays_quiet_afterwards():
    first = judge(None, signal(MUTED), at=T0, now=T0, policy=POLICY)
    assert first.effect is Effect.MUTE
    assert effect(first.view, signal()) is Effect.REPEAT


def test_an_alarm_that_goes_on_only_counts():
    assert effect(view(), signal()) is Effect.REPEAT


def test_an_older_repetition_of_the_same_state_still_counts():
    assert effect(view(), signal(), at=T0 - MINUTE) is Effect.REPEAT


def test_a_recovery_starts_the_grace_after_which_the_incident_resolves():
    verdict = judge(view(), signal(CLEARED), at=T0 + MINUTE, now=T0 + MINUTE, policy=POLICY)
    assert verdict.effect is Effect.CLEAR
    assert verdict.view.resolve_at == T0 + 11 * MINUTE


def test_a_recovery_older_than_the_alarm_moves_nothing():
    assert effect(view(), signal(CLEARED), at=T0 - MINUTE) is Effect.STALE


def test_an_old_alarm_arriving_after_the_recovery_does_not_reopen():
    assert effect(view(CLEARED), signal(), at=T0) is Effect.STALE
    assert effect(view(CLEARED, Bearing.RESOLVED, ended_at=T0), signal(), at=T0 - MINUTE) is Effect.STALE


def test_a_new_alarm_during_the_grace_takes_the_recovery_back():
    verdict = judge(
        view(CLEARED, resolve_at=T0 + 10 * MINUTE), signal(), at=T0 + MINUTE, now=T0 + MINUTE, policy=POLICY
    )
    assert verdict.effect is Effect.ATTACH
    assert verdict.view.resolve_at is None


@pytest.mark.parametrize(
    ("minutes", "expected"), [(1, Effect.REOPEN), (60, Effect.REOPEN), (61, Effect.OPEN), (600, Effect.OPEN)]
)
def test_a_resolved_incident_is_reopened_within_the_window_and_replaced_after_it(minutes, expected):
    known = view(CLEARED, Bearing.RESOLVED, ended_at=T0)
    assert effect(known, signal(), at=T0 + minutes * MINUTE) is expected


def test_an_alarm_after_the_incident_was_closed_opens_a_new_one():
    assert effect(view(CLEARED, Bearing.FINAL), signal()) is Effect.OPEN
    assert effect(view(FIRING, Bearing.FINAL), signal()) is Effect.OPEN


def test_a_muted_alarm_speaks_again_only_when_the_source_calls_it_a_regression():
    assert effect(view(MUTED), signal()) is Effect.REPEAT
    assert effect(view(MUTED), signal(regression=True)) is Effect.ATTACH


def test_information_reaches_a_known_incident_and_nothing_else():
    assert effect(view(), signal(INFO)) is Effect.INFORM
    assert effect(None, signal(INFO)) is Effect.IGNORE


def test_an_alarm_that_keeps_changing_flaps_and_no_longer_resolves_by_itself():
    known, began = view(), []
    for step in range(1, 6):
        at = T0 + step * MINUTE
        verdict = judge(known, signal(CLEARED if step % 2 else FIRING), at=at, now=at, policy=POLICY)
        known = verdict.view
        began.append(verdict.began_to_flap)
    assert began == [False, False, False, True, False]
    assert known.state is CLEARED
    assert known.resolve_at is None


observations = st.lists(
    st.tuples(st.sampled_from([FIRING, CLEARED, MUTED, INFO]), st.integers(-50, 50), st.booleans()), max_size=20
)


@given(observations)
def test_whatever_arrives_the_newest_observation_time_never_goes_back(arrivals):
    known = None
    for step, (state, offset, regression) in enumerate(arrivals):
        now = T0 + timedelta(hours=2, minutes=step)
        after = judge(known, signal(state, regression=regression), at=T0 + offset * MINUTE, now=now, policy=POLICY).view
        if known is not None and after is not None:
            assert after.last_at >= known.last_at
        known = after


@given(observations)
def test_delivering_everything_twice_in_a_row_changes_no_state(arrivals):
    once = twice = None
    for step, (state, offset, _regression) in enumerate(arrivals):
        now = T0 + timedelta(hours=2, minutes=step)
        at = T0 + offset * MINUTE
        once = judge(once, signal(state), at=at, now=now, policy=POLICY).view
        twice = judge(twice, signal(state), at=at, now=now, policy=POLICY).view
        again = judge(twice, signal(state), at=at, now=now, policy=POLICY)
        assert again.effect not in (Effect.CLEAR, Effect.MUTE, Effect.ATTACH)
        assert (again.view and again.view.state) == (twice and twice.state)
        twice = again.view
        assert (once and once.state) == (twice and twice.state)


def test_an_alarm_seen_before_somebody_resolved_its_incident_does_not_bring_it_back():
    solved = view(FIRING, Bearing.RESOLVED, ended_at=T0)
    assert effect(solved, signal(), at=T0) is Effect.REPEAT
    assert effect(solved, signal(), at=T0 + MINUTE, now=T0 + MINUTE) is Effect.REOPEN
    cancelled = view(FIRING, Bearing.FINAL, ended_at=T0)
    assert effect(cancelled, signal(), at=T0 - MINUTE) is Effect.REPEAT
