"""Percentiles: exact by nearest rank, from histograms within one per cent."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.rules.buckets import EXACT_BELOW, GROWTH, PRECISION, add_up, exact_percentile, middle, percentile

seconds = st.lists(st.integers(0, 400 * 86_400), min_size=1, max_size=60)


def bucket(value: int) -> int:
    """The bucket by its definition: the one whose lower edge the value has reached."""
    if value < EXACT_BELOW:
        return value
    place = EXACT_BELOW
    while EXACT_BELOW * GROWTH ** (place + 1 - EXACT_BELOW) <= value:
        place += 1
    return place


@given(seconds, st.sampled_from([0.5, 0.9]))
def test_a_histogram_is_within_its_precision(values: list[int], share: float) -> None:
    histogram: dict[int, int] = {}
    for value in values:
        histogram[bucket(value)] = histogram.get(bucket(value), 0) + 1
    exact, read = exact_percentile(sorted(values), share), percentile(histogram, share)
    assert exact is not None
    assert read is not None
    assert abs(read - exact) <= exact * (PRECISION + 1e-9)


@given(seconds)
def test_packed_histograms_add_up(values: list[int]) -> None:
    packed = [struct.pack(">HI", bucket(value), 1) for value in values]
    assert sum(add_up(packed).values()) == len(values)
    assert add_up(packed) == add_up([b"".join(packed)])


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [([7], 7, 7), ([1, 2], 1, 2), ([1, 2, 3], 2, 3), (list(range(1, 11)), 5, 9), (list(range(1, 12)), 6, 10)],
)
def test_the_nearest_rank(values: list[int], median: int, p90: int) -> None:
    assert (exact_percentile(values, 0.5), exact_percentile(values, 0.9)) == (median, p90)
    assert (percentile(dict.fromkeys(values, 1), 0.5), percentile(dict.fromkeys(values, 1), 0.9)) == (median, p90)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert exact_percentile([], 0.5) is None


def test_small_values_are_exact() -> None:
    assert [middle(value) for value in range(EXACT_BELOW)] == list(range(EXACT_BELOW))
