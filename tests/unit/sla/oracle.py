"""An independent, slow judge: it walks through every minute of a window and asks the wall clock whether it is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from process.schema import ClockKind, Document, Priority
from sla.rules.clock import SlaFact

ZURICH = ZoneInfo("Europe/Zurich")
MINUTE = timedelta(minutes=1)
DAYS = 28
AUTUMN = datetime(2026, 10, 12, tzinfo=UTC)  # the clocks go back on 25 October
SPRING = datetime(
    2027, 3, 15, tzinfo=UTC
)  # St Joseph (Ticino only), Good Friday (Zurich only), Easter; the clocks go forward on 28 March
_OPEN = [(time(8), time(12)), (time(13), time(17))]
_HOLIDAYS = {
    "ZH": {date(2027, 3, 26), date(2027, 3, 29)},
    "TI": {date(2027, 3, 19), date(2027, 3, 29)},
}


def is_open(calendar: str, canton: str, instant: datetime) -> bool:
    """Whether the office (Mon–Fri 08–12, 13–17) or the service around the clock is open in this minute."""
    if calendar == "always":
        return True
    local = instant.astimezone(ZURICH)
    if local.weekday() > 4 or local.date() in _HOLIDAYS[canton]:
        return False
    return any(opens <= local.time() < closes for opens, closes in _OPEN)


@cache
def open_minutes(calendar: str, canton: str, window: datetime) -> list[int]:
    """Open minutes before each minute of a window: the difference of two entries is the time elapsed."""
    steps = range(DAYS * 24 * 60)
    return list(accumulate((is_open(calendar, canton, window + n * MINUTE) for n in steps), initial=0))


class Verdict(NamedTuple):
    """What the judge says of a clock."""

    state: str
    elapsed_s: int
    breached_at: datetime | None


def judge(kind: ClockKind, facts: Sequence[SlaFact], document: Document, now: datetime, window: datetime) -> Verdict:
    """Walks from the first fact to `now`, minute by minute; facts lie on whole minutes of the window."""
    walk = _Walk(kind, document, facts[0])
    waiting = list(facts[1:])
    minute = (facts[0].at - window) // MINUTE
    while True:
        instant = window + minute * MINUTE
        while waiting and waiting[0].at == instant:
            walk.meet(waiting.pop(0))
        if instant >= now:
            return walk.verdict()
        if walk.can_break:
            walk.see_whether_due(instant)
        if walk.runs:
            counted = open_minutes(walk.calendar, walk.canton, window)
            walk.pass_minute(instant, counted[minute + 1] - counted[minute])
        minute += 1


class _Walk:
    def __init__(self, kind: ClockKind, document: Document, opened: SlaFact) -> None:
        self.kind, self.document = kind, document
        self.canton = opened.canton or "ZH"
        self.used = 0
        self.paused = False
        self.end = ""
        self.broken_at: datetime | None = None
        self.full_at: datetime | None = None  # when all is used up, or the instant set by hand
        self.fixed: datetime | None = None
        self.wanted_fixed: datetime | None = None
        self.promise(opened.priority)

    @property
    def runs(self) -> bool:
        return not self.end and not self.paused

    @property
    def can_break(self) -> bool:
        return not self.end and (self.fixed is not None or not self.paused)

    def promise(self, priority: Priority | None) -> None:
        assert priority is not None
        self.priority = self.wanted = priority
        target = self.document.sla.target(self.kind, priority)
        assert target.target_min is not None
        self.target, self.calendar = target.target_min, target.calendar

    def promise_anew(self, at: datetime) -> None:
        self.promise(self.wanted)
        self.fixed = self.wanted_fixed
        if self.fixed is not None:
            self.full_at = max(self.fixed, at)
            return
        self.full_at = at if self.used >= self.target else None
        if self.used >= self.target and self.broken_at is None:
            self.broken_at = at

    def see_whether_due(self, instant: datetime) -> None:
        if self.full_at is not None and instant >= self.full_at and self.broken_at is None:
            self.broken_at = self.full_at

    def pass_minute(self, instant: datetime, cost: int) -> None:
        self.used += cost
        if self.used >= self.target and self.full_at is None:
            self.full_at = instant + MINUTE

    def meet(self, fact: SlaFact) -> None:
        if fact.kind == "priority":
            self.wanted = fact.priority or self.wanted
        elif fact.kind == "canton":
            self.canton = fact.canton or "ZH"
        elif fact.kind == "due":
            if fact.clock is self.kind:
                self.wanted_fixed = max(fact.due_at, fact.at) if fact.due_at else None
        elif fact.kind in ("resolved", "closed", "cancelled") or (
            fact.kind == "acknowledged" and self.kind == ClockKind.RESPONSE
        ):
            self.end = self.end or fact.kind
        elif fact.kind == "reopened" or not self.end:
            self.stand_or_go_on(fact)
        if (self.wanted, self.wanted_fixed) != (self.priority, self.fixed) and not self.end:
            self.promise_anew(fact.at)

    def stand_or_go_on(self, fact: SlaFact) -> None:
        if fact.kind == "reopened" and self.end and (self.kind == ClockKind.RESOLUTION or self.end == "cancelled"):
            self.end, self.paused = "", False
            if self.full_at is not None:
                self.full_at = max(self.fixed, fact.at) if self.fixed else fact.at
        elif fact.kind in ("paused", "resumed") and self.kind == ClockKind.RESOLUTION:
            was, self.paused = self.paused, fact.kind == "paused" and fact.pauses
            if was and not self.paused and self.full_at is not None and self.fixed is None:
                self.full_at = fact.at

    def verdict(self) -> Verdict:
        ended = "cancelled" if self.end == "cancelled" else "met"
        state = ended if self.end else "paused" if self.paused else "running"
        return Verdict("breached" if self.broken_at else state, self.used * 60, self.broken_at)
