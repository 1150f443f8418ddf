"""Durations in a histogram whose buckets grow by 2 %: any value read from it is within 1 % of the true one. Pure.

Whole seconds below 50 have a bucket each and are exact.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping, Sequence

GROWTH = 1.02
EXACT_BELOW = 50
PRECISION = 0.01
HIGHEST = 1200
"""No duration reaches this bucket: it would be longer than the age of the world."""
_PAIRS = struct.Struct(">HI").iter_unpack
SQL = "CASE WHEN {s} < 50 THEN {s} ELSE 50 + floor(ln({s} / 50.0) / ln(1.02)) END::smallint"
"""The bucket of `{s}` seconds, as the database computes it."""


def middle(bucket: int) -> float:
    """The value a bucket stands for: no further than 1 % from any value in it."""
    if bucket < EXACT_BELOW:
        return float(bucket)
    return EXACT_BELOW * GROWTH ** (bucket - EXACT_BELOW) * math.sqrt(GROWTH)


def add_up(histograms: Iterable[bytes | memoryview]) -> dict[int, int]:
    """One histogram of many, as they are stored: pairs of bucket and cases."""
    total = [0] * (HIGHEST + 1)
    for packed in histograms:
        for bucket, cases in _PAIRS(packed):
            total[bucket] += cases
    return {bucket: cases for bucket, cases in enumerate(total) if cases}


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The smallest value that at least `share` of all values do not exceed; None of nothing."""
    wanted, seen = max(1, math.ceil(share * sum(histogram.values()))), 0
    for bucket in sorted(histogram):
        seen += histogram[bucket]
        if seen >= wanted:
            return middle(bucket)
    return None


def exact_percentile(ordered: Sequence[int], share: float) -> float | None:
    """The same of sorted values, exactly; None of nothing."""
    return float(ordered[max(1, math.ceil(share * len(ordered))) - 1]) if ordered else None
