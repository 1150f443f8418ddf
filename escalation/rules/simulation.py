"""A ladder played through in advance: whom it would call at which instant until somebody answers (P-5.3). Pure.

Every decision is one of `policy`, which also decides when people are really called; here only the clock is put on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from escalation.rules.policy import Action, Landing, Move, Rung, enter, next_action


class Ladder(Protocol):
    """The rungs of a ladder as they would stand at an instant."""

    def rungs_from(self, level: int, at: datetime) -> Iterable[Rung]:
        """The rungs one meets when entering at a level, from there to the top."""

    def rung(self, level: int, at: datetime) -> Rung:
        """A rung on which people are being called."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a ladder would do at an instant: on which level, in which round, and who answers.

    `entered` is the level that was to be entered, `passed` those left out because nobody could be reached on them.
    """

    at: datetime
    entered: int
    level: int
    passed: tuple[int, ...]
    round: int
    action: Action
    answered_by: int | None = None


def play(ladder: Ladder, *, level: int, at: datetime, answers: Callable[[int], bool]) -> Iterator[Beat]:
    """What happens when a level is entered at `at`, in order, until somebody answers or nobody is left to call.

    Of those called, the first who `answers` does so at once. The last beat has an answer or is Move.GIVE_UP.
    """
    landing, entered, now = enter(ladder.rungs_from(level, at), now=at), level, at
    called: set[int] = set()
    rounds = 0
    while True:
        action = landing.action
        called.update(action.people)
        answered_by = next((person for person in action.people if answers(person)), None)
        yield Beat(now, entered, landing.level, landing.passed, rounds, action, answered_by)
        if answered_by is not None or action.next_call_at is None:
            return
        now = action.next_call_at
        action = next_action(ladder.rung(landing.level, now), called=called, rounds=rounds, now=now)
        if action.move is Move.GO_ON:
            entered = landing.level + 1
            landing = enter(ladder.rungs_from(entered, now), now=now)
            called, rounds = set(), 0
        else:
            landing = Landing(landing.level, (), action)
            rounds += action.move is Move.AGAIN
