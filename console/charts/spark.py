"""A line as small as a word: how a figure went. It stands beside its figure, which says the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from console.charts.lines import area
from console.charts.scale import Scale
from console.charts.scene import disc, polyline

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 3.0


class Spark(NamedTuple):
    """Line, area beneath, and the last point; all empty when there is nothing."""

    line: str
    area: str
    last: str


def spark(values: Sequence[float | None]) -> Spark:
    """From the lowest to the highest value; a level line when they are all the same."""
    told = [value for value in values if value is not None]
    if not told:
        return Spark("", "", "")
    low, high = min(told), max(told)
    scale = Scale(low, high, HEIGHT - EDGE, EDGE)
    steps = max(1, len(values) - 1)
    points = [
        None
        if value is None
        else (EDGE + place * (WIDTH - 2 * EDGE) / steps, HEIGHT / 2 if high == low else scale.at(value))
        for place, value in enumerate(values)
    ]
    last = next(point for point in reversed(points) if point is not None)
    return Spark(polyline(points), area(points, HEIGHT), disc(*last, 2.2))
