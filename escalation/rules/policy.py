"""Who is called next on a rung, and when (P-5.3). Pure: facts in, one decision out.

People are numbers here, in the order in which they are called. Every minute comes from the document; 0 minutes means
that the next person is called at the next look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MAX_ROUNDS = 3
"""How often everybody on the last rung is called again before the ladder counts as exhausted."""


@dataclass(frozen=True, slots=True)
class Group:
    """People called at the same time, and how long they have before the next group is called."""

    people: tuple[int, ...]
    wait_min: int


def in_turn(people: Iterable[int], wait_min: int) -> tuple[Group, ...]:
    """One group for each of them: the next is called when the one before did not answer in time."""
    return tuple(Group((person,), wait_min) for person in people)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level as it stands now: groups of people who can be reached, in calling order.

    `opens_at` is when calling may begin, where the document keeps calls of this kind for service hours, or everybody
    has quiet hours.
    """

    level: int
    groups: tuple[Group, ...]
    is_last: bool
    opens_at: datetime | None = None

    @property
    def reachable(self) -> tuple[int, ...]:
        """Everybody who can be reached, each once, in calling order."""
        return tuple(dict.fromkeys(person for group in self.groups for person in group.people))

    def beginning_with(self, person: int | None) -> Rung:
        """The rung with that person called first, if it has them: whoever works on it should hear of it first."""
        found = next((group for group in self.groups if person in group.people), None)
        if person is None or found is None:
            return self
        others = tuple(other for other in found.people if other != person)
        if found is self.groups[0]:
            return replace(self, groups=(replace(found, people=(person, *others)), *self.groups[1:]))
        return replace(self, groups=(Group((person,), found.wait_min), *self.groups))

    def sparing(self, quiet: Mapping[int, datetime]) -> Rung:
        """The rung for a call that may not disturb: person → when their quiet hours end.

        Groups with somebody awake come first; while nobody is, calling begins when the first quiet hours end.
        """
        if not quiet or not self.groups:
            return self
        if quiet.keys() >= set(self.reachable):
            return replace(self, opens_at=max(filter(None, (self.opens_at, min(quiet.values())))))
        return replace(self, groups=tuple(sorted(self.groups, key=lambda group: quiet.keys() >= set(group.people))))


class Move(StrEnum):
    """What happens next on a ladder."""

    CALL = "call"
    """Call people of this rung who were not called yet."""
    HOLD = "hold"
    """Nobody is called before duty begins, or the first quiet hours end."""
    AGAIN = "again"
    """Last rung, everybody was called: call everybody again."""
    GO_ON = "go_on"
    """Nobody is left on this rung: enter the next level."""
    GIVE_UP = "give_up"
    """Nobody is left on the last rung."""
    TAKEN = "taken"
    """Somebody takes the rung on in entering it: nobody is called."""


@dataclass(frozen=True, slots=True)
class Action:
    """A decision: the move, whom it calls, and when to look again (None: the rung is left)."""

    move: Move
    people: tuple[int, ...] = ()
    next_call_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """Where entering a ladder ends: the level, the levels passed because nobody could be reached, the first action."""

    level: int
    passed: tuple[int, ...]
    action: Action


def next_action(rung: Rung, *, called: Iterable[int], rounds: int, now: datetime) -> Action:
    """The next move on a rung after `called` were called and everybody was called again `rounds` times.

    Within a round nobody is called twice. The number of actions is bounded by the people plus MAX_ROUNDS plus one.
    """
    before = frozenset(called)
    if rung.opens_at is not None and now < rung.opens_at and rung.groups:
        return Action(Move.HOLD, (), rung.opens_at)
    for group in rung.groups:
        fresh = tuple(dict.fromkeys(person for person in group.people if person not in before))
        if fresh:
            return _call(Move.CALL, fresh, group.wait_min, now)
    if not rung.is_last:
        return Action(Move.GO_ON)
    if rung.reachable and rounds < MAX_ROUNDS:
        return _call(Move.AGAIN, rung.reachable, max(group.wait_min for group in rung.groups), now)
    return Action(Move.GIVE_UP)


def _call(move: Move, people: tuple[int, ...], wait_min: int, now: datetime) -> Action:
    return Action(move, people, now + timedelta(minutes=wait_min))


def enter(rungs: Iterable[Rung], *, now: datetime) -> Landing:
    """Enters a ladder at the first of `rungs` (from there to the top): levels nobody can be reached on are passed.

    No rung above the one entered is asked for.
    """
    passed: list[int] = []
    for rung in rungs:
        action = next_action(rung, called=(), rounds=0, now=now)
        if action.move is not Move.GO_ON:
            return Landing(rung.level, tuple(passed), action)
        passed.append(rung.level)
    raise ValueError("the last rung given must be the last of the ladder")


def progress_due(minutes: int, *, since: datetime) -> datetime | None:
    """When whoever took a rung on must have got on with it; None where the document asks nothing (0 minutes)."""
    return since + timedelta(minutes=minutes) if minutes else None
