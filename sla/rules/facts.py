"""The vocabulary of clocks: a *fact* is an event that matters to a clock, a *segment* is a stretch in which it ran or
stood for one reason, a *state* is what `sla.rules.clock.derive` makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from process.schema import Circumstances, ClockKind, Priority

FactKind = Literal[
    "opened",
    "acknowledged",
    "priority",
    "paused",
    "resumed",
    "resolved",
    "reopened",
    "closed",
    "cancelled",
    "canton",
    "kind",
    "category",
    "module",
    "school",
    "channel",
    "major",
    "merged",
    "due",
]
CLASSIFYING: frozenset[FactKind] = frozenset(Circumstances._fields)  # type: ignore[arg-type]
"""Facts that say under which circumstances a promise is chosen; each field of `Circumstances` is one."""
State = Literal["running", "paused", "met", "breached", "cancelled"]
OVERDUE = "overdue"
RECLASSIFIED = "reclassified"


@dataclass(frozen=True, slots=True)
class SlaFact:
    """Something that happened to an incident and that its clocks must know.

    `opened` carries the priority, the canton and the other circumstances (`case`) the incident began with; `priority`
    and `canton` carry the new one, the other classifying facts theirs as `value`. `merged` carries in `since` when the
    incident that was merged into this one was reported (R17).
    `pauses` says whether a hold stops the resolution clock; `reason` is the pending reason, for people. `due` concerns
    one `clock` only: `due_at` was set by hand, or None takes that back (R15). `event` is the entry of the log it was
    read from, for people; clocks do not look at it.
    """

    at: datetime
    kind: FactKind
    priority: Priority | None = None
    canton: str | None = None
    pauses: bool = True
    rule: str = ""
    reason: str = ""
    clock: ClockKind | None = None
    due_at: datetime | None = None
    event: int | None = field(default=None, compare=False)
    case: Circumstances | None = None
    value: str | int | bool | None = None
    since: datetime | None = None

    @property
    def circumstances(self) -> Circumstances:
        """Of `opened`: what the incident began with."""
        case = self.case or Circumstances()
        return case._replace(priority=self.priority or case.priority, canton=self.canton)

    @property
    def change(self) -> dict[str, Any]:
        """Of a classifying fact: the circumstance it sets; nothing for a priority that is not named."""
        match self.kind:
            case "priority":
                return {"priority": self.priority} if self.priority is not None else {}
            case "canton":
                return {"canton": self.canton}
        return {self.kind: self.value}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which the clock ran or stood: why, by which rule, in which calendar, at which cost in seconds.

    `number` counts the promises (1, and one more after each change of priority, of the other circumstances when
    another promise follows, or of a due instant set by hand). `target` is the key of the promise in the document.
    `priority` and `canton` are those the promise was chosen by; `is_by_hand` when a due instant set by hand counted
    instead. `event` is the entry of the log behind `why`.
    """

    begins_at: datetime
    ends_at: datetime
    state: Literal["running", "standing"]
    why: FactKind
    rule: str
    calendar: str
    seconds: int
    number: int
    target_s: int
    reason: str = ""
    priority: Priority | None = None
    canton: str | None = None
    is_by_hand: bool = False
    event: int | None = field(default=None, compare=False)
    target: str = ""


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock at an instant; the fields are the columns of `sla.models.Clock`, and the segments that led there."""

    kind: ClockKind
    state: State
    segment: int
    target_s: int
    calendar: str
    elapsed_s: int
    as_of: datetime
    due_at: datetime | None
    manual_due_at: datetime | None
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    breach_cause: str
    next_percent: int | None
    next_check_at: datetime | None
    segments: tuple[Segment, ...]
    priority: Priority | None = None
    target: str = ""

    @property
    def deadline(self) -> datetime | None:
        """When it breaks: `due_at`, and while it stands a due instant set by hand, which does not wait (R15)."""
        return self.due_at or (self.manual_due_at if self.stopped_at is None else None)

    @property
    def is_standing(self) -> bool:
        """Whether the clock is paused, broken or not (R5)."""
        return self.stopped_at is None and self.due_at is None
