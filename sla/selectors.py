"""Reads of the SLA app: the facts behind clocks, the cached clocks, and where both disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.models import Event
from directory.models import Module, School
from incidents.models import Incident
from process.rules.calendar import hours
from process.schema import Circumstances, ClockKind, Document, Priority
from process.selectors import document as document_of
from sla.models import Checkpoint, Clock
from sla.rules.checkpoints import BREACH
from sla.rules.clock import ClockState, SlaFact, derive
from sla.rules.log import Entry, Words, facts_in, named

COMPARED = (
    "state",
    "segment",
    "target_s",
    "calendar",
    "elapsed_s",
    "due_at",
    "manual_due_at",
    "started_at",
    "stopped_at",
    "breached_at",
    "breach_cause",
)
OF_THE_BREACH = ("state", "breached_at", "breach_cause")


def facts_of(incident_id: int) -> list[SlaFact]:
    """The SLA facts of one incident, in the order of its events (R1, R16); empty when it has none."""
    return facts_for([incident_id]).get(incident_id, [])


def facts_for(incident_ids: Collection[int]) -> dict[int, list[SlaFact]]:
    """The SLA facts of many incidents, in two or three queries."""
    events = Event.objects.filter(
        subject_type="incident", subject_id__in=incident_ids, kind__startswith="incident."
    ).order_by("id")
    # rows instead of models: most of what reading a long log costs is making its objects
    rows = events.values_list("id", "subject_id", "kind", "at", "rule", "actor_kind", "data", named=True)
    log = list(rows)
    words = _words_for(log)
    facts: dict[int, list[SlaFact]] = defaultdict(list)
    for event in log:
        facts[event.subject_id] += [replace(fact, event=event.id) for fact in facts_in(event, words)]
    return {pk: _without_later_answers(found) for pk, found in facts.items()}


def _words_for(log: Iterable[Entry]) -> Words:
    changes = [event.data.get("set", {}) for event in log]
    schools, modules = ({pk for made in changes if (pk := named(made, name))} for name in ("school", "module"))
    return Words(
        cantons=dict(School.objects.filter(pk__in=schools).values_list("pk", "canton")) if schools else {},
        modules=dict(Module.objects.filter(pk__in=modules).values_list("pk", "key")) if modules else {},
    )


def _without_later_answers(facts: list[SlaFact]) -> list[SlaFact]:
    """Only the first answer moves a clock (R3); later ones would only move the instant of the last fact."""
    answers = [fact for fact in facts if fact.kind == "acknowledged"]
    return [fact for fact in facts if fact.kind != "acknowledged" or fact is answers[0]]


def opening_facts(incident: Incident) -> list[SlaFact]:
    """The facts of an incident that was opened this moment: the same as `facts_of` will read from its event (R4)."""
    canton = incident.school.canton if incident.school else None
    priority = Priority(incident.priority)
    case = Circumstances(
        priority=priority,
        canton=canton,
        category=incident.category,
        module=incident.module.key if incident.module else "",
        school=incident.school_id,
        channel=incident.channel,
    )
    return [SlaFact(incident.reported_at, "opened", priority=priority, canton=canton, case=case)]


def clocks_for(incident_ids: Collection[int]) -> dict[int, list[Clock]]:
    """The cached clocks per incident, response first, in one query."""
    clocks: dict[int, list[Clock]] = {pk: [] for pk in incident_ids}
    for clock in Clock.objects.filter(incident_id__in=incident_ids).order_by("incident_id", "-kind"):
        clocks[clock.incident_id].append(clock)
    return clocks


def seconds_used(clock: Clock, *, document: Document, canton: str | None, now: datetime) -> int:
    """Seconds a clock has consumed at `now`: what is cached, and what has run since."""
    if clock.stopped_at is not None or clock.due_at is None:
        return clock.elapsed_s
    return clock.elapsed_s + hours(document.calendar(clock.calendar), canton).elapsed(clock.as_of, now)


def most_used(incident: Incident, *, document: Document, now: datetime) -> int:
    """Per cent of its promise that the most used clock of an incident has consumed; a breach is at least 100.

    Stopped clocks do not count: nothing that is decided can be moved any more. A date set by hand does not make the
    promise longer here, or it would be the way around the second person (R8).
    """
    canton = incident.school.canton if incident.school else None
    shares = [
        max(
            100 if clock.breached_at else 0,
            seconds_used(clock, document=document, canton=canton, now=now) * 100 // max(1, _promised(clock, document)),
        )
        for clock in clocks_for([incident.pk])[incident.pk]
        if clock.stopped_at is None
    ]
    return max(shares, default=0)


def _promised(clock: Clock, document: Document) -> int:
    if clock.manual_due_at is None:
        return clock.target_s
    facts = [fact for fact in facts_of(clock.incident_id) if fact.kind != "due"]
    return derive(ClockKind(clock.kind), facts, document, clock.as_of).target_s


def explain(incident: Incident, *, now: datetime) -> list[ClockState]:
    """Each clock at `now` with the segments that led there, derived afresh; empty when the incident has no events."""
    facts, document = facts_of(incident.pk), document_of(incident.process_version_id)
    return [derive(kind, facts, document, now) for kind in ClockKind] if facts else []


@dataclass(frozen=True, slots=True)
class Difference:
    """A cached clock that is not what the events say. `fields` maps a name to (stored, derived) as text."""

    incident_id: int
    number: str
    kind: ClockKind
    fields: dict[str, tuple[str, str]]

    def __str__(self) -> str:
        parts = (f"{name} is {stored}, events say {derived}" for name, (stored, derived) in self.fields.items())
        return f"{self.number} {self.kind.value}: {'; '.join(parts)}"


def differences(incident_ids: Collection[int]) -> list[Difference]:
    """Clocks that disagree with a recomputation from the events, to the second (R1); a missing clock is one, too."""
    facts, clocks = facts_for(incident_ids), clocks_for(incident_ids)
    given: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for clock_id, segment, percent in Checkpoint.objects.filter(clock__incident_id__in=incident_ids).values_list(
        "clock_id", "segment", "percent"
    ):
        given[clock_id].add((segment, percent))
    found = []
    for incident in Incident.objects.filter(pk__in=list(facts)).order_by("pk"):
        document = document_of(incident.process_version_id)
        rows = {clock.kind: clock for clock in clocks[incident.pk]}
        for kind in ClockKind:
            row = rows.get(kind.value)
            if row is None:
                fields = {"clock": ("missing", "wanted")}
            else:
                fields = _compare(row, derive(kind, facts[incident.pk], document, row.as_of), given[row.pk])
            if fields:
                found.append(Difference(incident.pk, incident.number, kind, fields))
    return found


def _compare(row: Clock, fresh: ClockState, given: set[tuple[int, int]]) -> dict[str, tuple[str, str]]:
    announced = any(percent == BREACH for _, percent in given)
    # a breach that was announced stays a fact, even if a correction at the very same instant took it back (R8)
    stays_broken = announced and row.breached_at is not None and fresh.breached_at is None
    unlike = {
        name: (_plain(getattr(row, name)), _plain(getattr(fresh, name)))
        for name in COMPARED
        if _plain(getattr(row, name)) != _plain(getattr(fresh, name)) and not (stays_broken and name in OF_THE_BREACH)
    }
    if not stays_broken and not _will_announce(row, fresh, given):
        unlike["next_check_at"] = (_plain(row.next_check_at), _plain(fresh.next_check_at))
    return unlike


def _will_announce(row: Clock, fresh: ClockState, given: set[tuple[int, int]]) -> bool:
    """Whether the row will give the next warning: the derived one, or an earlier one that is due but not given yet."""
    if row.next_check_at is None or row.next_percent is None:
        broken_in_silence = fresh.breached_at is not None and all(percent != BREACH for _, percent in given)
        return fresh.next_check_at is None and not broken_in_silence
    if (row.next_percent, row.next_check_at) == (fresh.next_percent, fresh.next_check_at):
        return True
    return row.next_check_at <= row.as_of and (row.segment, row.next_percent) not in given


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
