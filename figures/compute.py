"""From sums to figures: the same arithmetic for a whole period, a day of a series and a slice of a breakdown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from figures.formulas import MEASURES

Need = Literal["tally", "clocks", "durations", "now"]
RATIOS = {
    "escalated_functional": "arrivals",
    "escalated_management": "arrivals",
    "reopened": "resolved",
    "first_contact": "contacts",
}
"""Shares: what is counted → of what."""
COUNTS = ("arrivals", "closures", "majors", "downgraded_late", "loops")
NOW = ("backlog", "oldest_age")


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took: in seconds; `precision` is the share by which percentiles may be off."""

    n: int
    total_s: int
    median: float | None
    p90: float | None
    precision: float


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything a figure may be computed from; empty where nothing happened."""

    tally: Mapping[str, int] = field(default_factory=dict)
    clocks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    durations: Mapping[str, Duration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value, None when there is no case; `n` cases; of ratios `part` of them."""

    value: float | None
    n: int
    part: int | None = None
    precision: float = 0.0


def need_of(key: str) -> Need:
    """Which sums a figure needs."""
    if key in NOW:
        return "now"
    if key.startswith("attainment"):
        return "clocks"
    return "durations" if key.partition(".")[0] in MEASURES else "tally"


def value_of(key: str, sums: Sums, *, clock: str = "") -> Value:
    """A figure; `clock` narrows the attainment of all clocks to one. KeyError for a figure that does not exist."""
    need = need_of(key)
    if need == "clocks":
        return _attainment(sums, key.removeprefix("attainment").removeprefix("_") or clock)
    if need == "durations":
        return _duration(key, sums)
    if key in RATIOS:
        n = sums.tally.get(RATIOS[key], 0)
        part = sums.tally.get(key, 0)
        return Value(part / n if n else None, n, part)
    if key == "backlog_change":
        arrivals, closures = sums.tally.get("arrivals", 0), sums.tally.get("closures", 0)
        return Value(float(arrivals - closures), arrivals + closures)
    if key not in COUNTS:
        raise KeyError(key)
    count = sums.tally.get(key, 0)
    return Value(float(count), count)


def _attainment(sums: Sums, clock: str) -> Value:
    counted = [sums.clocks.get(clock, {})] if clock else list(sums.clocks.values())
    met = sum(counts.get("met", 0) for counts in counted)
    n = met + sum(counts.get("breached", 0) for counts in counted)
    return Value(met / n if n else None, n, met)


def _duration(key: str, sums: Sums) -> Value:
    name, _dot, statistic = key.partition(".")
    found = sums.durations.get(MEASURES[name])
    if found is None or not found.n:
        return Value(None, 0)
    if statistic == "mean":
        return Value(found.total_s / found.n, found.n)
    return Value({"median": found.median, "p90": found.p90}[statistic], found.n, precision=found.precision)
