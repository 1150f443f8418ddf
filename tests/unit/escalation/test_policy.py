"""Who is called next (P-5.3): every situation of a rung, and what holds in all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.policy import MAX_ROUNDS, Action, Group, Landing, Move, Rung, enter, in_turn, next_action

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def rung(*reachable: int, at_once: bool = False, is_last: bool = False, wait_min: int = 10, level: int = 2) -> Rung:
    groups = (Group(reachable, wait_min),) if at_once and reachable else in_turn(reachable, wait_min)
    return Rung(level=level, groups=groups, is_last=is_last)


@pytest.mark.parametrize(
    ("situation", "called", "rounds", "expected"),
    [
        # one by one
        (rung(1, 2, 3), [], 0, Action(Move.CALL, (1,), LATER)),
        (rung(1, 2, 3), [1], 0, Action(Move.CALL, (2,), LATER)),
        (rung(1, 2, 3), [1, 2], 0, Action(Move.CALL, (3,), LATER)),
        (rung(1, 2, 3), [1, 2, 3], 0, Action(Move.GO_ON)),
        # everyone at once
        (rung(1, 2, 3, at_once=True), [], 0, Action(Move.CALL, (1, 2, 3), LATER)),
        (rung(1, 2, 3, at_once=True), [1, 2, 3], 0, Action(Move.GO_ON)),
        # the rung changes while it is called: somebody comes, somebody leaves
        (rung(1, 2, 3, at_once=True), [1, 2], 0, Action(Move.CALL, (3,), LATER)),
        (rung(2, 3), [1, 2], 0, Action(Move.CALL, (3,), LATER)),
        (rung(2), [1, 2, 3], 0, Action(Move.GO_ON)),
        (rung(9, 1), [1], 0, Action(Move.CALL, (9,), LATER)),
        # nobody there
        (rung(), [], 0, Action(Move.GO_ON)),
        (rung(), [1, 2], 0, Action(Move.GO_ON)),
        (rung(at_once=True), [], 0, Action(Move.GO_ON)),
        # the last rung: again and again, but not for ever
        (rung(1, 2, is_last=True), [], 0, Action(Move.CALL, (1,), LATER)),
        (rung(1, 2, is_last=True), [1], 0, Action(Move.CALL, (2,), LATER)),
        (rung(1, 2, is_last=True), [1, 2], 0, Action(Move.AGAIN, (1, 2), LATER)),
        (rung(1, 2, is_last=True), [1, 2], 1, Action(Move.AGAIN, (1, 2), LATER)),
        (rung(1, 2, is_last=True), [1, 2], 2, Action(Move.AGAIN, (1, 2), LATER)),
        (rung(1, 2, is_last=True), [1, 2], 3, Action(Move.GIVE_UP)),
        (rung(1, 2, 3, is_last=True), [1, 2], 2, Action(Move.CALL, (3,), LATER)),
        (rung(1, is_last=True, at_once=True), [1], 0, Action(Move.AGAIN, (1,), LATER)),
        (rung(is_last=True), [], 0, Action(Move.GIVE_UP)),
        (rung(is_last=True), [1], 1, Action(Move.GIVE_UP)),
        # before duty begins nobody is called; where nobody could be, nobody is waited for
        (replace(rung(1, 2), opens_at=LATER), [], 0, Action(Move.HOLD, (), LATER)),
        (replace(rung(1, 2), opens_at=LATER), [1], 0, Action(Move.HOLD, (), LATER)),
        (replace(rung(1, 2), opens_at=NOW), [1], 0, Action(Move.CALL, (2,), LATER)),
        (replace(rung(), opens_at=LATER), [], 0, Action(Move.GO_ON)),
        (replace(rung(is_last=True), opens_at=LATER), [], 0, Action(Move.GIVE_UP)),
        # no waiting time: the next look calls on
        (rung(1, 2, wait_min=0), [], 0, Action(Move.CALL, (1,), NOW)),
    ],
)
def test_each_situation_has_one_next_action(situation: Rung, called: list[int], rounds: int, expected: Action) -> None:
    assert next_action(situation, called=called, rounds=rounds, now=NOW) == expected


def test_entering_stops_at_the_first_rung_somebody_can_be_reached_on() -> None:
    landing = enter([rung(level=1), rung(level=2), rung(7, level=3, is_last=True)], now=NOW)

    assert landing == Landing(3, (1, 2), Action(Move.CALL, (7,), LATER))


def test_a_ladder_without_anybody_is_given_up_at_its_top() -> None:
    landing = enter([rung(level=2), rung(level=3, is_last=True)], now=NOW)

    assert landing == Landing(3, (2,), Action(Move.GIVE_UP))


def test_a_ladder_must_be_given_up_to_its_top() -> None:
    with pytest.raises(ValueError, match="last rung"):
        enter([rung(level=1)], now=NOW)


def test_whoever_works_on_it_is_called_first_if_they_hold_the_rung() -> None:
    assert rung(1, 2, 3).beginning_with(3).reachable == (3, 1, 2)
    assert rung(1, 2, 3).beginning_with(8).reachable == (1, 2, 3)
    assert rung(1, 2, 3).beginning_with(None).reachable == (1, 2, 3)


people = st.lists(st.integers(1, 8), max_size=8)


@given(rotas=st.lists(people, min_size=1, max_size=40), at_once=st.booleans(), is_last=st.booleans())
def test_nobody_is_called_twice_in_a_round_and_every_rung_ends(
    rotas: list[list[int]], at_once: bool, is_last: bool
) -> None:
    """Whatever people come and go between two looks (the last rota stays)."""
    called: list[int] = []
    rounds = turns = 0
    while True:
        reachable = rotas[min(turns, len(rotas) - 1)]
        action = next_action(rung(*reachable, at_once=at_once, is_last=is_last), called=called, rounds=rounds, now=NOW)
        turns += 1
        assert turns <= 8 + MAX_ROUNDS + 1
        assert len(set(action.people)) == len(action.people)
        assert set(action.people) <= set(reachable)
        assert (action.next_call_at is None) == (not action.people)
        if action.move is Move.CALL:
            assert not set(action.people) & set(called)
            called += action.people
        elif action.move is Move.AGAIN:
            assert is_last
            rounds += 1
        else:
            break
    assert action.move is (Move.GIVE_UP if is_last else Move.GO_ON)
    assert rounds <= MAX_ROUNDS


def test_whoever_has_quiet_hours_comes_after_those_who_are_awake() -> None:
    assert rung(1, 2, 3).sparing({1: LATER}).reachable == (2, 3, 1)
    assert rung(1, 2).sparing({}) == rung(1, 2)


def test_while_everybody_has_quiet_hours_calling_waits_for_the_first_to_end() -> None:
    spared = rung(1, 2).sparing({1: LATER + timedelta(hours=1), 2: LATER})
    assert next_action(spared, called=[], rounds=0, now=NOW) == Action(Move.HOLD, (), LATER)
