"""What an incident came to, folded from its events in the order of the log. Pure; §9, R8–R10, KPIs of the dossier.

Only instants the log holds count: nobody can edit a figure without writing history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

RANKS = ("critical", "high", "medium", "low")
OPEN = frozenset({"new", "in_progress", "on_hold"})
LATE_PERCENT = 75


class Told(NamedTuple):
    """An entry of the log, as far as figures read it."""

    kind: str
    at: datetime
    actor_kind: str
    actor_id: str
    data: Mapping[str, Any]


class Hold(NamedTuple):
    """A stretch on hold; `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    pauses: bool


@dataclass(slots=True)
class Stop:
    """The first and the last time a clock stopped: when, as what, after how many consumed seconds."""

    at: datetime
    state: str
    used_s: int
    last_used_s: int


@dataclass(slots=True)
class Story:
    """The life of an incident. `values` are the last told values of its fields."""

    recorded_at: datetime
    reported_at: datetime
    values: dict[str, Any] = field(default_factory=dict)
    canton: str = ""
    observed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: int = 0
    climbed: set[str] = field(default_factory=set)
    holds: list[Hold] = field(default_factory=list)
    stops: dict[str, Stop] = field(default_factory=dict)
    late_clocks: set[str] = field(default_factory=set)
    is_downgraded_late: bool = False
    hands: set[str] = field(default_factory=set)
    heard_back: bool = False
    _first_by_hands: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.values.get("status") in OPEN

    @property
    def is_cancelled(self) -> bool:
        """Whether it turned out to be none."""
        return self.values.get("status") == "cancelled"

    @property
    def kind(self) -> str:
        """What kind of incident it is."""
        if self.values.get("is_flood"):
            return "flood"
        return "major" if self.values.get("is_major") else "single"

    @property
    def is_first_contact(self) -> bool | None:
        """Resolved by the first who dealt with it, at once and for good; None: not resolved, or no person called."""
        if self.first_resolved_at is None or self.values.get("channel") == "monitoring":
            return None
        return self._first_by_hands and not self.reopened and not self.climbed

    def held_s(self, until: datetime, *, only_pausing: bool) -> int:
        """Real seconds on hold before an instant."""
        return sum(
            max(0, _seconds(hold.since, min(hold.until or until, until)))
            for hold in self.holds
            if hold.pauses or not only_pausing
        )


def fold(log: Iterable[Told]) -> Story | None:
    """The story its events tell; None when it was never opened."""
    story: Story | None = None
    for told in log:
        if story is None:
            if told.kind != "incident.opened":
                continue
            reported = told.data["set"].get("reported_at")
            observed = told.data.get("observed_at")
            story = Story(
                recorded_at=told.at,
                reported_at=datetime.fromisoformat(reported) if reported else told.at,
                observed_at=datetime.fromisoformat(observed) if observed else None,
            )
        _take(story, told)
    return story


def _take(story: Story, told: Told) -> None:
    changes: Mapping[str, Any] = told.data.get("set", {})
    _look_at_kind(story, told, changes)
    if changes:
        _follow_hands(story, told, changes)
        if "priority" in changes:
            _weigh_downgrade(story, changes["priority"])
        if changes.get("acknowledged_at") and told.actor_kind == "person" and story.acknowledged_at is None:
            story.acknowledged_at = told.at
        if "status" in changes:
            _move(story, told, changes["status"])
        story.values.update(changes)
    if "canton" in told.data:
        story.canton = told.data["canton"] or ""


def _look_at_kind(story: Story, told: Told, changes: Mapping[str, Any]) -> None:
    match told.kind:
        case "incident.escalated":
            story.climbed.add(told.data["chain"])
        case "incident.reopened":
            story.reopened += 1
        case "incident.answered":
            story.heard_back = True
        case "sla.checkpoint" if told.data["percent"] >= LATE_PERCENT:
            story.late_clocks.add(told.data["clock"])
        case "sla.breached":
            story.late_clocks.add(told.data["clock"])
        case "sla.stopped":
            _stop(story, told)


def _stop(story: Story, told: Told) -> None:
    clock, used = told.data["clock"], told.data["elapsed_s"]
    story.late_clocks.discard(clock)
    before = story.stops.get(clock)
    if before is not None and before.state != "cancelled":  # what was cancelled and came back was not decided yet
        before.last_used_s = used
    else:
        story.stops[clock] = Stop(told.at, told.data["state"], used, used)


def _weigh_downgrade(story: Story, priority: str) -> None:
    """A lower priority while a promise that is still open was used up to three quarters or more (R8)."""
    before = story.values.get("priority", priority)
    if story.late_clocks and RANKS.index(priority) > RANKS.index(before):
        story.is_downgraded_late = True


def _follow_hands(story: Story, told: Told, changes: Mapping[str, Any]) -> None:
    """Everybody who dealt with it until it was first resolved."""
    if story.first_resolved_at is not None:
        return
    for name in ("assignee", "service_desk_agent"):
        if changes.get(name):
            story.hands.add(str(changes[name]))
    if changes.get("status") == "resolved":
        if told.actor_kind == "person":
            story.hands.add(told.actor_id)
        alone = len(story.hands) == 1 and told.actor_kind == "person"
        story._first_by_hands = alone and not story.holds and not story.heard_back


def _move(story: Story, told: Told, status: str) -> None:
    if story.holds and story.holds[-1].until is None:
        story.holds[-1] = story.holds[-1]._replace(until=told.at)
    if status == "on_hold":
        story.holds.append(Hold(told.at, None, bool(told.data.get("pauses", True))))
    if status == "resolved":
        story.resolved_at = told.at
        story.first_resolved_at = story.first_resolved_at or told.at
    if status in ("resolved", "cancelled"):
        story.ended_at = told.at
    elif status in OPEN:
        story.ended_at = story.resolved_at = None


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())
