"""What a ping means, and what a silence means. Pure: a standing and an instant make the next standing.

A heartbeat is down while at least `fails` of its last `of` outcomes are bad. An outcome is a success, a failure that
was told, an expected run that did not come, or one that began and did not end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from heartbeats.rules.schedule import Schedule

GOOD, BAD = ".", "x"
WINDOW_MAX = 20


class Status(StrEnum):
    """What is kept. That one is late (`GRACE`) follows from the time and is never kept."""

    NEW = "new"
    UP = "up"
    GRACE = "grace"
    DOWN = "down"
    PAUSED = "paused"


class Action(StrEnum):
    """What a ping says."""

    SUCCESS = "success"
    START = "start"
    FAIL = "fail"
    LOG = "log"


class Reason(StrEnum):
    """Why one went down, or that it came back."""

    SILENT = "silent"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was agreed: the rhythm, how late a run may be, and how many of how many may fail."""

    schedule: Schedule
    grace: timedelta
    fails: int = 1
    of: int = 1
    wakes_on_ping: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stands: `window` holds the last outcomes, `started_at` and `run` a run that has not ended."""

    status: Status = Status.NEW
    window: str = ""
    expected_at: datetime | None = None
    started_at: datetime | None = None
    run: str = ""


def pinged(standing: Standing, promise: Promise, *, action: Action, run: str, at: datetime) -> Standing:
    """What a ping makes of it. A log line moves nothing, nor does a ping to a paused one unless it may wake it."""
    if action is Action.LOG or (standing.status is Status.PAUSED and not promise.wakes_on_ping):
        return standing
    if action is Action.START:
        status = Status.NEW if standing.status is Status.PAUSED else standing.status
        return replace(standing, status=status, started_at=at, run=run)
    is_bad = action is Action.FAIL
    ended = _judged(standing, promise, BAD if is_bad else GOOD, status=Status.UP)
    if is_bad or not run or run == standing.run:
        ended = replace(ended, started_at=None, run="")
    return replace(ended, expected_at=promise.schedule.after(at))


def deadline(standing: Standing, promise: Promise) -> datetime | None:
    """The instant at which silence becomes a miss; None while nothing is awaited."""
    if standing.status not in (Status.NEW, Status.UP):
        return None
    awaited = [standing.started_at, standing.expected_at if standing.status is Status.UP else None]
    return min((moment + promise.grace for moment in awaited if moment is not None), default=None)


def missed(standing: Standing, promise: Promise, *, at: datetime) -> tuple[Standing, Reason | None]:
    """Counts every deadline that has passed by `at`; why the last one counted was missed, or None."""
    reason = None
    for _turn in range(WINDOW_MAX):
        due = deadline(standing, promise)
        if due is None or due > at:
            break
        standing, reason = _miss(standing, promise, due)
    return standing, reason


def _miss(standing: Standing, promise: Promise, due: datetime) -> tuple[Standing, Reason]:
    """One missed deadline. A run that began belongs to the slot it began in, which is thereby used up."""
    begun, awaited = standing.started_at, standing.expected_at
    is_unfinished = begun is not None and begun + promise.grace == due
    base = begun if is_unfinished else awaited
    following = promise.schedule.after(base) if base is not None else None
    judged = _judged(standing, promise, BAD, status=standing.status)
    after = replace(judged, expected_at=following, started_at=None, run="")
    return after, Reason.UNFINISHED if is_unfinished else Reason.SILENT


def _judged(standing: Standing, promise: Promise, outcome: str, *, status: Status) -> Standing:
    window = (standing.window + outcome)[-promise.of :]
    return replace(standing, window=window, status=Status.DOWN if window.count(BAD) >= promise.fails else status)


def is_late(standing: Standing, at: datetime) -> bool:
    """Whether a run is overdue and its grace runs."""
    return standing.status is Status.UP and standing.expected_at is not None and standing.expected_at < at
