"""How likely a running promise breaks, from how like ones ended. Pure, and simple enough to be told in one sentence.

Of past clocks that had used up as much of their promise and were still open, some broke. That share is the forecast,
drawn a little towards the share of the wider group, so that three cases do not speak like three hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

STEPS = 20
"""A promise is looked at by twentieths: 0 %, 5 %, … 95 %, and 100 % when it is used up."""
FEWEST = 30
"""With fewer like cases that got so far, the wider group is asked."""
WEIGHT = 10.0
"""The wider group counts like so many cases."""


class Past(NamedTuple):
    """A past clock: the share of its promise that was used up when it stopped, and whether it broke."""

    used: float
    is_broken: bool


@dataclass(slots=True)
class Table:
    """Of past clocks: how many were still open at each step, and how many broke in the end."""

    reached: list[int]
    broken: int

    @classmethod
    def empty(cls) -> Table:
        """Nothing known."""
        return cls([0] * (STEPS + 1), 0)

    def add(self, past: Past) -> None:
        """One more. A broken one had been open at every step."""
        for step in range((STEPS if past.is_broken else step_of(past.used)) + 1):
            self.reached[step] += 1
        self.broken += past.is_broken


class Estimate(NamedTuple):
    """The probability, and the cases it rests on: of `reached` that got so far, `broken` broke."""

    value: float
    reached: int
    broken: int


def step_of(used: float) -> int:
    """The step a used share has reached."""
    return max(0, min(STEPS, int(used * STEPS + 1e-9)))


def estimate(narrow: Sequence[Table], wide: Sequence[Table], used: float) -> tuple[int, Estimate] | None:
    """The forecast at a used share, and the place (in `narrow`, then `wide`) of the group whose cases are named.

    Of `narrow` the first that is large enough speaks, drawn towards the `wide` ones, which go from narrower to wider.
    None when even the widest is too small to say anything.
    """
    step, tables = step_of(used), [*narrow, *wide]
    chosen = next((place for place, table in enumerate(tables) if table.reached[step] >= FEWEST), None)
    if chosen is None:
        return None
    wider = tables[max(chosen + 1, len(narrow)) :]
    value = 0.5
    for table in reversed(wider):
        value = _share(table, step, prior=value, weight=WEIGHT)
    told = tables[chosen]
    weight = WEIGHT if wider else 1.0
    return chosen, Estimate(_share(told, step, prior=value, weight=weight), told.reached[step], told.broken)


def _share(table: Table, step: int, *, prior: float, weight: float) -> float:
    """The mean of a Beta distribution that began with `prior` of `weight` cases."""
    return (table.broken + prior * weight) / (table.reached[step] + weight)


class Trial(NamedTuple):
    """A forecast on history it had not seen, and what happened."""

    predicted: float
    is_broken: bool


class Bin(NamedTuple):
    """Forecasts between two probabilities: how many, what they said on average, and the share that did break."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float


def brier(trials: Sequence[Trial]) -> float | None:
    """The mean squared error: 0 is perfect, always saying one half gives 0.25; None without trials."""
    if not trials:
        return None
    return sum((trial.predicted - trial.is_broken) ** 2 for trial in trials) / len(trials)


def baseline(trials: Sequence[Trial]) -> float | None:
    """The Brier score of always saying the average of what happened."""
    if not trials:
        return None
    share = sum(trial.is_broken for trial in trials) / len(trials)
    return share * (1 - share)


def bins(trials: Iterable[Trial], count: int = 10) -> list[Bin]:
    """Reliability: what was said beside what happened, in steps of equal width; empty ones are left out."""
    sorted_in: list[list[Trial]] = [[] for _ in range(count)]
    for trial in trials:
        sorted_in[min(count - 1, int(trial.predicted * count))].append(trial)
    edges = pairwise(number / count for number in range(count + 1))
    return [
        Bin(low, high, len(group), _mean(t.predicted for t in group), _mean(float(t.is_broken) for t in group))
        for (low, high), group in zip(edges, sorted_in, strict=True)
        if group
    ]


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
