"""The board: every figure of a period beside the period it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import ZURICH
from figures.compute import Sums, Value, need_of, value_of
from figures.formulas import FORMULAS, Unit
from figures.rules.filters import Filters, Period
from figures.selectors.present import Backlog, Freshness, backlog, freshness
from figures.selectors.source import Group, read
from incidents.models import PriorityChoice
from process.schema import ClockKind

EVERYTHING = {"tally", "clocks", "durations"}
_WHOLE = Group(None, "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, None when there is no case; `n` cases, of ratios `part` of them; `before` in the other period.

    `precision` is the share by which the value may be off: 0 for exact ones.
    """

    key: str
    value: float | None
    unit: Unit
    n: int
    part: int | None
    before: float | None
    before_n: int
    precision: float


@dataclass(frozen=True, slots=True)
class Attainment:
    """Promises of one clock at one priority: kept, broken, and the share kept (before: in the other period)."""

    clock: str
    priority: str
    met: int
    breached: int
    value: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """All figures by key, in the order of `FORMULAS`; `as_of` is how fresh they are."""

    filters: Filters
    figures: dict[str, Figure]
    attainment: list[Attainment]
    backlog: Backlog
    freshness: Freshness

    @property
    def as_of(self) -> datetime | None:
        """Everything up to this instant is counted; None before the first count."""
        return self.freshness.as_of


def board(filters: Filters, *, now: datetime) -> Board:
    """Every figure of the room."""
    here, there = _whole(filters, filters.period), _whole(filters, filters.against)
    state = backlog(filters, now=now)
    present = _present(state, now)
    figures = {key: _figure(key, filters, here, there, present) for key in FORMULAS}
    return Board(filters, figures, _attainment(filters), state, freshness(now=now))


def _whole(filters: Filters, period: Period | None) -> Sums | None:
    if period is None:
        return None
    return read(filters, EVERYTHING, period=period).get(_WHOLE, Sums())


def _present(state: Backlog, now: datetime) -> dict[str, Value]:
    """What is true now, whatever the period."""
    today = now.astimezone(ZURICH).date()
    return {
        "backlog": Value(float(state.open), state.open),
        "oldest_age": Value(state.oldest_age(today), state.open),
    }


def _figure(key: str, filters: Filters, here: Sums | None, there: Sums | None, present: dict[str, Value]) -> Figure:
    if need_of(key) == "now":
        found, before = present[key], Value(None, 0)
    else:
        found = value_of(key, here or Sums(), clock=filters.clock)
        before = value_of(key, there, clock=filters.clock) if there is not None else Value(None, 0)
    unit = FORMULAS[key].unit
    return Figure(key, found.value, unit, found.n, found.part, before.value, before.n, found.precision)


def _attainment(filters: Filters) -> list[Attainment]:
    here = read(filters, {"clocks"}, period=filters.period, dimension="priority")
    there = read(filters, {"clocks"}, period=filters.against, dimension="priority") if filters.against else {}
    rows = []
    for clock in [kind.value for kind in ClockKind if filters.clock in ("", kind.value)]:
        for priority in PriorityChoice.values:
            group = Group(None, priority)
            found = value_of(f"attainment_{clock}", here.get(group, Sums()))
            before = value_of(f"attainment_{clock}", there.get(group, Sums()))
            if found.n or before.n:
                met = found.part or 0
                rows.append(Attainment(clock, priority, met, found.n - met, found.value, before.value))
    return rows
