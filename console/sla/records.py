"""The incidents behind a figure: as many as the figure says, a page at a time, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from console import desk, files
from console.charts.words import words_of
from console.door import READ, StaffRequest, room
from console.export import MOST, lines_of
from console.page import page
from console.sla.asked import Asked, Chip, ask
from console.sla.pages import frame
from console.sla.panels import AGES, weekdays
from directory.models import Person
from figures.formulas import FORMULAS
from figures.rules.filters import PARAMETERS
from figures.selectors import BROKEN, CUTS, Page, records
from figures.vocabulary import CAUSES, BadFilter
from incidents.models import Incident
from lifecycle.access import SEE_FIGURES
from process.selectors import current_document

NARROWER = frozenset(CUTS) - PARAMETERS
OWN = NARROWER | {"figure", "after", "format"}
SIZE = 50
AT_ONCE = 1000
PARTS = {
    "met": gettext_lazy("eingehalten"),
    "breached": gettext_lazy("verletzt"),
    "counted": gettext_lazy("nur gezählte"),
}
NAMES = {
    "cause": gettext_lazy("Ursache"),
    "day": gettext_lazy("Tag"),
    "week": gettext_lazy("Woche ab"),
    "month": gettext_lazy("Monat ab"),
    "hour": gettext_lazy("Stunde"),
    "weekday": gettext_lazy("Wochentag"),
    "age": gettext_lazy("Alter in Arbeitstagen"),
    "part": gettext_lazy("Teil"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: of a figure, narrowed by `cut`."""

    asked: Asked
    figure: str
    cut: dict[str, str]

    @property
    def word(self) -> str:
        """What is listed."""
        return _("Verletzte Zusagen") if self.figure == BROKEN else str(FORMULAS[self.figure].label)

    @property
    def narrowed(self) -> list[Chip]:
        """What it is narrowed by, each with the way out."""
        return [
            Chip(str(NAMES[name]), _value_words(name, value), self.asked.url(**{name: None}))
            for name, value in self.cut.items()
        ]

    def page(self, person: Person, *, after: str = "", size: int = SIZE) -> Page:
        """A page of them. Raises BadFilter."""
        return records(
            self.asked.filters, self.figure, person=person, now=self.asked.now, cut=self.cut, after=after, size=size
        )


@room(SEE_FIGURES, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """The list behind a figure."""
    asked = ask(request, extra=OWN)
    wanted = _wanted(asked)
    context: dict[str, Any] = {**frame(request, asked, "records"), "wanted": wanted}
    found = _first(request.user, wanted) if not asked.errors else None
    if found is None:
        return page(request, "console/sla/records.html", context, status=400)
    context |= {"found": found, "rows": desk.rows_of(found.incidents, now=asked.now)}
    context["total"] = (
        _("mehr als %(count)s") % {"count": words_of(found.total, "count")}
        if found.has_more
        else words_of(found.total, "count")
    )
    context["next"] = asked.url(after=found.next) if found.next else ""
    context["first"] = asked.url(after=None) if asked.extra.get("after") else ""
    context["file"] = f"?{asked.url().partition('?')[2]}"
    return page(request, "console/sla/records.html", context)


@room(SEE_FIGURES, methods=READ)
def export(request: StaffRequest) -> HttpResponseBase:
    """All of them as CSV or XLSX, at most 20 000 rows."""
    asked = ask(request, extra=OWN)
    wanted = _wanted(asked)
    if not asked.errors:
        _first(request.user, wanted)
    if asked.errors:
        wrong = "\n".join(f"{name}: {sentence}" for name, sentence in asked.problems)
        return HttpResponse(wrong, status=400, content_type="text/plain; charset=utf-8")
    lines = lines_of(_all(request.user, wanted), current_document()[1], get_language() or "de")
    return files.answer(lines, name=f"incidents-{wanted.figure}", shape=asked.extra.get("format", "csv"))


def _wanted(asked: Asked) -> Wanted:
    figure = asked.extra.get("figure", "")
    if figure not in FORMULAS and figure != BROKEN and "figure" not in asked.errors:
        asked.errors["figure"] = _("Diese Zahl gibt es nicht.")
    if asked.extra.get("format", "csv") not in files.SHAPES:
        asked.errors["format"] = _("Erlaubt sind csv und xlsx.")
    return Wanted(asked, figure, {name: value for name, value in asked.extra.items() if name in NARROWER})


def _first(person: Person, wanted: Wanted) -> Page | None:
    """The page asked for; None, with the errors noted, when something narrows by what does not exist."""
    try:
        return wanted.page(person, after=wanted.asked.extra.get("after", ""))
    except BadFilter as bad:
        wanted.asked.errors |= {str(NAMES.get(name, name)): sentence for name, sentence in bad.errors.items()}
        return None


def _all(person: Person, wanted: Wanted) -> Iterator[Incident]:
    after, given = "", 0
    while True:
        found = wanted.page(person, after=after, size=AT_ONCE)
        yield from found.incidents
        given += len(found.incidents)
        after = found.next
        if not after or given >= MOST:
            return


def _value_words(name: str, value: str) -> str:
    if name == "cause":
        return str(CAUSES.get(value, value))
    if name == "part":
        return str(PARTS.get(value, value))
    if name == "weekday" and value.isdecimal() and int(value) < 7:
        return weekdays()[int(value)]
    if name == "hour":
        return f"{value} h"
    return AGES.get(value, value) if name == "age" else value
