"""Invented values for the charts of the style guide: the usual, and what breaks charts elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from console.charts.bars import Bar, Bars, bars
from console.charts.columns import Part, columns
from console.charts.forecast import Hour, Told, calibration, load
from console.charts.heat import heat_map
from console.charts.lines import over_time
from console.charts.scene import Chart, Dot
from console.charts.spark import spark
from console.charts.spread import Bin, Middles, spread

DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
LONG = (
    "Interkantonale Oberstufenschulgemeinde Musterwil-Beispielhausen-Erfundenberg mit Tagesstrukturen und Musikschule"
)
H = 3600
HERE = "#main"


def context() -> dict[str, Any]:
    """Every chart, and each with edges: one point, all zeros, gaps, huge numbers, long names, nothing."""
    return {
        "charts": [*_lines(), *_columns(), *_others()],
        "bar_lists": _bars(),
        "sparks": [spark([3, 5, 4, 8, 6, 9]), spark([0, 0, 0]), spark([1, None, 2]), spark([7])],
    }


def _dots(values: Sequence[float | None]) -> list[Dot]:
    return [
        Dot(f"{place + 1}.11.", value, HERE, "" if value is None else "12 Fälle") for place, value in enumerate(values)
    ]


def _lines() -> list[Chart]:
    kept = [0.92, 0.95, 0.9, None, None, 0.88, 0.97, 1.0, 0.93, 0.91, 0.84, None, None, 0.96]
    wave = [40 + 30 * math.sin(place / 3) for place in range(60)]
    names = ("November", "Oktober")
    return [
        over_time(
            "line",
            "Linie mit Vergleich, Lücken und Ziel",
            "ratio",
            _dots(kept),
            before=_dots(kept[::-1]),
            names=names,
            target=0.9,
        ),
        over_time("line-many", "Sechzig Punkte", "count", _dots(wave)),
        over_time("line-one", "Ein einziger Punkt", "seconds", _dots([5400])),
        over_time("line-zero", "Lauter Nullen", "count", _dots([0] * 10)),
        over_time("line-huge", "Grosse Zahlen", "count", _dots([3_000_000, 12_400_000, 8_000_000, 950_000_000])),
        over_time("line-empty", "Nichts", "count", _dots([None, None])),
    ]


def _columns() -> list[Chart]:
    met, broken = [12, 30, 22, 9, 0, 0, 41], [1, 4, 0, 2, 0, 0, 8]
    beside = [Part("Eingang", _dots(met)), Part("Abgang", _dots(met[::-1]), "part-3")]
    four = [Part(f"Teil {place}", _dots([place + 3, 6 - place, 2, 5, 4])) for place in range(4)]
    return [
        columns("stacked", "Gestapelt", [Part("eingehalten", _dots(met)), Part("verletzt", _dots(broken))]),
        columns("beside", "Nebeneinander", beside, is_stacked=False),
        columns("four", "Vier Teile", four),
        columns("stacked-empty", "Lauter Nullen", [Part("eingehalten", _dots([0, 0]))]),
    ]


def _others() -> list[Chart]:
    cells = [
        [round(max(0, 9 - abs(hour - 10)) * (0 if day > 4 else 1) * (1 + day % 3)) for hour in range(24)]
        for day in range(7)
    ]
    edges = [0, 900, 1800, H, 2 * H, 4 * H, 8 * H, 24 * H, 48 * H, 96 * H]
    counts = [14, 22, 31, 18, 12, 9, 4, 3, 1, 2]
    bins = [Bin(low, high, count, HERE) for low, high, count in zip(edges, [*edges[1:], None], counts, strict=True)]
    hours = [
        Hour(f"{place % 24} Uhr", DAYS[place // 24], *_expected(place), "Feiertag" if place // 24 == 2 else "")
        for place in range(168)
    ]
    told = [Told(0.05, 0.04, 320), Told(0.18, 0.22, 90), Told(0.4, 0.35, 41), Told(0.7, 0.75, 18), Told(0.93, 0.9, 11)]
    return [
        heat_map("heat", "Stunde × Wochentag", cells, weekdays=DAYS, link=lambda _day, _hour: HERE),
        heat_map("heat-empty", "Leere Stunden", [[0] * 24] * 7, weekdays=DAYS),
        spread("spread", "Bis zur Übernahme", bins, Middles(2700, 6 * H, 4.2 * H)),
        spread("spread-one", "Ein Fall", [Bin(0, 900, 0), Bin(900, None, 1)], Middles(4000, 4000, 4000)),
        calibration("calibration", "Trifft die Prognose zu?", told),
        calibration("calibration-empty", "Noch keine Geschichte", []),
        load("load", "Kommende Woche", hours),
    ]


def _expected(place: int) -> tuple[float, float, float]:
    hour, day = place % 24, place // 24
    expected = 0.2 if day > 4 else max(0.2, 6 - abs(hour - 10) * 0.9)
    return expected, max(0.0, expected - 1.5), expected + 2.2


def _bars() -> list[Bars]:
    schools = [
        Bar(LONG, 0.72, 0.81, HERE, "18"),
        Bar("Schule Musterwil", 0.94, 0.9, HERE, "120"),
        Bar("Nichts gezählt", None, 1.0),
    ]
    huge = [Bar("Noten", 1_204_000, 980_000, HERE), Bar("Absenzen", 3), Bar("Mail", 0)]
    return [
        bars("bars", "Nach Schule", "Schule", "ratio", schools, target=0.9),
        bars("bars-huge", "Grosse Zahlen", "Modul", "count", huge),
        bars("bars-empty", "Nichts", "Team", "count", []),
    ]
