"""The SLA clock as a pure function: facts of an incident, the process document and an instant give its state (R1).

Nothing here is stored or remembered; `sla.models.Clock` caches what `derive` says. The vocabulary is in `facts.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from core.rules.workhours import Hours
from process.rules.calendar import hours
from process.schema import ClockKind, Document
from sla.rules.checkpoints import BREACH, following, seconds_at
from sla.rules.facts import CLASSIFYING, OVERDUE, RECLASSIFIED, ClockState, FactKind, Segment, SlaFact, State

__all__ = ["OVERDUE", "RECLASSIFIED", "ClockState", "FactKind", "Segment", "SlaFact", "State", "derive"]


def derive(kind: ClockKind, facts: Sequence[SlaFact], document: Document, now: datetime) -> ClockState:
    """The state of a clock at `now` (R1).

    Facts come in the order in which they were recorded; one that claims to be older than its predecessor counts at the
    predecessor's instant, and a `now` before the last fact counts as the last fact (R16). Raises ValueError when the
    first fact is not `opened` with a priority.
    """
    if not facts or facts[0].kind != "opened" or facts[0].priority is None:
        raise ValueError("the facts of a clock begin with 'opened' and a priority")
    ordered = _in_order(facts)
    replay = _Replay(kind, document, ordered[0])
    for is_classifying, together in groupby(ordered[1:], key=_classification):
        if is_classifying:
            replay.reclassify(list(together))
        else:
            for fact in together:
                replay.take(fact)
    return replay.state(max(now, ordered[-1].at))


def _in_order(facts: Sequence[SlaFact]) -> list[SlaFact]:
    """Facts with instants that never go back; of several changes of priority at one instant the last counts (Q10)."""
    ordered: list[SlaFact] = []
    for fact in facts:
        ordered.append(fact if not ordered or fact.at >= ordered[-1].at else replace(fact, at=ordered[-1].at))
    last = {(fact.kind, fact.at): index for index, fact in enumerate(ordered)}
    return [
        fact for index, fact in enumerate(ordered) if fact.kind not in CLASSIFYING or last[fact.kind, fact.at] == index
    ]


def _classification(fact: SlaFact) -> datetime | None:
    """Classifying facts of one instant are one change: what one of them alone would promise is never looked at."""
    return fact.at if fact.kind in CLASSIFYING else None


class _Promise(NamedTuple):
    """What is promised: so many seconds of these opening hours, by which target."""

    key: str
    target_s: int
    calendar: str
    hours: Hours


class _Replay:
    """Winds one clock through the facts. `at` is the instant up to which everything is counted."""

    def __init__(self, kind: ClockKind, document: Document, opened: SlaFact) -> None:
        self.kind = kind
        self.document = document
        self.case = opened.circumstances
        self.manual: datetime | None = None
        self.why = opened
        self.at = self.started_at = opened.at
        self.elapsed = 0
        self.number = 1
        self.stands = False
        self.stop: SlaFact | None = None
        self.breached_at: datetime | None = None
        self.cause = ""
        self.segments: list[Segment] = []
        self.promise = self._promised()
        self._run()

    def take(self, fact: SlaFact) -> None:
        """Lets a fact act on the clock."""
        match fact.kind:
            case "acknowledged":
                if self.kind is ClockKind.RESPONSE:
                    self._halt(fact)
            case "resolved" | "closed" | "cancelled":
                self._halt(fact)
            case "paused" | "resumed":
                self._stand(fact, stands=fact.kind == "paused" and fact.pauses)
            case "reopened":
                self._restart(fact)
            case "due":
                self._fix(fact)
            case "merged":
                self._begin_earlier(fact)

    def state(self, now: datetime) -> ClockState:
        """The clock at `now`, which is not before the last fact."""
        self._count(now)
        runs = self.stop is None and not self.stands
        percent = check_at = None
        if runs and self.breached_at is None:
            percent = following(self.document.sla.checkpoints, target_s=self.promise.target_s, elapsed_s=self.elapsed)
            left = seconds_at(percent, self.promise.target_s) - self.elapsed
            check_at = self.due if percent == BREACH else self.promise.hours.add(now, left)
        elif self.stop is None and self.manual is not None and self.breached_at is None:
            percent, check_at = BREACH, self.due
        return ClockState(
            kind=self.kind,
            state=self._name(),
            segment=self.number,
            target_s=self.promise.target_s,
            calendar=self.promise.calendar,
            elapsed_s=self.elapsed,
            as_of=now,
            due_at=None if self.stands else self.due,
            manual_due_at=self.manual,
            started_at=self.started_at,
            stopped_at=self.stop.at if self.stop else None,
            breached_at=self.breached_at,
            breach_cause=self.cause,
            next_percent=percent,
            next_check_at=check_at,
            segments=tuple(self.segments),
            priority=self.case.priority,
            target=self.promise.key,
        )

    def _name(self) -> State:
        if self.breached_at is not None:
            return "breached"
        if self.stop is not None:
            return "cancelled" if self.stop.kind == "cancelled" else "met"
        return "paused" if self.stands else "running"

    def _count(self, until: datetime) -> None:
        """Closes the stretch that began at `at`: costs opening hours while running, nothing while standing (R5).

        A due instant set by hand also breaks while the clock stands: it does not wait (R15).
        """
        runs = self.stop is None and not self.stands
        seconds = self.promise.hours.elapsed(self.at, until) if runs else 0
        self.elapsed += seconds
        can_break = runs or (self.stop is None and self.manual is not None)
        if can_break and self.breached_at is None and until > self.due:
            self.breached_at, self.cause = self.due, OVERDUE
        if until > self.at:
            self.segments.append(self._segment(self.at, until, seconds, self.why, runs=runs))
        self.at = until

    def _segment(self, begin: datetime, end: datetime, seconds: int, why: SlaFact, *, runs: bool) -> Segment:
        return Segment(
            begins_at=begin,
            ends_at=end,
            state="running" if runs else "standing",
            why=why.kind,
            rule=why.rule,
            calendar=self.promise.calendar,
            seconds=seconds,
            number=self.number,
            target_s=self.promise.target_s,
            reason=why.reason,
            priority=self.case.priority,
            canton=self.case.canton,
            is_by_hand=self.manual is not None,
            event=why.event,
            target=self.promise.key,
        )

    def _promised(self) -> _Promise:
        """The promise for the present circumstances; up to a due instant set by hand, what lies before it."""
        target = self.document.sla.target_for(self.kind, self.case)
        opening = hours(self.document.calendar(target.calendar), self.case.canton)
        if self.manual is None:
            seconds = target.length_s(opening, self.started_at)
        else:
            seconds = self.elapsed + opening.elapsed(self.at, self.manual)
        return _Promise(target.key, seconds, target.calendar, opening)

    def _run(self) -> None:
        """Finds the due instant for what is left from `at` on; a promise already broken keeps the instant it broke.

        One set by hand keeps its instant. If it passed while the incident was over, it breaks when work goes on.
        """
        left = self.promise.target_s - self.elapsed
        if self.manual is not None:
            self.due = self.manual if self.breached_at is not None else max(self.manual, self.at)
        elif left <= 0 and self.breached_at is not None:
            self.due = self.breached_at
        else:
            self.due = self.promise.hours.add(self.at, max(0, left))

    def reclassify(self, facts: Sequence[SlaFact]) -> None:
        """Consumed seconds carry over into the new promise; more than it allows breaks it at this instant (R7)."""
        before = self.case
        for fact in facts:
            self.case = self.case._replace(**fact.change)
        if self.stop is None and (self.case.priority != before.priority or self._promised() != self.promise):
            # counted as what it was: what lies before the change is told by the circumstances of then
            self.case, changed = before, self.case
            self._count(facts[-1].at)
            self.case = changed
            self._promise_anew(next((fact for fact in facts if fact.kind == "priority"), facts[-1]))

    def _begin_earlier(self, fact: SlaFact) -> None:
        """What was merged into it was reported earlier: the promise counts from then (R17)."""
        if self.stop is not None or fact.since is None or fact.since >= self.started_at:
            return
        self._count(fact.at)
        seconds = self.promise.hours.elapsed(fact.since, self.started_at)
        self.segments.insert(0, self._segment(fact.since, self.started_at, seconds, fact, runs=True))
        self.started_at = fact.since
        self.elapsed += seconds
        self._promise_anew(fact)

    def _promise_anew(self, fact: SlaFact) -> None:
        self.promise = self._promised()
        self.number += 1
        if not self.stands:
            self.why = fact
        if self.breached_at is None and self.manual is None and self.elapsed >= self.promise.target_s:
            self.breached_at, self.cause = fact.at, OVERDUE if fact.kind == "due" else RECLASSIFIED
        self._run()

    def _fix(self, fact: SlaFact) -> None:
        """A lead sets the due instant by hand; it stands until taken back, and then what was consumed counts (R15)."""
        wanted = max(fact.due_at, fact.at) if fact.due_at is not None else None
        if fact.clock is not self.kind or wanted == self.manual:
            return
        if self.stop is None:
            self._count(fact.at)
        self.manual = wanted
        if self.stop is None:
            self._promise_anew(fact)

    def _halt(self, fact: SlaFact) -> None:
        """Stops the clock; during a pause it had stood already, so nothing is gained (R9)."""
        if self.stop is None:
            self._count(fact.at)
            self.stop, self.why = fact, fact

    def _stand(self, fact: SlaFact, *, stands: bool) -> None:
        """Pauses or resumes the resolution clock; the response clock never pauses (R5). Saying it twice is neutral."""
        if self.kind is ClockKind.RESPONSE or self.stop is not None or stands == self.stands:
            return
        self._count(fact.at)
        self.stands, self.why = stands, fact
        if not stands:
            self.promise = self._promised()
            self._run()

    def _restart(self, fact: SlaFact) -> None:
        """Reopening lets the clock go on where it stopped; the time between does not count (R10).

        An answer once given stays given: the response clock only goes on when its incident had been cancelled.
        """
        if self.stop is None or (self.kind is ClockKind.RESPONSE and self.stop.kind != "cancelled"):
            return
        self._count(fact.at)
        self.stop, self.stands, self.why = None, False, fact
        if self._promised() != self.promise:
            self._promise_anew(fact)
        self._run()
