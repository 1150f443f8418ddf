"""«What would be due when?» for an agreement somebody makes up: the facts are built, `derive` does the rest. Pure.

A promise of seconds is no entry of the document, so the document gets an agreement for this one question: each step
of it stands for a change, and where a clock asks by priority it names the step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import cast

from core.rules.workhours import Hours
from process.schema import ClockKind, Document, Priority, Sla, SlaTarget, When
from sla.rules.clock import ClockState, SlaFact, derive

KIND = ClockKind.RESOLUTION
"""The clock that pauses."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised from an instant on: seconds of a calendar's opening hours in a canton (None: its default)."""

    at: datetime
    target_s: int
    calendar: str
    canton: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch [begins_at, ends_at) in which the clock stands."""

    begins_at: datetime
    ends_at: datetime


class _Step(SlaTarget):
    """A promise to the second."""

    seconds: int

    def length_s(self, opening: Hours, since: datetime) -> int:
        return self.seconds


def preview(terms: Sequence[Terms], pauses: Sequence[Pause], document: Document) -> ClockState:
    """The clock at the instant at which it is due, with the segments that lead there.

    `terms` begin with the start and rise; `pauses` lie behind it and do not overlap. What comes after the due instant
    is left out. When a change leaves less than was used, the clock breaks at that change (`breach_cause`). Raises
    ValueError when the due instant lies beyond what calendars reach.
    """
    agreed = document.model_copy(update={"sla": _agreement(terms, document)})
    facts = _facts(terms, pauses)
    end = derive(KIND, facts, agreed, facts[-1].at)
    due = end.breached_at or end.due_at
    if due is None:
        raise ValueError("a pause without an end is never due")
    state = derive(KIND, [fact for fact in facts if fact.at <= due], agreed, due)
    return replace(
        state,
        due_at=due,
        priority=None,
        segments=tuple(replace(segment, priority=None) for segment in state.segments),
    )


def _agreement(terms: Sequence[Terms], document: Document) -> Sla:
    targets = [
        _Step.model_construct(
            key=f"terms_{place}",
            clock=KIND,
            rank=place + 1,
            when=When.model_construct(priority=[_name(place)]),
            target_min=1,
            seconds=term.target_s,
            calendar=term.calendar,
            paragraph=document.sla.paragraph,
        )
        for place, term in enumerate(terms)
    ]
    return document.sla.model_copy(update={"targets": targets})


def _facts(terms: Sequence[Terms], pauses: Sequence[Pause]) -> list[SlaFact]:
    """In order; at one instant a pause ends before another begins. One without length is none (Q6)."""
    first = terms[0]
    found = [(first.at, 0, SlaFact(first.at, "opened", priority=_name(0), canton=first.canton))]
    for place, (before, term) in enumerate(pairwise(terms), start=1):
        if (term.target_s, term.calendar) != (before.target_s, before.calendar):
            found.append((term.at, 2, SlaFact(term.at, "priority", priority=_name(place))))
        if term.canton != before.canton:
            found.append((term.at, 3, SlaFact(term.at, "canton", canton=term.canton)))
    for pause in pauses:
        if pause.ends_at > pause.begins_at:
            found.append((pause.begins_at, 4, SlaFact(pause.begins_at, "paused")))
            found.append((pause.ends_at, 1, SlaFact(pause.ends_at, "resumed")))
    return [fact for _at, _rank, fact in sorted(found, key=lambda entry: entry[:2])]


def _name(place: int) -> Priority:
    """What a clock calls the terms in that place."""
    return cast(Priority, f"terms {place}")
