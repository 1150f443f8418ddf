"""Each clock of an incident with its promises and the reason of every stretch in which it ran or stood (§9, R1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.audit import kind_of
from core.models import Event
from core.said import with_words
from incidents.models import Incident, PriorityChoice
from lifecycle.clock_words import closed_days, promise_text, rule_of, sentence
from process.schema import Document
from process.selectors import document as document_of
from sla.rules.clock import ClockState, Segment
from sla.rules.stretches import Stretch, stretch_at, stretches
from sla.selectors import explain


@dataclass(frozen=True, slots=True)
class Told:
    """The entry of the log behind a stretch."""

    id: int
    kind: str
    text: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised from an instant on, and why it was this. `segment` holds the figures."""

    since: datetime
    segment: Segment
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch in words. `rule` is ours (R1–R17), `paragraph` the written process's."""

    stretch: Stretch
    text: str
    rule: str
    paragraph: str
    event: Told | None
    closed: list[str]


@dataclass(frozen=True, slots=True)
class ClockStory:
    """A clock, its promises in order, and its stretches; their seconds add up to what it has used."""

    state: ClockState
    promises: list[Promise]
    lines: list[Line]
    at: Line | None = None

    @property
    def promise(self) -> Promise:
        """The one that counts."""
        return self.promises[-1]

    @property
    def sum_s(self) -> int:
        """The seconds of all stretches."""
        return sum(line.stretch.seconds for line in self.lines)

    @property
    def remaining_s(self) -> int:
        """What is left of the promise; never below zero."""
        return max(0, self.state.target_s - self.state.elapsed_s)


def clock_stories(incident: Incident, *, language: str, now: datetime, at: datetime | None = None) -> list[ClockStory]:
    """All clocks of an incident at `now`, and what each did `at` an instant between its start and now.

    Derived from the events, not read from the cache. Empty for an incident without events.
    """
    document = document_of(incident.process_version_id)
    states = explain(incident, now=now)
    wanted = {segment.event for state in states for segment in state.segments if segment.event is not None}
    log = _entries(wanted, document, language)
    return [story_of(state, document, language, log=log, at=at) for state in states]


def story_of(
    state: ClockState,
    document: Document,
    language: str,
    *,
    log: Mapping[int, Told] | None = None,
    at: datetime | None = None,
) -> ClockStory:
    """A clock's state as a story; `log` holds the entries its segments name."""
    known = log or {}
    there = stretch_at(state.segments, document, at) if at is not None else None
    return ClockStory(
        state=state,
        promises=_promises(_kept(state), document, language),
        lines=[_line(part, document, known, language) for part in stretches(state.segments, document)],
        at=_line(there, document, known, language) if there is not None else None,
    )


def _entries(ids: Collection[int], document: Document, language: str) -> dict[int, Told]:
    rows = with_words(Event.objects.filter(pk__in=ids)) if ids else []
    return {row.pk: Told(row.pk, row.kind, _words(row, document, language), row.at, row.actor_label) for row in rows}


def _words(row: Event, document: Document, language: str) -> str:
    """The sentence of an entry, with the names people read for the keys it holds."""
    facts = dict(row.data)
    if row.kind == "incident.held":
        facts["reason"] = document.label("pending_reasons", facts.get("reason"), language)
    if "code" in facts:
        facts["code"] = document.label("closure_codes", facts["code"], language)
    if facts.get("priority") in PriorityChoice.values:
        facts["priority"] = str(PriorityChoice(facts["priority"]).label)
    return str(kind_of(row.kind).text) % defaultdict(lambda: "–", facts)


def _kept(state: ClockState) -> list[Segment]:
    """The segments, and an empty one for a promise that began this very instant."""
    found = list(state.segments)
    if not found or found[-1].number != state.segment:
        found.append(
            Segment(
                begins_at=state.as_of,
                ends_at=state.as_of,
                state="running",
                why="opened",
                rule="",
                calendar=state.calendar,
                seconds=0,
                number=state.segment,
                target_s=state.target_s,
                priority=state.priority,
                is_by_hand=state.manual_due_at is not None,
                target=state.target,
            )
        )
    return found


def _promises(segments: list[Segment], document: Document, language: str) -> list[Promise]:
    first: dict[int, Segment] = {}
    for segment in segments:
        first.setdefault(segment.number, segment)
    return [
        Promise(segment.begins_at, segment, promise_text(segment, document, language)) for segment in first.values()
    ]


def _line(part: Stretch, document: Document, log: Mapping[int, Told], language: str) -> Line:
    segment = part.segment
    return Line(
        stretch=part,
        text=sentence(part, document, language),
        rule=rule_of(part),
        paragraph=document.calendar(segment.calendar).paragraph if part.cause == "closed" else segment.rule,
        event=log.get(segment.event) if segment.event is not None else None,
        closed=closed_days(part.closed, language),
    )
