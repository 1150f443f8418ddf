"""When people who wait must hear again (R3, P-5.5), and who is reminded when they do not. Pure.

The update clock counts real minutes since somebody last wrote to them. At its due instant whoever has to write (R) is
reminded; half an interval later whoever answers for it (A) hears that nobody did; then the same again, three times.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST = 6
"""Three reminders and three reports; after that the incident has other alarms."""


class Hears(StrEnum):
    """Who is told that an update is owed: the letters of §14."""

    RESPONSIBLE = "R"
    ACCOUNTABLE = "A"


def next_word(due_at: datetime, interval_min: int, told: int) -> datetime | None:
    """When somebody is told next, after `told` words about this update; None when nobody is any more."""
    return due_at + told * _half(interval_min) if told < MOST else None


def words_until(due_at: datetime, interval_min: int, told: int, now: datetime) -> tuple[int, frozenset[Hears]]:
    """How many words count as said at `now`, and who hears now. Several that fell due meanwhile are one each."""
    reached = min(MOST, (now - due_at) // _half(interval_min) + 1)
    said = range(told, reached)
    return max(told, reached), frozenset(Hears.ACCOUNTABLE if number % 2 else Hears.RESPONSIBLE for number in said)


def _half(interval_min: int) -> timedelta:
    return timedelta(minutes=interval_min) / 2
