"""The only place that reads the time. Everything else takes `now` as an argument.

Doors (views, tasks, commands) call `now()` once and pass it down, so one transaction has one instant and tests drive
time instead of waiting for it. The database's clock is the authority (R16): machines that share it share one time, and
a wall clock that is set while we run moves no deadline. A file named by `CLOCK_FILE` (never in production) holds an ISO
instant that every process of a test or simulation shares.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import Error, connection

ZURICH = ZoneInfo("Europe/Zurich")
KEPT_S = 60
MOST_SKEW = timedelta(seconds=120)
log = structlog.get_logger("core.clock")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the database's clock said, when by a clock that nobody sets, and how far this machine was off."""

    at: datetime
    ticks: float
    skew: timedelta

    @property
    def age_s(self) -> float:
        return _ticks() - self.ticks


_reading: _Reading | None = None


def _ticks() -> float:
    """Seconds of a clock that nobody sets and that, on Linux, also counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def now() -> datetime:
    """The current instant, aware, in UTC: the database's time, asked once a minute and counted on in between (R16).

    While the database cannot be asked the last answer is counted on; before it the time of this machine stands in.
    Opens a connection at most once in a process's life: a door must not wait twice for a database that is away.
    """
    path: Path | None = settings.CLOCK_FILE
    if path is not None:
        try:
            return datetime.fromisoformat(path.read_text().strip())
        except FileNotFoundError:
            return datetime.now(UTC)
    global _reading
    if _reading is None or (_reading.age_s > KEPT_S and _is_open()):
        _reading = _ask() or _reading or _own()
    return _reading.at + timedelta(seconds=_reading.age_s)


def skew() -> timedelta:
    """How far this machine's clock was ahead of the database's (behind: negative) when last compared."""
    return _reading.skew if _reading is not None else timedelta()


def _ask() -> _Reading | None:
    """What the database says; None when it cannot be asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            at: datetime = cursor.fetchone()[0].astimezone(UTC)
    except Error:
        return None
    reading = _Reading(at, _ticks(), datetime.now(UTC) - at)
    if abs(reading.skew) > MOST_SKEW:
        log.warning("clock.skewed", ahead_s=round(reading.skew.total_seconds()))
    return reading


def _own() -> _Reading:
    """This machine's time, as a reading so old that the next chance to ask the database is taken."""
    return _Reading(datetime.now(UTC) - timedelta(seconds=KEPT_S), _ticks() - KEPT_S, timedelta())


def _is_open() -> bool:
    """Whether asking opens no connection and hurts no transaction."""
    return connection.connection is not None and not connection.needs_rollback
