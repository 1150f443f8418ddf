"""Hour × weekday. Each cell holds its number, so its colour says nothing that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from console.charts.scene import Chart, Line, Mark, Scene, Size, Table, Word, n, rect
from console.charts.words import on_axis, words_of

STEPS = 5
WIDE = Size(640, 250, left=36, right=4, top=20, bottom=6)
NARROW = Size(340, 560, left=44, right=4, top=20, bottom=6, is_narrow=True)


def heat_map(
    key: str,
    title: Any,
    cells: Sequence[Sequence[int]],
    *,
    weekdays: Sequence[str],
    link: Callable[[int, int], str] = lambda _day, _hour: "",
    empty: str = "",
) -> Chart:
    """`cells[weekday][hour]`, seven rows of 24; on a phone the hours run downwards. `link` gives a cell's records."""
    chart = Chart(key, title, "", _table(cells, weekdays), unit="count")
    highest = max((value for row in cells for value in row), default=0)
    if not highest:
        chart.empty = empty or _("In diesem Zeitraum kam nichts herein.")
        return chart
    chart.wide, chart.narrow = (_scene(size, cells, weekdays, highest, link) for size in (WIDE, NARROW))
    chart.about = _about(str(title), cells, weekdays)
    return chart


def step_of(value: float, highest: float) -> int:
    """0 for nothing, else 1…5: equal steps up to the highest."""
    return 0 if not value or not highest else min(STEPS, 1 + int((value / highest) * STEPS * 0.9999))


def _scene(
    size: Size, cells: Sequence[Sequence[int]], weekdays: Sequence[str], highest: int, link: Callable[[int, int], str]
) -> Scene:
    scene = Scene(size)
    across, down = (7, 24) if size.is_narrow else (24, 7)
    (left, right), (low, high) = size.x, size.y
    wide, tall = (right - left) / across, (low - high) / down
    for hour in range(0, 24, 1 if size.is_narrow else 2):
        scene.words.append(_hour_word(size, hour, left, high, wide, tall))
    for day, name in enumerate(weekdays):
        scene.words.append(_day_word(size, day, name, left, high, wide, tall))
    for day, row in enumerate(cells):
        for hour, value in enumerate(row):
            x, y = (
                (left + day * wide, high + hour * tall) if size.is_narrow else (left + hour * wide, high + day * tall)
            )
            step = step_of(value, highest)
            label = _("%(day)s, %(from)s bis %(to)s Uhr: %(value)s") % {
                "day": weekdays[day], "from": hour, "to": hour + 1, "value": words_of(value, "count"),
            }  # fmt: skip
            box = rect(x + 1, y + 1, wide - 2, tall - 2)
            scene.marks.append(Mark(box, f"heat heat-{step}", label, link(day, hour) if value else ""))
            if value:
                css = f"middle cell {'on-heat' if step > 3 else ''}".strip()
                scene.words.append(Word(n(x + wide / 2), n(y + tall / 2 + 3.5), on_axis(value, "count"), css))
    return scene


def _hour_word(size: Size, hour: int, left: float, high: float, wide: float, tall: float) -> Word:
    if size.is_narrow:
        return Word(n(left - 6), n(high + (hour + 0.5) * tall + 3.5), f"{hour}–{hour + 1}", "end")
    return Word(n(left + (hour + 0.5) * wide), n(high - 7), f"{hour}")


def _day_word(size: Size, day: int, name: str, left: float, high: float, wide: float, tall: float) -> Word:
    if size.is_narrow:
        return Word(n(left + (day + 0.5) * wide), n(high - 7), name)
    return Word(n(left - 6), n(high + (day + 0.5) * tall + 3.5), name, "end")


def _table(cells: Sequence[Sequence[int]], weekdays: Sequence[str]) -> Table:
    lines = [
        Line(
            [f"{hour}–{hour + 1} h", *(words_of(row[hour], "count") for row in cells)], "", [row[hour] for row in cells]
        )
        for hour in range(24)
    ]
    return Table([_("Stunde"), *weekdays], lines)


def _about(title: str, cells: Sequence[Sequence[int]], weekdays: Sequence[str]) -> str:
    day, hour = max(
        ((day, hour) for day in range(len(cells)) for hour in range(24)), key=lambda at: cells[at[0]][at[1]]
    )
    return _(
        "%(title)s nach Wochentag und Stunde, Summe %(sum)s. "
        "Am meisten am %(day)s von %(from)s bis %(to)s Uhr: %(most)s."
    ) % {
        "title": title,
        "sum": words_of(sum(map(sum, cells)), "count"),
        "day": weekdays[day],
        "from": hour,
        "to": hour + 1,
        "most": words_of(cells[day][hour], "count"),
    }
