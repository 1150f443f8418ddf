"""Pictures of the forecast: does it keep what it says (calibration), and what comes in the next week (load)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from console.charts.frame import column, framed, middle
from console.charts.lines import area
from console.charts.scale import Scale
from console.charts.scene import (
    Chart,
    Key,
    Line,
    Mark,
    Path,
    Scene,
    Size,
    Table,
    Word,
    diamond,
    n,
    polyline,
    rect,
)  # fmt: skip
from console.charts.words import number, on_axis, words_of

WIDE = Size(640, 260)
SLANTED = Size(640, 260, top=18, bottom=40)
SLANTED_NARROW = Size(340, 300, left=46, right=12, top=18, bottom=40, is_narrow=True)
NARROW = Size(340, 220, left=42, right=8, is_narrow=True)


class Told(NamedTuple):
    """Clocks of which the forecast said about the same: what it said, what came, how many they were."""

    predicted: float
    observed: float
    cases: int


class Hour(NamedTuple):
    """An hour to come: expected arrivals and the band within which they usually lie."""

    label: str
    day: str
    expected: float
    low: float
    high: float
    note: str = ""


def calibration(key: str, title: Any, bins: Sequence[Told], *, empty: str = "") -> Chart:
    """Said against happened. On the slanted line a forecast is honest; the size of a mark is how many cases it has."""
    lines = [
        Line(
            [words_of(found.predicted, "ratio"), words_of(found.observed, "ratio"), words_of(found.cases, "count")],
            "",
            [found.observed, found.cases],
        )
        for found in bins
    ]
    chart = Chart(key, title, "", Table([_("Vorhergesagt"), _("Eingetroffen"), _("Fälle")], lines), unit="ratio")
    total = sum(found.cases for found in bins)
    if not total:
        chart.empty = empty or _("Noch zu wenig Geschichte, um die Prognose zu prüfen.")
        return chart
    chart.legend = [Key(_("Prognose"), "line-now"), Key(_("So wäre sie vollkommen"), "target")]
    chart.wide, chart.narrow = (_honesty(size, bins) for size in (SLANTED, SLANTED_NARROW))
    off = sum(abs(found.predicted - found.observed) * found.cases for found in bins) / total
    chart.about = _("%(title)s: %(count)s geprüfte Vorhersagen, im Mittel %(off)s Punkte daneben.") % {
        "title": title,
        "count": words_of(total, "count"),
        "off": number(off * 100, 1),
    }
    return chart


def _honesty(size: Size, bins: Sequence[Told]) -> Scene:
    scene, up = framed(size, 1.0, "ratio", [])
    (left, right), low = size.x, size.y[0]
    along = Scale(0, 1, left, right)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        css = "start" if share == 0 else "end" if share == 1 else "middle"
        scene.words.append(Word(n(along.at(share)), n(low + 16), on_axis(share, "ratio"), css))
    scene.words.append(Word(n((left + right) / 2), n(low + 33), _("vorhergesagt"), "middle axis-name"))
    scene.words.append(Word(n(left), n(size.y[1] - 3), _("eingetroffen"), "start axis-name"))
    scene.paths.append(Path(f"M{n(along.at(0))} {n(up.at(0))}L{n(along.at(1))} {n(up.at(1))}", "target"))
    told = [found for found in bins if found.cases]
    most = max(found.cases for found in told)
    at = [(along.at(found.predicted), up.at(found.observed)) for found in told]
    scene.paths.append(Path(polyline(at), "line-now"))
    for found, (x, y) in zip(told, at, strict=True):
        label = _("Vorhergesagt %(said)s, eingetroffen %(came)s, %(count)s Fälle") % {
            "said": words_of(found.predicted, "ratio"),
            "came": words_of(found.observed, "ratio"),
            "count": words_of(found.cases, "count"),
        }
        scene.marks.append(Mark(diamond(x, y, 3 + 4 * (found.cases / most) ** 0.5), "dot-now", label))
    return scene


def load(key: str, title: Any, hours: Sequence[Hour], *, empty: str = "") -> Chart:
    """Expected arrivals per hour with the band around them. Days are named once."""
    lines = [
        Line(
            [
                f"{hour.day}, {hour.label}",
                number(hour.expected, 1),
                f"{number(hour.low, 1)} – {number(hour.high, 1)}",
                hour.note,
            ],
            "",
            [hour.expected, hour.low, hour.high],
        )
        for hour in hours
    ]
    heads = [_("Stunde"), _("Erwartet"), _("Meist zwischen"), _("Hinweis")]
    chart = Chart(key, title, "", Table(heads, lines), unit="count")
    if not any(hour.high for hour in hours):
        chart.empty = empty or _("Noch zu wenig Geschichte für eine Prognose.")
        return chart
    chart.legend = [Key(_("Erwartet je Stunde"), "line-now"), Key(_("Üblicher Bereich"), "band")]
    chart.wide, chart.narrow = (_week(size, hours) for size in (WIDE, NARROW))
    most = max(hours, key=lambda hour: hour.expected)
    chart.about = _("%(title)s: erwartet %(sum)s Incidents, am meisten %(day)s, %(hour)s (%(most)s).") % {
        "title": title,
        "sum": number(sum(hour.expected for hour in hours)),
        "day": most.day,
        "hour": most.label,
        "most": number(most.expected, 1),
    }
    return chart


def _week(size: Size, hours: Sequence[Hour]) -> Scene:
    scene, scale = framed(size, max(hour.high for hour in hours), "count", [])
    count = len(hours)
    xs = [middle(size, place, count) for place in range(count)]
    upper = [(x, scale.at(hour.high)) for x, hour in zip(xs, hours, strict=True)]
    lower = [(x, scale.at(hour.low)) for x, hour in zip(xs, hours, strict=True)]
    outline = "".join(
        f"{'L' if place else 'M'}{n(x)} {n(y)}" for place, (x, y) in enumerate([*upper, *reversed(lower)])
    )
    expected = [(x, scale.at(hour.expected)) for x, hour in zip(xs, hours, strict=True)]
    scene.paths += [
        Path(f"{outline}z", "band"),
        Path(area(expected, size.y[0]), "area-now"),
        Path(polyline(expected), "line-now"),
    ]
    _days(scene, size, hours)
    for place, hour in enumerate(hours):
        label = _("%(day)s, %(hour)s: erwartet %(expected)s, meist %(low)s bis %(high)s") % {
            "day": hour.day, "hour": hour.label, "expected": number(hour.expected, 1),
            "low": number(hour.low, 1), "high": number(hour.high, 1),
        }  # fmt: skip
        label += f", {hour.note}" if hour.note else ""
        scene.marks.append(Mark("", "dot-now", label, "", rect(*column(size, place, count))))
    return scene


def _days(scene: Scene, size: Size, hours: Sequence[Hour]) -> None:
    """A line where a day begins, and its name in the middle of it."""
    low, high = size.y
    starts = [place for place, hour in enumerate(hours) if place == 0 or hour.day != hours[place - 1].day]
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(hours)
        left, right = column(size, start, len(hours))[0], column(size, end - 1, len(hours))
        if start:
            scene.grid.append(Path(f"M{n(left)} {n(high)}V{n(low)}", "grid"))
        if end - start >= 12:
            name = hours[start].day if not size.is_narrow else hours[start].day[:2]
            scene.words.append(Word(n((left + right[0] + right[2]) / 2), n(low + 17), name))
