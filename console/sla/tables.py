"""Figures that are read as a table: attainment per promise and priority, durations with their three middles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from console.charts.scene import Line, Table
from console.charts.words import change, words_of
from console.sla.asked import Asked
from console.sla.cards import TARGET
from figures.formulas import FORMULAS, MEASURES, STATISTICS
from figures.selectors import Board
from figures.vocabulary import clock_label
from incidents.models import PriorityChoice


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: words, the records behind it, and what is said of it (`tone` never without a word in `note`)."""

    words: str
    href: str = ""
    note: str = ""
    tone: str = ""


@dataclass(slots=True)
class Grid:
    """A table of figures. `formulas` are shown below it."""

    key: str
    title: Any
    heads: list[str]
    rows: list[tuple[str, list[Cell]]]
    table: Table
    empty: str = ""
    formulas: list[Any] = field(default_factory=list)


def attainment(asked: Asked, board: Board) -> Grid:
    """Per promise and priority: kept, broken, the share, and how it was before."""
    heads = [_("Zusage"), _("Eingehalten"), _("Verletzt"), _("Anteil"), _("Veränderung"), _("Ziel 90 %")]
    rows: list[tuple[str, list[Cell]]] = []
    values: list[Sequence[float | int | None]] = []
    for found in board.attainment:
        key, where = f"attainment_{found.clock}", {"priority": found.priority}
        name = f"{clock_label(found.clock)} · {PriorityChoice(found.priority).label}"
        is_kept = found.value is not None and found.value >= TARGET
        verdict = "" if found.value is None else _("erreicht") if is_kept else _("verfehlt")
        cells = [
            Cell(words_of(found.met, "count"), asked.records(key, part="met", **where) if found.met else ""),
            Cell(
                words_of(found.breached, "count"),
                asked.records(key, part="breached", **where) if found.breached else "",
            ),
            Cell(words_of(found.value, "ratio"), asked.records(key, **where) if found.met + found.breached else ""),
            Cell(change(found.value, found.before, "ratio")),
            Cell(verdict, tone="ok" if is_kept else "high"),
        ]
        rows.append((name, cells))
        values.append([found.met, found.breached, found.value])
    empty = "" if rows else _("In diesem Zeitraum hat sich keine Zusage entschieden.")
    title = _("Zusagen nach Priorität")
    return Grid("attainment", title, heads, rows, _table(heads, rows, values), empty, [FORMULAS["attainment"]])


def durations(asked: Asked, board: Board) -> Grid:
    """How long things took: median and P90 beside the mean."""
    heads = [_("Dauer"), *(str(name) for name in STATISTICS.values()), _("Median zuvor"), _("Fälle")]
    rows: list[tuple[str, list[Cell]]] = []
    values: list[Sequence[float | int | None]] = []
    for measure in MEASURES:
        of = {name: board.figures[f"{measure}.{name}"] for name in STATISTICS}
        n, href = of["median"].n, asked.records(f"{measure}.median")
        cells = [Cell(words_of(figure.value, "seconds")) for figure in of.values()]
        cells.append(
            Cell(
                words_of(of["median"].before, "seconds"),
                note=change(of["median"].value, of["median"].before, "seconds"),
            )
        )
        cells.append(Cell(words_of(n, "count"), href if n else ""))
        rows.append((str(FORMULAS[f"{measure}.mean"].label).rpartition(",")[0], cells))
        values.append([*(figure.value for figure in of.values()), of["median"].before, n])
    formulas = [FORMULAS[f"{measure}.median"] for measure in MEASURES]
    return Grid("durations", _("Dauern"), heads, rows, _table(heads, rows, values), "", formulas)


def _table(
    heads: Sequence[str], rows: Sequence[tuple[str, list[Cell]]], values: Sequence[Sequence[float | int | None]]
) -> Table:
    lines = [
        Line([name, *(cell.words for cell in cells)], "", found)
        for (name, cells), found in zip(rows, values, strict=True)
    ]
    return Table(heads, lines)
