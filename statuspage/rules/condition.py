"""How components are, and how they were: both read from published notices alone. Pure.

A component is as bad as the worst that an open notice says of it. A day's bar is the worst of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 90
OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = CONDITIONS = (
    "operational",
    "maintenance",
    "degraded",
    "partial",
    "major",
)
"""From well to worst."""
DOWN = (PARTIAL, MAJOR)
"""What counts against the availability: slow is not away, and a maintenance was announced."""


@dataclass(frozen=True, slots=True)
class Span:
    """That long a notice said that of a component; without an end it still does."""

    state: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The worst of one day."""

    on: date
    state: str


def worst(states: Iterable[str]) -> str:
    """The worst of the conditions; operational where none is given."""
    return max(states, key=CONDITIONS.index, default=OPERATIONAL)


def state_at(spans: Iterable[Span], at: datetime) -> str:
    """How a component is at an instant."""
    return worst(span.state for span in spans if span.start <= at and (span.end is None or at < span.end))


def days(spans: Sequence[Span], *, now: datetime, zone: ZoneInfo, count: int = DAYS) -> list[Day]:
    """The last days in a zone, today last; what still is to come counts for none of them."""
    today = now.astimezone(zone).date()
    found = []
    for on in (today - timedelta(days=back) for back in reversed(range(count))):
        start = datetime.combine(on, time(), zone)
        end = datetime.combine(on + timedelta(days=1), time(), zone)
        begun = (span for span in spans if span.start < end and span.start <= now)
        found.append(Day(on, worst(span.state for span in begun if span.end is None or span.end > start)))
    return found


def availability(spans: Iterable[Span], *, since: datetime, now: datetime) -> float:
    """Percent of the time in [since, now) in which no notice said that the component was away, in part or whole."""
    away, reached = timedelta(), since
    down = sorted((span for span in spans if span.state in DOWN), key=lambda span: span.start)
    for span in down:
        start, end = max(span.start, reached), min(span.end or now, now)
        if end > start:
            away, reached = away + (end - start), end
    return 100 * (1 - away / (now - since))
