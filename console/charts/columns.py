"""Columns over time, one on the other or side by side. Each part has a texture of its own, so colour is never alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from console.charts.frame import band, framed, middle
from console.charts.scale import Scale
from console.charts.scene import (
    NARROW,
    WIDE,
    Chart,
    Dot,
    Key,
    Line,
    Mark,
    Path,
    Scene,
    Size,
    Table,
    rect,
    stripes,
)  # fmt: skip
from console.charts.words import words_of

STRIPED = ("part-2", "part-4")
"""Parts that are drawn with level lines; the others are filled or hollow."""


class Part(NamedTuple):
    """One colour of the columns: its name and a value per column."""

    name: str
    dots: Sequence[Dot]
    css: str = ""
    """How it is drawn, when not by its place: part-1 filled, part-2 and part-4 striped, part-3 hollow."""


def columns(
    key: str, title: Any, parts: Sequence[Part], *, unit: str = "count", is_stacked: bool = True, empty: str = ""
) -> Chart:
    """Up to four parts over the same columns; values are counts or spans, never below zero."""
    labels = [dot.label for dot in parts[0].dots]
    chart = Chart(key, title, "", _table(labels, parts, unit), unit=unit)
    if not any(dot.value for part in parts for dot in part.dots):
        chart.empty = empty or _("In diesem Zeitraum gibt es nichts zu zählen.")
        return chart
    chart.legend = [Key(part.name, css(part, place)) for place, part in enumerate(parts)]
    draw = _stacked if is_stacked else _beside
    heights = [[dot.value or 0.0 for dot in dots] for dots in zip(*(part.dots for part in parts), strict=True)]
    highest = max(sum(column) if is_stacked else max(column) for column in heights)
    chart.wide, chart.narrow = (draw(size, labels, parts, unit, highest) for size in (WIDE, NARROW))
    chart.about = _about(str(title), parts, unit)
    return chart


def css(part: Part, place: int) -> str:
    """The class of a part: its own, or one by its place."""
    return part.css or f"part-{place + 1}"


def _stacked(size: Size, labels: Sequence[str], parts: Sequence[Part], unit: str, highest: float) -> Scene:
    scene, scale = framed(size, highest, unit, labels)
    wide = min(28.0, band(size, len(labels)) * 0.72)
    for place in range(len(labels)):
        x, below = middle(size, place, len(labels)) - wide / 2, 0.0
        for part_at, part in enumerate(parts):
            value = part.dots[place].value or 0.0
            top, foot = scale.at(below + value), scale.at(below)
            below += value
            if value:
                _block(scene, (x, top, wide, max(1.0, foot - top)), part, part_at, place, unit)
    return scene


def _beside(size: Size, labels: Sequence[str], parts: Sequence[Part], unit: str, highest: float) -> Scene:
    scene, scale = framed(size, highest, unit, labels)
    wide = min(14.0, band(size, len(labels)) * 0.8 / len(parts))
    for place in range(len(labels)):
        start = middle(size, place, len(labels)) - wide * len(parts) / 2
        for part_at, part in enumerate(parts):
            value = part.dots[place].value or 0.0
            if value:
                _block(scene, _box(start + part_at * wide, wide, value, scale), part, part_at, place, unit)
    return scene


def _box(x: float, wide: float, value: float, scale: Scale) -> tuple[float, float, float, float]:
    top, foot = scale.at(value), scale.at(0)
    return x, top, wide, max(1.0, foot - top)


def _block(
    scene: Scene, box: tuple[float, float, float, float], part: Part, part_at: int, place: int, unit: str
) -> None:
    dot, name = part.dots[place], css(part, part_at)
    label = f"{dot.label}: {words_of(dot.value, unit)} {part.name}"
    if dot.note:
        label += f", {dot.note}"
    x, y, wide, high = box
    gap = 0.5 if wide > 4 else 0.0
    scene.marks.append(Mark(rect(x + gap, y, wide - 2 * gap, high), name, label, dot.href))
    if name in STRIPED and high > 5:
        scene.paths.append(Path(stripes(x + gap, y, wide - 2 * gap, high), f"{name} texture"))


def _table(labels: Sequence[str], parts: Sequence[Part], unit: str) -> Table:
    lines = []
    for place, label in enumerate(labels):
        values = [part.dots[place].value for part in parts]
        lines.append(Line([label, *(words_of(value, unit) for value in values)], "", values))
    return Table([_("Wann"), *(part.name for part in parts)], lines)


def _about(title: str, parts: Sequence[Part], unit: str) -> str:
    sums = [f"{part.name} {words_of(sum(dot.value or 0 for dot in part.dots), unit)}" for part in parts]
    first, last = parts[0].dots[0].label, parts[0].dots[-1].label
    return _("%(title)s von %(first)s bis %(last)s. Summen: %(sums)s.") % {
        "title": title,
        "first": first,
        "last": last,
        "sums": ", ".join(sums),
    }
