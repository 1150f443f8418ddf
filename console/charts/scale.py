"""From values to places: scales and ticks people can read. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86_400
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_SPANS = (
    1, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR,
    6 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY,
)  # fmt: skip
"""Steps that are whole in minutes, hours or days; beyond the last, round numbers of days."""


class Scale(NamedTuple):
    """Values `low`…`high` on places `start`…`end`; for heights `start` lies below `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value; values outside stand on the edge, never beyond the plot."""
        if self.high <= self.low:
            return self.start
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return self.start + share * (self.end - self.start)


def ticks(highest: float, *, unit: str = "count", most: int = 4) -> list[float]:
    """From 0 up to the first round value that is not below `highest`; at least two, at most `most` + 1 of them."""
    if unit == "ratio" and highest <= 1:
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    step = _step(highest, unit, most)
    return [step * place for place in range(max(1, math.ceil(round(highest / step, 9))) + 1)]


def _step(highest: float, unit: str, most: int) -> float:
    """The smallest readable step with which `most` steps reach `highest`."""
    rough = max(highest, 0) / most
    if unit == "seconds":
        fitting = next((span for span in _SPANS if span >= rough), None)
        return float(fitting) if fitting else _round_up(rough / DAY) * DAY
    if unit in ("count", "days"):
        return max(1.0, _whole(rough))
    return _round_up(rough) if rough > 0 else 1.0


def _round_up(value: float) -> float:
    """The first of 1, 2, 2.5, 5, 10 × 10ⁿ that is not below `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((digit * power for digit in _ROUND if digit * power >= value * (1 - 1e-12)), 10 * power)


def _whole(value: float) -> float:
    """As `_round_up`, but a whole number: nobody counts 2.5 incidents."""
    if value <= 1:
        return 1.0
    found = _round_up(value)
    return found if found == int(found) else float(math.ceil(found))


def thinned(labels: Sequence[str], room: float, *, letter: float = 6.2, gap: float = 12) -> list[int]:
    """Which of evenly spread labels can be written without touching each other in `room` units: every n-th."""
    if not labels:
        return []
    widest = max(len(label) for label in labels) * letter + gap
    band = room / len(labels)
    every = max(1, math.ceil(widest / band))
    return list(range(0, len(labels), every))
