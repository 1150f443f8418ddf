"""Any table or figure of the room as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from console import files
from console.charts.scene import Table
from console.door import READ, StaffRequest, room
from console.sla.asked import Asked, ask
from console.sla.sections import SECTIONS, Content
from figures.formulas import FORMULAS
from lifecycle.access import SEE_FIGURES

FIGURES = "figures"


@room(SEE_FIGURES, methods=READ)
def export(request: StaffRequest, key: str, panel: str) -> HttpResponseBase:
    """The table of a panel, or every figure of the room (`figures`), with the period it is about in its last lines."""
    if key not in SECTIONS:
        raise Http404(key)
    asked = ask(request, extra=frozenset({"format"}))
    if asked.extra.get("format", "csv") not in files.SHAPES:
        asked.errors["format"] = _("Erlaubt sind csv und xlsx.")
    if asked.errors:
        wrong = "\n".join(f"{name}: {sentence}" for name, sentence in asked.problems)
        return HttpResponse(wrong, status=400, content_type="text/plain; charset=utf-8")
    content = SECTIONS[key].build(asked)
    found = content.panel(panel)
    if found is None and panel != FIGURES:
        raise Http404(panel)
    lines = _figures(asked, content) if found is None else _lines(asked, found.table)
    return files.answer(lines, name=f"sla-{panel}", shape=asked.extra.get("format", "csv"))


def _lines(asked: Asked, table: Table) -> Iterator[list[files.Value]]:
    """Figures as numbers where the table has them; else what it says."""
    yield list(table.heads)
    for line in table.lines:
        name, *rest = line.cells
        values: list[files.Value] = [
            line.values[place] if place < len(line.values) else words for place, words in enumerate(rest)
        ]
        yield [name, *values]
    yield from _about(asked)


def _figures(asked: Asked, content: Content) -> Iterator[list[files.Value]]:
    yield [_("Zahl"), _("Wert"), _("Einheit"), _("Fälle"), _("Vergleich"), _("Formel")]
    for key, figure in content.board.figures.items():
        formula = FORMULAS[key]
        yield [str(formula.label), figure.value, figure.unit, figure.n, figure.before, str(formula.text)]
    yield from _about(asked)


def _about(asked: Asked) -> Iterator[list[files.Value]]:
    yield []
    yield [_("Zeitraum"), asked.period]
    if asked.against:
        yield [_("Vergleich"), asked.against]
    for chip in asked.chips:
        yield [chip.label, chip.value]
