"""Who is told when that an update is owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.rules.updates import MOST, Hears, next_word, words_until

DUE = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
R, A = Hears.RESPONSIBLE, Hears.ACCOUNTABLE


def test_who_must_write_is_reminded_at_the_due_instant_and_half_an_interval_later_it_is_reported() -> None:
    assert next_word(DUE, 30, 0) == DUE
    assert words_until(DUE, 30, 0, DUE) == (1, frozenset({R}))
    assert next_word(DUE, 30, 1) == DUE + timedelta(minutes=15)
    assert words_until(DUE, 30, 1, DUE + timedelta(minutes=15)) == (2, frozenset({A}))


def test_after_three_rounds_nobody_is_told_any_more() -> None:
    assert next_word(DUE, 30, MOST) is None
    assert words_until(DUE, 30, 0, DUE + timedelta(days=9)) == (MOST, frozenset({R, A}))


def test_after_an_outage_each_hears_once() -> None:
    assert words_until(DUE, 30, 0, DUE + timedelta(minutes=50)) == (4, frozenset({R, A}))


@given(
    interval=st.integers(min_value=1, max_value=10_000),
    looks=st.lists(st.integers(min_value=0, max_value=40_000), min_size=1, max_size=12).map(sorted),
)
def test_however_often_one_looks_every_word_is_said_once_and_none_too_early(interval: int, looks: list[int]) -> None:
    told = 0
    for minutes in looks:
        now = DUE + timedelta(minutes=minutes)
        due = next_word(DUE, interval, told)
        before = told
        told, hears = words_until(DUE, interval, told, now)
        assert bool(hears) == (due is not None and due <= now)
        assert before <= told <= MOST
        following = next_word(DUE, interval, told)
        assert following is None or following > now
