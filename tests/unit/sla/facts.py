"""Facts of an incident as a few words, and both clocks that follow from them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from process.schema import ClockKind, Priority
from sla.rules.clock import ClockState, FactKind, SlaFact, derive
from tests.unit.sla.documents import document

DOCUMENT = document()
MONDAY = "2026-11-16"
TUESDAY = "2026-11-17"
HOUR = 3600


def wall(text: str) -> datetime:
    """A wall time in Zurich; a time alone is on Monday, 16 November 2026."""
    text = f"{MONDAY}T{text}" if "T" not in text else text
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Zurich")).astimezone(UTC)


def opened(text: str = "08:00", priority: Priority = Priority.HIGH, canton: str = "ZH") -> SlaFact:
    """High has four office hours: opened at 08:00 it is due at 12:00, opened at 15:00 on the next day at 10:00."""
    return SlaFact(wall(text), "opened", priority=priority, canton=canton, rule="§4.3")


def fact(text: str, kind: FactKind, **more: object) -> SlaFact:
    """A later fact."""
    return SlaFact(wall(text), kind, **more)  # type: ignore[arg-type]


def resolution(*facts: SlaFact, now: str) -> ClockState:
    """The resolution clock."""
    return derive(ClockKind.RESOLUTION, facts, DOCUMENT, wall(now))


def response(*facts: SlaFact, now: str) -> ClockState:
    """The response clock."""
    return derive(ClockKind.RESPONSE, facts, DOCUMENT, wall(now))
