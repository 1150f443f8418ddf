"""The one way to write an event. Kinds are declared before use; an unknown kind or a missing fact raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.bulk import insert_rows
from core.models import Event, EventText
from core.said import set_apart


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: what people read (a lazy translation with `%(name)s` places) and the facts it must carry.

    `texts` are facts people type freely. They are kept apart from the log (`core.said`).
    """

    name: str
    text: Any
    needs: frozenset[str] = frozenset()
    icon: str = "circle"
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fact:
    """An event about to be written."""

    kind: str
    subject_type: str
    subject_id: int
    at: datetime
    actor: Actor
    rule: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


_KINDS: dict[str, EventKind] = {}


def declare(*kinds: EventKind) -> None:
    """Makes kinds known; each app's `events.py` does so at import. Declaring one name twice raises ValueError."""
    for kind in kinds:
        if kind.name in _KINDS:
            raise ValueError(f"event kind {kind.name} is declared twice")
        _KINDS[kind.name] = kind


def kind_of(name: str) -> EventKind:
    """The declared kind; KeyError for one nobody declared."""
    return _KINDS[name]


def kinds() -> list[EventKind]:
    """All declared kinds, by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def record(fact: Fact) -> None:
    """Writes one event in the caller's transaction."""
    record_all([fact])


def record_all(facts: Iterable[Fact]) -> None:
    """Writes events in one statement, in the given order, in the caller's transaction; their words in a second one."""
    rows, texts = [], []
    for fact in facts:
        row = _row(fact)
        texts += set_apart(row["data"], _KINDS[fact.kind].texts, subject=(fact.subject_type, fact.subject_id))
        rows.append(row)
    insert_rows(EventText, texts)
    insert_rows(Event, rows)


def _row(fact: Fact) -> dict[str, Any]:
    missing = _KINDS[fact.kind].needs - fact.data.keys()
    if missing:
        raise ValueError(f"event {fact.kind} lacks {', '.join(sorted(missing))}")
    return {
        "kind": fact.kind,
        "at": fact.at,
        "actor_kind": fact.actor.kind,
        "actor_id": fact.actor.id,
        "actor_label": fact.actor.label[:200],
        "via": fact.actor.via,
        "subject_type": fact.subject_type,
        "subject_id": fact.subject_id,
        "rule": fact.rule,
        "data": dict(fact.data),
    }
