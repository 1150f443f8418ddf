"""Bars by dimension, as rows of a table: names of any length keep their place, and a phone shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from console.charts.scale import Scale
from console.charts.scene import Line, Table, n, rect
from console.charts.words import change, words_of

LONG = 100.0
"""The width of a bar's drawing, which stretches to its cell."""


class Bar(NamedTuple):
    """A row: what it stands for, its value, what it was before."""

    label: str
    value: float | None
    before: float | None = None
    href: str = ""
    note: str = ""
    css: str = ""


class Row(NamedTuple):
    """A bar at its finished length; `was` is the place of the value before, empty when there is none."""

    bar: Bar
    d: str
    was: str
    words: str
    change: str


@dataclass
class Bars:
    """A list of bars. The list is the table."""

    key: str
    title: Any
    name: str
    rows: list[Row]
    table: Table
    unit: str
    has_before: bool
    empty: str = ""
    formula: Any = None
    target: str = ""

    template = "components/charts/bars.html"


def bars(
    key: str, title: Any, name: str, unit: str, found: Sequence[Bar], *, target: float | None = None, empty: str = ""
) -> Bars:
    """Bars in the order given; `name` is what their labels are (School, Team)."""
    values = [value for bar in found for value in (bar.value, bar.before) if value is not None]
    highest = 1.0 if unit == "ratio" else max(values, default=0.0)
    scale = Scale(0, highest, 0, LONG)
    rows = [_row(bar, scale, unit) for bar in found]
    heads = [name, _("Wert"), _("Vergleich")]
    lines = [
        Line([bar.label, words_of(bar.value, unit), words_of(bar.before, unit)], bar.href, [bar.value, bar.before])
        for bar in found
    ]
    nothing = not any(bar.value is not None for bar in found)
    return Bars(
        key,
        title,
        name,
        rows,
        Table(heads, lines),
        unit,
        has_before=any(bar.before is not None for bar in found),
        empty=(empty or _("In diesem Zeitraum gibt es nichts zu zählen.")) if nothing else "",
        target="" if target is None else f"M{n(scale.at(target))} 0V10",
    )


def _row(bar: Bar, scale: Scale, unit: str) -> Row:
    length = scale.at(bar.value) if bar.value is not None and scale.high > 0 else 0.0
    drawn = rect(0, 2, max(length, 0.6), 6) if bar.value else ""
    was = f"M{n(scale.at(bar.before))} 0V10" if bar.before is not None and scale.high > 0 else ""
    return Row(bar, drawn, was, words_of(bar.value, unit), change(bar.value, bar.before, unit))
