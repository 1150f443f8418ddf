"""A figure as a card: value, how it moved and whether that is better, its formula, and the way to its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from console.charts.spark import Spark, spark
from console.charts.words import change, words_of
from console.sla.asked import Asked
from figures.formulas import FORMULAS
from figures.selectors import Board, Figure

Courses = Mapping[str, Sequence[float | None]]
TARGET = 0.9
"""The share of promises that the company wants kept (dossier B3)."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. `tone` is ok, high or none; `verdict` says the same in a word."""

    key: str
    label: str
    value: str
    change: str
    verdict: str
    tone: str
    note: str
    href: str
    formula: Any
    spark: Spark | None = None


def cards(asked: Asked, board: Board, keys: Iterable[str], courses: Courses | None = None) -> list[Card]:
    """Cards of figures by key, in that order; `courses` are the values over time of some of them."""
    return [_card(asked, board.figures[key], (courses or {}).get(key)) for key in keys]


def _card(asked: Asked, figure: Figure, course: Sequence[float | None] | None) -> Card:
    formula = FORMULAS[figure.key]
    moved = change(figure.value, figure.before, figure.unit)
    verdict, tone = _verdict(figure, formula.good)
    return Card(
        key=figure.key,
        label=str(formula.label),
        value=words_of(figure.value, figure.unit),
        change=moved,
        verdict=verdict,
        tone=tone,
        note=_note(figure),
        href=asked.records(figure.key) if figure.n else "",
        formula=formula,
        spark=spark(course) if course and len(course) > 1 else None,
    )


def _note(figure: Figure) -> str:
    if not figure.n:
        return _("nichts zu zählen")
    if figure.unit == "ratio" and figure.part is not None:
        return _("%(part)s von %(all)s") % {"part": words_of(figure.part, "count"), "all": words_of(figure.n, "count")}
    return _("aus %(count)s") % {"count": words_of(figure.n, "count")} if figure.unit == "seconds" else ""


def _verdict(figure: Figure, good: str) -> tuple[str, str]:
    if figure.value is None or figure.before is None or figure.value == figure.before or good == "none":
        return "", "none"
    is_better = (figure.value > figure.before) == (good == "up")
    return (_("besser"), "ok") if is_better else (_("schlechter"), "high")
