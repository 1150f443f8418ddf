"""Charts: whatever the values, marks stay inside the plot, ticks rise, and the table says the same as the drawing."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.charts.bars import LONG, Bar, bars
from console.charts.columns import Part, columns
from console.charts.forecast import Hour, Told, calibration, load
from console.charts.heat import heat_map, step_of
from console.charts.lines import over_time
from console.charts.scale import Scale, thinned, ticks
from console.charts.scene import Chart, Dot, polyline
from console.charts.spark import HEIGHT, WIDTH, spark
from console.charts.spread import Bin, Middles, place_of, spread
from console.charts.words import change, on_axis, percent, words_of

DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
UNITS = st.sampled_from(["ratio", "seconds", "count", "days"])
VALUES = st.lists(st.none() | st.floats(0, 1e12, allow_nan=False), min_size=1, max_size=70)


@given(st.floats(0, 1e15), UNITS, st.integers(2, 8))
def test_ticks_rise_from_zero_to_the_highest_value_and_stay_few(highest: float, unit: str, most: int) -> None:
    found = ticks(highest, unit=unit, most=most)
    assert found[0] == 0
    assert found[-1] >= highest * (1 - 1e-9)
    assert all(low < high for low, high in pairwise(found))
    assert 2 <= len(found) <= max(most + 1, 5)


@given(st.integers(0, 10_000))
def test_counts_and_times_have_whole_ticks(highest: int) -> None:
    assert all(tick == int(tick) for unit in ("count", "seconds", "days") for tick in ticks(highest, unit=unit))


@pytest.mark.parametrize(("highest", "words"), [(3000, "15 min"), (20_000, "2 h"), (300_000, "1 T"), (90, "30 s")])
def test_times_have_ticks_people_count_in(highest: float, words: str) -> None:
    assert on_axis(ticks(highest, unit="seconds")[1], "seconds") == words


@given(VALUES, VALUES, UNITS)
def test_a_line_stays_inside_its_plot(values: list[float | None], before: list[float | None], unit: str) -> None:
    if unit == "ratio":
        values, before = ([None if v is None else min(v, 1.0) for v in some] for some in (values, before))
    chart = over_time("x", "Titel", unit, _dots(values), before=_dots(before), target=0.9)
    assert bool(chart.empty) == (not any(value is not None for value in (*values, *before)))
    _stays_inside(chart)
    told = [value for value in values if value is not None]
    if not chart.empty and chart.wide:
        assert len([mark for mark in chart.wide.marks if mark.css.startswith("dot-now")]) == len(told)
    assert [line.values[0] for line in chart.table.lines[: len(values)]] == values


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=40), st.booleans())
def test_columns_stay_inside_their_plot(values: list[tuple[int, int]], is_stacked: bool) -> None:
    parts = [Part("eins", _dots([one for one, _two in values])), Part("zwei", _dots([two for _one, two in values]))]
    chart = columns("x", "Titel", parts, is_stacked=is_stacked)
    assert bool(chart.empty) == (not any(map(sum, values)))
    _stays_inside(chart)
    if chart.wide:
        assert len(chart.wide.marks) == sum(value > 0 for pair in values for value in pair), "zero has no mark"


def test_a_part_of_no_size_is_still_seen() -> None:
    chart = columns("x", "Titel", [Part("eins", _dots([1_000_000])), Part("zwei", _dots([1]))])
    assert chart.wide is not None
    heights = [float(re.findall(r"v([\d.]+)", mark.d)[0]) for mark in chart.wide.marks]
    assert min(heights) >= 1.0


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=24, max_size=24), min_size=7, max_size=7))
def test_a_heat_map_has_a_cell_per_hour_and_colours_that_rise(cells: list[list[int]]) -> None:
    chart = heat_map("x", "Titel", cells, weekdays=DAYS, link=lambda day, hour: f"{day}/{hour}")
    assert chart.empty or [len(scene.marks) for scene in chart.scenes] == [168, 168]
    _stays_inside(chart)
    highest = max(map(max, cells))
    ordered = sorted(value for row in cells for value in row)
    steps = [step_of(value, highest) for value in ordered]
    assert steps == sorted(steps)
    assert all((step == 0) == (value == 0) for step, value in zip(steps, ordered, strict=True))


def test_an_hour_without_incidents_leads_nowhere() -> None:
    cells = [[1] + [0] * 23] + [[0] * 24] * 6
    chart = heat_map("x", "Titel", cells, weekdays=DAYS, link=lambda day, hour: f"{day}/{hour}")
    assert [[mark.href for mark in scene.marks if mark.href] for scene in chart.scenes] == [["0/0"], ["0/0"]]


EDGES = [0, 900, 3600, 14_400, 86_400]
BINS = [Bin(low, high, 3) for low, high in zip(EDGES, [*EDGES[1:], None], strict=True)]


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_the_middles_of_a_spread_stay_inside_and_in_order(one: float, two: float, three: float) -> None:
    low, middle, high = sorted((one, two, three))
    assert place_of(low, BINS) <= place_of(middle, BINS) <= place_of(high, BINS) <= len(BINS)
    _stays_inside(spread("x", "Titel", BINS, Middles(low, high, middle)))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 500)), max_size=10))
def test_a_calibration_stays_inside(told: list[tuple[float, float, int]]) -> None:
    chart = calibration("x", "Titel", [Told(*found) for found in told])
    assert bool(chart.empty) == (not any(count for _said, _came, count in told))
    _stays_inside(chart, room=8)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=168))
def test_the_week_to_come_stays_inside(found: list[tuple[float, float, float]]) -> None:
    hours = []
    for at, three in enumerate(found):
        low, expected, high = sorted(three)
        hours.append(Hour(f"{at % 24} Uhr", DAYS[at // 24 % 7], expected, low, high))
    _stays_inside(load("x", "Titel", hours))


@given(VALUES)
def test_a_bar_is_never_longer_than_its_rail(values: list[float | None]) -> None:
    found = bars("x", "Titel", "Name", "count", [Bar("eins", value, 7.0) for value in values])
    lengths = [float(re.findall(r"h([\d.]+)", row.d)[0]) for row in found.rows if row.d]
    assert all(0 < length <= LONG for length in lengths)
    assert len(lengths) == sum(bool(value) for value in values)


@given(VALUES)
def test_a_spark_stays_in_its_box(values: list[float | None]) -> None:
    drawn = spark(values)
    assert bool(drawn.last) == any(value is not None for value in values)
    for x, y in _points(drawn.line):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_a_line_breaks_where_there_is_nothing() -> None:
    assert polyline([(0, 1), (1, 2), None, (3, 4), (4, 5)]) == "M0 1L1 2M3 4L4 5"


def test_a_scale_without_an_extent_does_not_divide_by_it() -> None:
    assert Scale(5, 5, 10, 20).at(5) == 10


def test_labels_of_an_axis_never_touch() -> None:
    shown = thinned(["30.11.2026"] * 90, 582)
    assert len(shown) > 1
    assert (shown[1] - shown[0]) * 582 / 90 > len("30.11.2026") * 6


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.9, "90 %"), (0.904, "90,4 %"), (0.999, "99,9 %"), (1.0, "100 %"), (0.002, "0,2 %"), (0, "0 %")],
)
def test_a_small_miss_is_not_rounded_away(value: float, words: str) -> None:
    assert percent(value) == words


@pytest.mark.parametrize(
    ("value", "before", "unit", "words"),
    [
        (0.93, 0.9, "ratio", "+3 Punkte"),
        (0.9, 0.925, "ratio", "−2,5 Punkte"),
        (12, 10, "count", "+20 %"),
        (3, 0, "count", "statt 0"),
        (5, 5, "seconds", "unverändert"),
        (None, 5, "count", ""),
    ],
)
def test_a_change_is_said_in_the_unit_it_is_thought_in(value: Any, before: Any, unit: str, words: str) -> None:
    assert change(value, before, unit) == words


def test_nothing_to_count_is_no_zero() -> None:
    assert [words_of(None, unit) for unit in ("ratio", "count", "seconds", "days")] == ["–"] * 4


def _dots(values: Any) -> list[Dot]:
    return [Dot(str(place), value, f"/{place}") for place, value in enumerate(values)]


def _points(d: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", d)]


def _stays_inside(chart: Chart, *, room: float = 5) -> None:
    """Where marks and lines begin lies in the drawing; `room` is the radius of a mark."""
    for scene in chart.scenes:
        width, height = scene.size.width, scene.size.height
        for d in [path.d for path in (*scene.grid, *scene.paths)] + [mark.d for mark in scene.marks]:
            for x, y in _points(d):
                assert -0.1 - room <= x <= width + room, d
                assert -0.1 - room <= y <= height - scene.size.bottom + room, d
        assert chart.about
