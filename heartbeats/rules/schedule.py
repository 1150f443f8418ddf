"""When a job is expected: every so often, by a cron expression, or by a systemd calendar expression.

Cron follows Debian's cron where clocks are put forward or back: a job of the skipped hour runs right after it, one of
the repeated hour runs once (cronsim). A calendar expression may name a time zone of its own (oncalendar).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from oncalendar import OnCalendar, OnCalendarError

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=366)
EXPRESSION_MAX = 100
_TRIED = 20


class Rhythm(StrEnum):
    """How an expectation is written."""

    PERIOD = "period"
    CRON = "cron"
    ONCALENDAR = "oncalendar"


class BadSchedule(Exception):
    """Nothing can be expected by this: `field` is what is wrong with it, `why` one of the words of `WHY`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rhythm with its number of seconds, or its expression in a time zone."""

    rhythm: Rhythm
    period_s: int = 0
    expression: str = ""
    time_zone: str = "Europe/Zurich"

    def after(self, at: datetime) -> datetime | None:
        """The first expected instant later than `at`, in UTC; None when a calendar has come to its end."""
        return next(self.times(at), None)

    def times(self, at: datetime) -> Iterator[datetime]:
        """The expected instants later than `at`, in UTC and in their order."""
        if self.rhythm is Rhythm.PERIOD:
            step = timedelta(seconds=self.period_s)
            while True:
                at += step
                yield at
        local = at.astimezone(ZoneInfo(self.time_zone))
        for moment in CronSim(self.expression, local) if self.rhythm is Rhythm.CRON else _calendar(self, local):
            yield moment.astimezone(UTC)

    def check(self, at: datetime) -> None:
        """Raises BadSchedule for what is no rhythm, or one faster than a minute."""
        if self.rhythm is Rhythm.PERIOD:
            if not SHORTEST <= timedelta(seconds=self.period_s) <= LONGEST:
                raise BadSchedule("period_s", "range")
            return
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise BadSchedule("time_zone", "time_zone") from None
        self._check_expression(at)

    def _check_expression(self, at: datetime) -> None:
        words = self.expression.split()
        is_cron = self.rhythm is Rhythm.CRON
        if not words or len(self.expression) > EXPRESSION_MAX or (is_cron and len(words) != 5):
            raise BadSchedule("expression", self.rhythm.value)
        try:
            times = list(islice(self.times(at), _TRIED))
        except (CronSimError, OnCalendarError, ValueError, OverflowError, AssertionError, RuntimeError):
            raise BadSchedule("expression", self.rhythm.value) from None
        if not times:
            raise BadSchedule("expression", "never")
        if any(later - earlier < SHORTEST for earlier, later in pairwise(times)):
            raise BadSchedule("expression", "often")


def _calendar(schedule: Schedule, local: datetime) -> Iterator[datetime]:
    return iter(OnCalendar(schedule.expression, local))
