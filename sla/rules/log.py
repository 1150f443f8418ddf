"""From the log to facts: which events of an incident its clocks must know, and what each means for them (R1, R3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from incidents.rules.states import Status
from process.schema import Circumstances, ClockKind, Priority
from sla.rules.facts import FactKind, SlaFact

SET_BY_HAND = ("incident.due_set", "incident.due_cleared")


class Entry(Protocol):
    """What is read of an entry of the log."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def rule(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Words(NamedTuple):
    """What events name by number: the cantons of schools (where an event does not tell it), the keys of modules."""

    cantons: Mapping[int, str]
    modules: Mapping[int, str]


def facts_in(event: Entry, words: Words) -> Iterator[SlaFact]:
    """The facts one event states, in the order in which they act."""
    changes: Mapping[str, Any] = event.data.get("set", {})
    if event.kind == "incident.opened":
        yield _opened(event, changes, words)
        return
    if "priority" in changes:
        yield SlaFact(event.at, "priority", priority=Priority(changes["priority"]), rule=event.rule)
    if "canton" in event.data or "school" in changes or "school_id" in changes:
        yield SlaFact(event.at, "canton", canton=_canton(event, changes, words), rule=event.rule)
    yield from _circumstances(event, changes, words)
    if event.kind in SET_BY_HAND:
        yield _by_hand(event)
    if _is_answer(event, changes):
        yield SlaFact(event.at, "acknowledged", rule=event.rule)
    if event.kind == "incident.absorbed" and "reported_at" in event.data:
        yield SlaFact(event.at, "merged", rule=event.rule, since=datetime.fromisoformat(event.data["reported_at"]))
    kind = _move(changes.get("status"), event.data.get("was", {}).get("status"))
    if kind is not None:
        yield SlaFact(
            event.at,
            kind,
            pauses=bool(event.data.get("pauses", True)),
            rule=event.rule,
            reason=changes.get("pending_reason", "") if kind == "paused" else "",
        )


def _opened(event: Entry, changes: Mapping[str, Any], words: Words) -> SlaFact:
    reported = changes.get("reported_at")
    priority, canton = Priority(changes["priority"]), _canton(event, changes, words)
    case = Circumstances(
        priority=priority,
        canton=canton,
        category=changes.get("category", ""),
        module=words.modules.get(named(changes, "module") or 0, ""),
        school=named(changes, "school"),
        channel=changes.get("channel", ""),
        major=bool(changes.get("is_major")),
    )
    at = datetime.fromisoformat(reported) if reported else event.at
    return SlaFact(at, "opened", priority=priority, canton=canton, rule=event.rule, case=case)


def _circumstances(event: Entry, changes: Mapping[str, Any], words: Words) -> Iterator[SlaFact]:
    if "school" in changes or "school_id" in changes:
        yield SlaFact(event.at, "school", value=named(changes, "school"), rule=event.rule)
    if "module" in changes or "module_id" in changes:
        yield SlaFact(event.at, "module", value=words.modules.get(named(changes, "module") or 0, ""), rule=event.rule)
    if "category" in changes:
        yield SlaFact(event.at, "category", value=changes["category"], rule=event.rule)
    if "channel" in changes:
        yield SlaFact(event.at, "channel", value=changes["channel"], rule=event.rule)
    if "is_major" in changes:
        yield SlaFact(event.at, "major", value=bool(changes["is_major"]), rule=event.rule)
    if event.kind == "incident.contact_reclassified":
        yield SlaFact(event.at, "kind", value=event.data["kind"], rule=event.rule)


def _by_hand(event: Entry) -> SlaFact:
    due_at = event.data.get("due_at")
    return SlaFact(
        event.at,
        "due",
        rule=event.rule,
        clock=ClockKind(event.data["clock"]),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
    )


def _canton(event: Entry, changes: Mapping[str, Any], words: Words) -> str | None:
    """The event's own word counts, whatever became of the school later (R1)."""
    canton: str | None = event.data.get("canton") or words.cantons.get(named(changes, "school") or 0)
    return canton


def named(changes: Mapping[str, Any], name: str) -> int | None:
    """The primary key that an event sets; events name the field or its column."""
    found: int | None = changes.get(name) or changes.get(f"{name}_id")
    return found


def _is_answer(event: Entry, changes: Mapping[str, Any]) -> bool:
    """Whether the response clock stops here: the first acknowledgement, or a public answer by a person (R3)."""
    if event.kind == "incident.messaged":
        return event.actor_kind == "person"
    return event.kind == "incident.acknowledged" or bool(changes.get("acknowledged_at"))


def _move(status: str | None, was: str | None) -> FactKind | None:
    """What a change of status means for a clock; None when it means nothing."""
    match status:
        case Status.ON_HOLD:
            return "paused"
        case Status.RESOLVED:
            return "resolved"
        case Status.CLOSED:
            return "closed"
        case Status.CANCELLED:
            return "cancelled"
        case Status.NEW | Status.IN_PROGRESS if was == Status.ON_HOLD:
            return "resumed"
        case Status.NEW | Status.IN_PROGRESS if was in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED):
            return "reopened"
    return None
