"""«Verlauf der Fristen»: when each clock of an incident ran or stood, why, and what it did at any minute (§9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console import record
from console.door import READ, StaffRequest, room
from console.marks import hours
from console.page import page
from console.rings import Ring, kind_name, ring_of
from console.settings.forms import MOMENT, Entry
from core.clock import now
from lifecycle.explaining import ClockStory, Line, Promise, clock_stories
from sla.models import Clock
from sla.selectors import clocks_for

FOLDED_FROM = 6
ONE_DAY = timedelta(days=1)
TONES = {"open": "ok", "closed": "none", "waiting": "medium", "over": "none"}
ICONS = {"open": "play", "closed": "moon", "waiting": "pause", "over": "square"}


class MinuteForm(Entry):
    """Which minute somebody asks about."""

    at = forms.DateTimeField(label=_("Lief oder stand die Uhr am …?"), widget=MOMENT)

    def __init__(self, *args: Any, instant: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instant = instant

    def clean_at(self) -> datetime:
        """Not later than now."""
        at: datetime = self.cleaned_data["at"]
        if at > self.instant:
            raise forms.ValidationError(_("Das liegt in der Zukunft."))
        return at


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch as a line of the page, or the openings of a day in one."""

    line: Line
    span: str
    used: str
    text: str

    @property
    def tone(self) -> str:
        """Running, waiting, or neither."""
        return TONES[self.line.stretch.cause]

    @property
    def icon(self) -> str:
        """Its drawing."""
        return ICONS[self.line.stretch.cause]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one entry of the log set off: a segment with its stretches."""

    rows: list[Row]
    span: str
    used: str

    @property
    def line(self) -> Line:
        """Its first stretch, which names the entry behind all."""
        return self.rows[0].line

    @property
    def is_long(self) -> bool:
        """Whether it is folded at first."""
        return len(self.rows) >= FOLDED_FROM


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock as the page shows it."""

    story: ClockStory
    name: str
    ring: Ring | None
    chapters: list[Chapter]
    promises: list[tuple[Promise, str, str]]
    used: str
    target: str
    at: Row | None


@room(methods=READ)
def story(request: StaffRequest, number: str) -> HttpResponse:
    """Everything, derived from the log this moment; `?at=` asks about a minute."""
    instant, language = now(), get_language() or "de"
    incident = record.incident_for(request.user, number)
    form = MinuteForm(request.GET if "at" in request.GET else None, instant=instant)
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    stories = clock_stories(incident, language=language, now=instant, at=at)
    if at is not None and stories and at < stories[0].state.started_at:
        form.add_error("at", _("Da gab es diese Uhren noch nicht."))
    rows = {clock.kind: clock for clock in clocks_for([incident.pk])[incident.pk]}
    context = {
        "incident": incident,
        "form": form,
        "asked": at,
        "clocks": [_shown(told, rows.get(told.state.kind.value), instant) for told in stories],
    }
    return page(request, "console/incidents/clocks.html", context)


def _shown(told: ClockStory, clock: Clock | None, instant: datetime) -> Shown:
    by_segment = groupby(told.lines, key=lambda line: id(line.stretch.segment))
    return Shown(
        story=told,
        name=kind_name(told.state.kind.value),
        ring=ring_of(clock, instant) if clock else None,
        chapters=[_chapter(list(lines)) for _segment, lines in by_segment],
        promises=[(made, hours(made.segment.target_s), local(made.since)) for made in told.promises],
        used=exact(told.sum_s),
        target=exact(told.state.target_s),
        at=_row(told.at) if told.at else None,
    )


def _row(line: Line) -> Row:
    return Row(line, span(line.stretch.begins_at, line.stretch.ends_at), exact(line.stretch.seconds), line.text)


def _chapter(lines: Sequence[Line]) -> Chapter:
    first, last = lines[0].stretch, lines[-1].stretch
    rows = _days(lines) if len(lines) > 1 else [_row(lines[0])]
    seconds = sum(line.stretch.seconds for line in lines)
    return Chapter(rows, span(first.begins_at, last.ends_at), exact(seconds))


def _days(lines: Sequence[Line]) -> list[Row]:
    """The openings of each day as one row; nights and lunch breaks lie between, weekends and holidays are named."""
    told = [line for line in lines if line.stretch.runs or line.closed or line is lines[0]]
    rows = []
    for (_day, is_open), group in groupby(told, key=_day_of):
        row = [*group]
        rows += [_day_row(row)] if is_open and row[0].stretch.openings == 1 else [_row(line) for line in row]
    return rows


def _day_of(line: Line) -> tuple[date, bool]:
    return timezone.localtime(line.stretch.begins_at).date(), line.stretch.runs


def _day_row(lines: Sequence[Line]) -> Row:
    parts = [line.stretch for line in lines]
    if parts[-1].ends_at - parts[0].begins_at > ONE_DAY:
        return _row(lines[0])
    times = ", ".join(f"{_clock(part.begins_at)}–{_clock(part.ends_at)}" for part in parts)
    day = formatted(timezone.localtime(parts[0].begins_at), "D d.m.Y")
    return Row(
        lines[0], day, exact(sum(part.seconds for part in parts)), _("Läuft: offen %(times)s") % {"times": times}
    )


def _clock(instant: datetime) -> str:
    return formatted(timezone.localtime(instant), "H:i")


def span(begin: datetime, end: datetime) -> str:
    """From when to when in Zurich; with the offset to UTC where the clocks change in between."""
    one, other = timezone.localtime(begin), timezone.localtime(end)
    moves = one.utcoffset() != other.utcoffset()
    whole = "D d.m.Y, H:i" + (" (O)" if moves else "")
    if one.date() == other.date() and not moves:
        return f"{formatted(one, whole)} – {formatted(other, 'H:i')}"
    return f"{formatted(one, whole)} – {formatted(other, whole)}"


def local(instant: datetime) -> str:
    """One instant in Zurich."""
    return formatted(timezone.localtime(instant), "D d.m.Y, H:i")


def exact(seconds: int) -> str:
    """`7:05:09`, hours, minutes and seconds: so that the lines can be added up."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
