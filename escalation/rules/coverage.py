"""How well a rota covers the time ahead: when nobody is on call, and how many hours each person carries. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.rules.oncall import NEVER_BACK, Rota, Turn, turns

AHEAD = timedelta(weeks=52)
UNEVEN = 2
"""So many times the average is too much for one person."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The turns of a rota in [start, end), and who could take some."""

    start: datetime
    end: datetime
    turns: Sequence[Turn]
    people: frozenset[int]

    @property
    def gaps(self) -> list[tuple[datetime, datetime]]:
        """The stretches in which nobody is on call, in order; neighbours are one."""
        found, before = [], self.start
        for turn in self.turns:
            if before < turn.start:
                found.append((before, turn.start))
            before = turn.end
        return [*found, (before, self.end)] if before < self.end else found

    @property
    def load(self) -> Mapping[int, timedelta]:
        """How long each of `people` is on call, the most first."""
        carried: Counter[int] = Counter()
        for turn in self.turns:
            carried[turn.person] += int((turn.end - turn.start).total_seconds())
        every = sorted(self.people | set(carried), key=lambda person: (-carried[person], person))
        return {person: timedelta(seconds=carried[person]) for person in every}

    @property
    def overloaded(self) -> list[int]:
        """Who carries more than UNEVEN times the average."""
        load = self.load
        average = sum(load.values(), timedelta()) / max(len(load), 1)
        return [person for person, carried in load.items() if carried > UNEVEN * average]


def coverage(rota: Rota, start: datetime, end: datetime) -> Coverage:
    """How a rota covers [start, end). Whoever left or lost the role can take nothing any more."""
    named = {person for layer in rota.layers for person in layer.people}
    named |= {override.person for override in rota.overrides}
    return Coverage(start, end, turns(rota, start, end), frozenset(named - gone(rota)))


def gone(rota: Rota) -> frozenset[int]:
    """People of the rota's layers and overrides who left or lost the role."""
    return frozenset(person for person, until in rota.absent_until.items() if until == NEVER_BACK)
