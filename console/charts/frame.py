"""The frame of a drawing: grid, axes with their units, and where things stand in it. Pure apart from words."""

from __future__ import annotations

from collections.abc import Sequence

from console.charts.scale import Scale, thinned, ticks
from console.charts.scene import Path, Scene, Size, Word, n
from console.charts.words import on_axis


def framed(
    size: Size, highest: float, unit: str, labels: Sequence[str], *, target: float | None = None
) -> tuple[Scene, Scale]:
    """A scene with level grid lines and the labels of evenly spread bands below; and the scale of its heights."""
    marks = ticks(highest, unit=unit)
    scale = Scale(0, marks[-1], *size.y)
    scene = Scene(size)
    left, right = size.x
    for value in marks:
        y = scale.at(value)
        scene.grid.append(Path(f"M{n(left)} {n(y)}H{n(right)}", "axis" if value == 0 else "grid"))
        scene.words.append(Word(n(left - 6), n(y + 3.5), on_axis(value, unit), "end"))
    for place in thinned(labels, right - left):
        scene.words.append(Word(n(middle(size, place, len(labels))), n(size.y[0] + 17), labels[place]))
    if target is not None:
        y = scale.at(target)
        scene.grid.append(Path(f"M{n(left)} {n(y)}H{n(right)}", "target"))
    return scene, scale


def band(size: Size, count: int) -> float:
    """The width each of `count` bands has."""
    left, right = size.x
    return (right - left) / max(1, count)


def middle(size: Size, place: int, count: int) -> float:
    """The middle of a band."""
    return size.x[0] + (place + 0.5) * band(size, count)


def column(size: Size, place: int, count: int) -> tuple[float, float, float, float]:
    """The whole band from bottom to top, as x, y, width, height: what takes the pointer."""
    low, high = size.y
    width = band(size, count)
    return size.x[0] + place * width, high, width, low - high
