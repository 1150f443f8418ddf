"""A ladder played through in advance calls whom the engine's own steps would call (P-5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.policy import MAX_ROUNDS, Group, Move, Rung, enter, in_turn, next_action
from escalation.rules.simulation import Beat, play

NOW = datetime(2027, 8, 1, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Shift = tuple[tuple[int, ...], ...]


@dataclass
class Ladder:
    """People per level that change every hour; the last hour stays."""

    hours: list[Shift]
    at_once: bool = False
    wait_min: int = 10

    def rung(self, level: int, at: datetime) -> Rung:
        hour = min(int((at - NOW) / (60 * MINUTE)), len(self.hours) - 1)
        people = self.hours[hour][level - 1]
        groups = (Group(people, self.wait_min),) if self.at_once and people else in_turn(people, self.wait_min)
        return Rung(level, groups, is_last=level == len(self.hours[0]))

    def rungs_from(self, level: int, at: datetime) -> Iterable[Rung]:
        return (self.rung(number, at) for number in range(level, len(self.hours[0]) + 1))


def story(ladder: Ladder, *silent: int, level: int = 1) -> list[Beat]:
    return list(play(ladder, level=level, at=NOW, answers=lambda person: person not in silent))


def told(beats: list[Beat]) -> list[tuple[int, int, Move, tuple[int, ...]]]:
    return [(int((beat.at - NOW) / MINUTE), beat.level, beat.action.move, beat.action.people) for beat in beats]


def test_it_ends_with_the_first_who_answers() -> None:
    beats = story(Ladder([((1, 2), (3,))]), 1)

    assert told(beats) == [(0, 1, Move.CALL, (1,)), (10, 1, Move.CALL, (2,))]
    assert [beat.answered_by for beat in beats] == [None, 2]


def test_without_any_answer_it_climbs_to_the_top_and_calls_everybody_again_three_times() -> None:
    beats = story(Ladder([((1,), (2, 3))]), 1, 2, 3)

    assert told(beats) == [
        (0, 1, Move.CALL, (1,)),
        (10, 2, Move.CALL, (2,)),
        (20, 2, Move.CALL, (3,)),
        (30, 2, Move.AGAIN, (2, 3)),
        (40, 2, Move.AGAIN, (2, 3)),
        (50, 2, Move.AGAIN, (2, 3)),
        (60, 2, Move.GIVE_UP, ()),
    ]
    assert [beat.round for beat in beats] == [0, 0, 0, 1, 2, 3, 3]
    assert [beat.entered for beat in beats] == [1, 2, 2, 2, 2, 2, 2]


def test_of_those_called_at_once_the_first_who_answers_counts() -> None:
    [beat] = story(Ladder([((1, 2, 3),)], at_once=True), 1)

    assert (beat.action.people, beat.answered_by) == ((1, 2, 3), 2)


def test_levels_on_which_nobody_can_be_reached_are_passed_and_named() -> None:
    [beat] = story(Ladder([((), (), (4,))]))

    assert (beat.entered, beat.passed, beat.level, beat.answered_by) == (1, (1, 2), 3, 4)


def test_a_ladder_without_anybody_ends_at_once() -> None:
    assert told(story(Ladder([((), ())]))) == [(0, 2, Move.GIVE_UP, ())]


def test_who_comes_during_the_night_is_called_and_who_left_is_not() -> None:
    beats = story(Ladder([((1, 2), (9,)), ((3, 1), (8,))], wait_min=60), 1, 2, 3)

    assert told(beats)[:3] == [(0, 1, Move.CALL, (1,)), (60, 1, Move.CALL, (3,)), (120, 2, Move.CALL, (8,))]


# Every company ---------------------------------------------------------------------------------------------------

ROLE = st.lists(st.integers(1, 5), max_size=3, unique=True).map(tuple)
LADDERS = st.integers(1, 3).flatmap(
    lambda height: st.builds(
        Ladder,
        hours=st.lists(st.tuples(*[ROLE] * height), min_size=1, max_size=4),
        at_once=st.booleans(),
        wait_min=st.sampled_from([0, 7, 60]),
    )
)


@given(ladder=LADDERS, silent=st.frozensets(st.integers(1, 5)))
def test_its_calls_are_those_of_the_rules_step_by_step(ladder: Ladder, silent: frozenset[int]) -> None:
    """Each beat is the rule's answer to what the beats before it did, and the last one has a reason to be the last."""
    beats = story(ladder, *silent)

    expected, called = enter(ladder.rungs_from(1, NOW), now=NOW).action, set[int]()
    for beat, following in zip(beats, [*beats[1:], None], strict=True):
        assert beat.action == expected
        called |= set(expected.people)
        if following is None:
            break
        rung = ladder.rung(beat.level, following.at)
        expected = next_action(rung, called=called, rounds=beat.round, now=following.at)
        if expected.move is Move.GO_ON:
            called.clear()
            expected = enter(ladder.rungs_from(beat.level + 1, following.at), now=following.at).action
        assert following.at == beat.action.next_call_at
    answers = [person for beat in beats for person in beat.action.people if person not in silent]
    assert beats[-1].answered_by == (answers[0] if answers else None)
    assert (beats[-1].action.move is Move.GIVE_UP) == (not answers)
    assert len(beats) <= 3 * 5 + MAX_ROUNDS + 1
