"""How a duration is spread: cases per span, and where median, P90 and mean stand. And the three alone, as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from console.charts.frame import band, framed, middle
from console.charts.scene import NARROW, WIDE, Chart, Line, Mark, Path, Scene, Size, Table, Word, n, rect
from console.charts.words import NOTHING, on_axis, words_of


class Bin(NamedTuple):
    """Cases that took from `low` up to (not including) `high` seconds; the last one has no upper end."""

    low: float
    high: float | None
    cases: int
    href: str = ""


class Middles(NamedTuple):
    """Where the middle lies, in seconds; None of nothing."""

    median: float | None
    p90: float | None
    mean: float | None


def spread(key: str, title: Any, bins: Sequence[Bin], middles: Middles, *, empty: str = "") -> Chart:
    """Columns of equal width over spans that grow, as durations do; the marks say their value in words."""
    total = sum(found.cases for found in bins)
    chart = Chart(key, title, "", _table(bins, middles, total), unit="count")
    if not total:
        chart.empty = empty or _("In diesem Zeitraum gibt es keinen solchen Fall.")
        return chart
    chart.wide, chart.narrow = (_scene(size, bins, middles) for size in (WIDE, NARROW))
    told = ", ".join(f"{name} {words_of(value, 'seconds')}" for name, value in named(middles))
    chart.about = _("%(title)s: %(total)s Fälle. %(told)s.") % {"title": title, "total": total, "told": told}
    return chart


def named(middles: Middles) -> list[tuple[str, float | None]]:
    """The three with their names."""
    return [(_("Median"), middles.median), ("P90", middles.p90), (_("Mittel"), middles.mean)]


def span(found: Bin) -> str:
    """`1 h – 2 h`."""
    if found.high is None:
        return _("über %(low)s") % {"low": on_axis(found.low, "seconds")}
    return f"{on_axis(found.low, 'seconds')} – {on_axis(found.high, 'seconds')}"


def place_of(value: float, bins: Sequence[Bin]) -> float:
    """Where a value stands on the axis, in bands from the left: within its bin in proportion."""
    for place, found in enumerate(bins):
        if found.high is None:
            return place + 0.5
        if value < found.high:
            return place + max(0.0, value - found.low) / (found.high - found.low)
    return float(len(bins))


def _scene(size: Size, bins: Sequence[Bin], middles: Middles) -> Scene:
    size = size._replace(top=52)
    labels = [_edge(found) for found in bins]
    scene, scale = framed(size, max(found.cases for found in bins), "count", labels)
    wide = band(size, len(bins))
    for place, found in enumerate(bins):
        if found.cases:
            top, foot = scale.at(found.cases), scale.at(0)
            box = rect(middle(size, place, len(bins)) - wide * 0.46, top, wide * 0.92, max(1.0, foot - top))
            label = f"{span(found)}: {words_of(found.cases, 'count')}"
            scene.marks.append(Mark(box, "part-1", label, found.href))
    _pins(scene, size, bins, middles)
    return scene


def _pins(scene: Scene, size: Size, bins: Sequence[Bin], middles: Middles) -> None:
    """Each on a line of its own, so that words never lie on each other."""
    low, high = size.y
    for line, (name, value) in enumerate(named(middles)):
        if value is None:
            continue
        x = size.x[0] + place_of(value, bins) * band(size, len(bins))
        y = high - 44 + line * 14
        scene.paths.append(Path(f"M{n(x)} {n(y + 2)}V{n(low)}", f"pin pin-{line + 1}"))
        is_right = x > (size.x[0] + size.x[1]) / 2
        css = "end pin-word" if is_right else "start pin-word"
        scene.words.append(Word(n(x + (-4 if is_right else 4)), n(y + 8), f"{name} {words_of(value, 'seconds')}", css))


def _edge(found: Bin) -> str:
    return on_axis(found.low, "seconds") if found.high is not None else f"> {on_axis(found.low, 'seconds')}"


def _table(bins: Sequence[Bin], middles: Middles, total: int) -> Table:
    lines = [
        Line([span(found), words_of(found.cases, "count"), _share(found.cases, total)], found.href, [found.cases, None])
        for found in bins
    ]
    lines += [Line([name, words_of(value, "seconds"), NOTHING], "", [value, None]) for name, value in named(middles)]
    return Table([_("Dauer"), _("Fälle"), _("Anteil")], lines)


def _share(count: int, total: int) -> str:
    return words_of(count / total if total else None, "ratio")
