"""The sections of the room: each asks one question and answers it with cards and panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from console.charts.bars import Bars
from console.charts.scene import Chart
from console.sla import panels
from console.sla.asked import Asked
from console.sla.cards import TARGET, Card, Courses, cards
from console.sla.tables import Grid, attainment, durations
from figures.selectors import Board, Oldest, backlog, board, series

HEADLINES = ("attainment_response", "attainment_resolution", "backlog", "arrivals", "closures", "majors")
QUALITY = (
    "escalated_functional", "escalated_management", "reopened", "first_contact", "downgraded_late", "loops",
)  # fmt: skip
CUT_BY = ("school", "module", "category", "team", "channel", "priority")
Panel = Chart | Bars


@dataclass
class Content:
    """What a section shows, in this order."""

    board: Board
    cards: list[Card] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    oldest: list[Oldest] = field(default_factory=list)

    def panel(self, key: str) -> Panel | Grid | None:
        """A panel by its key, for files."""
        return next((panel for panel in (*self.panels, *self.grids) if panel.key == key), None)


@dataclass(frozen=True, slots=True)
class Section:
    """`question` is what it answers, in the words of who asks."""

    key: str
    word: Any
    question: Any
    build: Callable[[Asked], Content]

    @property
    def route(self) -> str:
        """The name of its address."""
        return "console:sla" if self.key == "overview" else f"console:sla_{self.key}"


def _overview(asked: Asked) -> Content:
    found = board(asked.filters, now=asked.now)
    by = panels.by_of(asked)
    courses: Courses = {
        key: [point.value for point in series(asked.filters, key, now=asked.now, by=by).points] for key in HEADLINES
    }
    return Content(
        found,
        cards(asked, found, HEADLINES, courses),
        panels=[panels.course(asked, panels.promise(asked), target=TARGET), panels.causes(asked)],
    )


def _promises(asked: Asked) -> Content:
    found, key = board(asked.filters, now=asked.now), panels.promise(asked)
    shown: list[Panel] = [panels.course(asked, key, target=TARGET), panels.promises(asked), panels.causes(asked)]
    shown += [panels.slices(asked, key, dimension) for dimension in CUT_BY]
    return Content(found, grids=[attainment(asked, found)], panels=shown)


def _load(asked: Asked) -> Content:
    found = board(asked.filters, now=asked.now)
    state = backlog(asked.filters, now=asked.now)
    shown: list[Panel] = [panels.inflow(asked), panels.course(asked, "backlog")]
    shown += [panels.ages(asked, state), panels.hours(asked)]
    shown += [panels.slices(asked, "arrivals", dimension) for dimension in ("school", "module")]
    keys = ("arrivals", "closures", "backlog_change", "backlog", "oldest_age")
    return Content(found, cards(asked, found, keys), panels=shown, oldest=state.oldest)


def _times(asked: Asked) -> Content:
    found = board(asked.filters, now=asked.now)
    keys = ("mtta.median", "time_to_resolve.median", "time_to_resolve_business.median", "time_to_restore.median")
    return Content(found, grids=[durations(asked, found)], panels=[panels.course(asked, key) for key in keys])


def _quality(asked: Asked) -> Content:
    found = board(asked.filters, now=asked.now)
    shown: list[Panel] = [panels.course(asked, key) for key in QUALITY[:4]]
    return Content(found, cards(asked, found, QUALITY), panels=shown)


def _forecast(asked: Asked) -> Content:
    return Content(board(asked.filters, now=asked.now), panels=[panels.week_ahead(asked), panels.honesty(asked)])


SECTIONS = {
    section.key: section
    for section in (
        Section("overview", _("Überblick"), _("Halten wir unsere Zusagen?"), _overview),
        Section("promises", _("Zusagen"), _("Wo halten wir sie, wo nicht, und warum?"), _promises),
        Section("load", _("Eingang und Bestand"), _("Kommt mehr herein, als hinausgeht?"), _load),
        Section("times", _("Dauern"), _("Wie lange dauert es wirklich?"), _times),
        Section("quality", _("Qualität"), _("Muss nachgebessert werden?"), _quality),
        Section("forecast", _("Prognose"), _("Was kommt auf uns zu?"), _forecast),
    )
}
