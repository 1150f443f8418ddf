"""The charts of the room: what the floor `figures` counts, as charts whose marks lead to the records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from console.charts.bars import Bar, Bars, bars
from console.charts.columns import Part, columns
from console.charts.forecast import Hour, Told, calibration, load
from console.charts.heat import heat_map
from console.charts.lines import over_time
from console.charts.scene import Chart, Dot
from console.charts.words import words_of
from console.sla.asked import LABELS, Asked, day_words
from console.sla.cards import TARGET
from core.clock import ZURICH
from figures import forecast
from figures.formulas import FORMULAS
from figures.selectors import Backlog, Series, breakdown, broken, series
from figures.selectors import heat_map as read_heat
from figures.vocabulary import CAUSES, clock_label

MOST_BARS = 12
LONGEST_BY_DAY, LONGEST_BY_WEEK = 45, 200
AGES = {"0-1": "0–1", "2-5": "2–5", "6-10": "6–10", "10+": "> 10"}


def by_of(asked: Asked) -> Any:
    """Stretches in which a period is shown: days while they can be told apart, then weeks, then months."""
    days = asked.filters.period.days
    return "day" if days <= LONGEST_BY_DAY else "week" if days <= LONGEST_BY_WEEK else "month"


def course(asked: Asked, key: str, *, title: Any = "", target: float | None = None) -> Chart:
    """A figure over the period, and dashed over the one it is compared with."""
    here = series(asked.filters, key, now=asked.now, by=by_of(asked))
    there: Sequence[Dot] = ()
    if asked.filters.against is not None:
        past = series(asked.filters.over(asked.filters.against), key, now=asked.now, by=by_of(asked))
        there = [Dot(stretch_words(point.day, past.by), point.value) for point in past.points]
    chart = over_time(
        f"course-{key.replace('.', '-')}",
        title or FORMULAS[key].label,
        here.unit,
        dots(asked, here),
        before=there,
        names=(asked.period, asked.against),
        target=target,
    )
    chart.formula = FORMULAS[key]
    return chart


def dots(asked: Asked, found: Series, **cut: str) -> list[Dot]:
    """The points of a series with the incidents behind each."""
    return [
        Dot(
            stretch_words(point.day, found.by),
            point.value,
            asked.records(found.key, **{found.by: point.day.isoformat()}, **cut)
            if point.n and found.key != "backlog"
            else "",
            _("%(count)s Fälle") % {"count": words_of(point.n, "count")} if found.unit != "count" else "",
        )
        for point in found.points
    ]


def stretch_words(first: date, by: str) -> str:
    """`23.11.`, `ab 23.11.` for a week, `11.2026` for a month."""
    if by == "month":
        return first.strftime("%m.%Y")
    return day_words(first) if by == "day" else _("ab %(day)s") % {"day": day_words(first)}


def promise(asked: Asked) -> str:
    """The figure of the promise a page is about: the one filtered for, else resolution. One clock is one incident."""
    return f"attainment_{asked.filters.clock or 'resolution'}"


def promises(asked: Asked) -> Chart:
    """Promises decided per stretch, kept and broken."""
    key = promise(asked)
    found = series(asked.filters, key, now=asked.now, by=by_of(asked))
    parts: list[list[Dot]] = [[], []]
    for point in found.points:
        kept = round((point.value or 0) * point.n)
        at = {found.by: point.day.isoformat()}
        label = stretch_words(point.day, found.by)
        parts[0].append(Dot(label, kept, asked.records(key, part="met", **at)))
        parts[1].append(Dot(label, point.n - kept, asked.records(key, part="breached", **at)))
    chart = columns(
        "promises",
        _("%(clock)s: entschiedene Zusagen") % {"clock": clock_label(key.removeprefix("attainment_"))},
        [Part(_("eingehalten"), parts[0]), Part(_("verletzt"), parts[1])],
        empty=_("In diesem Zeitraum hat sich keine Zusage entschieden."),
    )
    chart.formula = FORMULAS[key]
    return chart


def inflow(asked: Asked) -> Chart:
    """Arrivals against closures."""
    parts = []
    for key, css in (("arrivals", "part-1"), ("closures", "part-3")):
        found = series(asked.filters, key, now=asked.now, by=by_of(asked))
        parts.append(Part(str(FORMULAS[key].label), dots(asked, found), css))
    chart = columns("inflow", _("Eingang und Abgang"), parts, is_stacked=False)
    chart.formula = FORMULAS["backlog_change"]
    return chart


def slices(asked: Asked, key: str, dimension: str) -> Bars:
    """A figure per value of a dimension, the worst (or most) first."""
    found = breakdown(asked.filters, key, dimension, now=asked.now, limit=MOST_BARS)
    formula = FORMULAS[key]
    chosen = [
        Bar(
            part.label,
            part.figure,
            part.before,
            asked.records(key, **{dimension: part.value}) if part.n and part.value else "",
            f"({words_of(part.n, 'count')})" if formula.unit == "ratio" else "",
        )
        for part in found
    ]
    title = _("%(figure)s nach %(dimension)s") % {"figure": formula.label, "dimension": LABELS[dimension]}
    target = TARGET if key.startswith("attainment") else None
    result = bars(f"by-{dimension}", title, str(LABELS[dimension]), formula.unit, chosen, target=target)
    result.formula = formula
    return result


def causes(asked: Asked) -> Bars:
    """Why promises broke."""
    found = broken(asked.filters, now=asked.now)
    clocks = {cause.clock for cause in found}
    rows = [
        Bar(
            str(CAUSES[cause.cause]) if len(clocks) < 2 else f"{CAUSES[cause.cause]} · {clock_label(cause.clock)}",
            cause.n,
            None,
            asked.records("broken", cause=cause.cause, clock=cause.clock),
        )
        for cause in found
    ]
    return bars(
        "causes",
        _("Verletzt, nach Ursache"),
        _("Ursache"),
        "count",
        rows,
        empty=_("In diesem Zeitraum wurde keine Zusage verletzt."),
    )


def hours(asked: Asked) -> Chart:
    """Arrivals by hour and weekday."""
    heat = read_heat(asked.filters, now=asked.now)
    chart = heat_map(
        "heat",
        _("Eingang nach Stunde und Wochentag"),
        heat.cells,
        weekdays=weekdays(),
        link=lambda day, hour: asked.records("arrivals", weekday=str(day), hour=str(hour)),
    )
    chart.formula = FORMULAS["arrivals"]
    return chart


def weekdays() -> list[str]:
    """Monday first."""
    return [_("Mo"), _("Di"), _("Mi"), _("Do"), _("Fr"), _("Sa"), _("So")]


def ages(asked: Asked, backlog: Backlog) -> Bars:
    """How old what is open is, in working days."""
    rows = [
        Bar(
            _("%(age)s Arbeitstage") % {"age": AGES.get(age.key, age.key)},
            age.n,
            None,
            asked.records("backlog", age=age.key) if age.n else "",
        )
        for age in backlog.ages
    ]
    found = bars("ages", _("Offene nach Alter"), _("Alter"), "count", rows)
    found.formula = FORMULAS["oldest_age"]
    if not backlog.open:
        found.empty = _("Nichts ist offen.")
    return found


def honesty(_asked: Asked) -> Chart:
    """Does the forecast keep what it says?"""
    quality = forecast.quality()
    told = [Told(found.predicted, found.observed, found.n) for found in quality.bins if found.n] if quality else []
    return calibration("calibration", _("Trifft die Prognose zu?"), told)


def week_ahead(asked: Asked) -> Chart:
    """What is likely to come in."""
    names = weekdays()
    told = []
    for hour in forecast.load(now=asked.now):
        local = hour.at.astimezone(ZURICH)
        day = f"{names[local.weekday()]} {day_words(local.date())}"
        note = _("Feiertag") if hour.holiday else ""
        told.append(Hour(f"{local.hour} h", day, hour.expected or 0.0, hour.low or 0.0, hour.high or 0.0, note))
    return load("load", _("Erwarteter Eingang der kommenden Woche"), told)
