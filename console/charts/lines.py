"""A value over time: line and area, and the period it is compared with as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from console.charts.frame import column, framed, middle
from console.charts.scale import Scale
from console.charts.scene import (
    NARROW,
    WIDE,
    Chart,
    Dot,
    Key,
    Line,
    Mark,
    Path,
    Scene,
    Size,
    Table,
    diamond,
    disc,
    n,
    polyline,
    rect,
)  # fmt: skip
from console.charts.words import change, words_of

ROOMY = 45
"""More points than that get small marks."""


def over_time(
    key: str,
    title: Any,
    unit: str,
    dots: Sequence[Dot],
    *,
    before: Sequence[Dot] = (),
    names: tuple[str, str] = ("", ""),
    target: float | None = None,
    empty: str = "",
) -> Chart:
    """One line, and a dashed one for `before` (same length, or shorter). `names` stand in legend and table."""
    now_name, before_name = names[0] or _("Zeitraum"), names[1] or _("Vergleich")
    values = [dot.value for dot in (*dots, *before) if dot.value is not None]
    chart = Chart(key, title, "", _table(dots, before, unit, (now_name, before_name)), unit=unit)
    if not values:
        chart.empty = empty or _("In diesem Zeitraum gibt es nichts zu zählen.")
        return chart
    chart.legend = [Key(now_name, "line-now"), Key(before_name, "line-before")] if before else []
    chart.legend += (
        [Key(_("Ziel %(value)s") % {"value": words_of(target, unit)}, "target")] if target is not None else []
    )
    highest = max(values) if target is None else max(*values, target)
    chart.wide, chart.narrow = (_scene(size, dots, before, highest, unit, target, now_name) for size in (WIDE, NARROW))
    chart.about = _about(str(title), dots, before, unit)
    return chart


def _scene(
    size: Size, dots: Sequence[Dot], before: Sequence[Dot], highest: float, unit: str, target: float | None, name: str
) -> Scene:
    count = max(len(dots), len(before))
    labels = [dot.label for dot in (dots if len(dots) >= len(before) else before)]
    scene, scale = framed(size, highest, unit, labels, target=target)
    now_at, before_at = _places(size, dots, count, scale), _places(size, before, count, scale)
    scene.paths += [Path(area(now_at, size.y[0]), "area-now"), Path(polyline(before_at), "line-before")]
    scene.paths.append(Path(polyline(now_at), "line-now"))
    radius, css = (3.5, "dot-now") if len(dots) <= ROOMY else (2, "dot-now small")
    for place, (dot, at) in enumerate(zip(before, before_at, strict=True)):
        if at is not None and _is_alone(before_at, place):
            scene.marks.append(Mark(diamond(*at, radius), "dot-before", f"{dot.label}: {words_of(dot.value, unit)}"))
    for place, (dot, at) in enumerate(zip(dots, now_at, strict=True)):
        if at is not None:
            text = ", ".join(part for part in (f"{dot.label}: {words_of(dot.value, unit)}", dot.note) if part)
            hit = rect(*column(size, place, count))
            scene.marks.append(Mark(disc(*at, radius), css, text, dot.href, hit))
    return scene


def _places(size: Size, dots: Sequence[Dot], count: int, scale: Scale) -> list[tuple[float, float] | None]:
    return [
        None if dot.value is None else (middle(size, place, count), scale.at(dot.value))
        for place, dot in enumerate(dots)
    ]


def area(points: Sequence[tuple[float, float] | None], floor: float) -> str:
    """What lies under a line, piece by piece where it breaks."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    return "".join(
        f"M{n(piece[0][0])} {n(floor)}"
        + "".join(f"L{n(x)} {n(y)}" for x, y in piece)
        + f"L{n(piece[-1][0])} {n(floor)}z"
        for piece in pieces
        if len(piece) > 1
    )


def _is_alone(points: Sequence[tuple[float, float] | None], place: int) -> bool:
    """Whether a point has no neighbour, so that no line shows it."""
    return all(point is None for point in (*points[max(0, place - 1) : place], *points[place + 1 : place + 2]))


def _table(dots: Sequence[Dot], before: Sequence[Dot], unit: str, names: tuple[str, str]) -> Table:
    heads = [_("Wann"), names[0]]
    if not before:
        rows = [Line([dot.label, words_of(dot.value, unit)], dot.href, [dot.value]) for dot in dots]
        return Table(heads, rows)
    rows = []
    for place in range(max(len(dots), len(before))):
        dot = dots[place] if place < len(dots) else Dot(NO_DAY, None)
        other = before[place] if place < len(before) else Dot(NO_DAY, None)
        cells = [
            dot.label,
            words_of(dot.value, unit),
            words_of(other.value, unit),
            change(dot.value, other.value, unit),
        ]
        rows.append(Line(cells, dot.href, [dot.value, other.value]))
    return Table([*heads, names[1], _("Veränderung")], rows)


NO_DAY = "–"


def _about(title: str, dots: Sequence[Dot], before: Sequence[Dot], unit: str) -> str:
    told = [dot for dot in dots if dot.value is not None]
    if not told:
        return _("%(title)s: im Zeitraum nichts zu zählen, im Vergleich schon.") % {"title": title}
    lowest, highest = min(told, key=_value), max(told, key=_value)
    text = _(
        "%(title)s, %(count)s Werte von %(first)s bis %(last)s. "
        "Tiefster %(low)s (%(low_at)s), höchster %(high)s (%(high_at)s)."
    ) % {
        "title": title,
        "count": len(told),
        "first": told[0].label,
        "last": told[-1].label,
        "low": words_of(lowest.value, unit),
        "low_at": lowest.label,
        "high": words_of(highest.value, unit),
        "high_at": highest.label,
    }
    return f"{text} {_('Gestrichelt: der Vergleich.')}" if before else text


def _value(dot: Dot) -> float:
    return dot.value or 0.0
