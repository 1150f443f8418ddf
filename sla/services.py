"""Writes of the SLA app: clocks start, follow what happens to their incident, and warn when a checkpoint is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection

from core.actors import SYSTEM, Actor
from core.audit import Fact, record_all
from core.bulk import insert_rows, update_rows
from incidents.models import Incident
from process.rules.calendar import hours
from process.schema import ClockKind, Document
from process.selectors import document as document_of
from sla.models import Checkpoint, Clock
from sla.rules.checkpoints import BREACH, following, reached, seconds_at
from sla.rules.clock import OVERDUE, ClockState, SlaFact, derive
from sla.selectors import facts_for, seconds_used

NOT_STORED = ("kind", "segments", "priority", "target")
COLUMNS = [field.name for field in fields(ClockState) if field.name not in NOT_STORED]
# Clock and incident are locked together, as verbs lock the incident first. Plain SQL, because composing this query in
# the ORM costs more than all the rest of a sweep that finds nothing. At its due instant itself a clock is met (R9).
_CLAIM = """
SELECT c.id FROM sla_clock AS c JOIN incidents_incident AS i ON i.id = c.incident_id
WHERE c.next_check_at <= %s AND (c.next_percent < %s OR c.next_check_at < %s OR c.breached_at IS NOT NULL)
ORDER BY c.next_check_at LIMIT %s FOR NO KEY UPDATE OF c, i SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A checkpoint that a clock has passed and that is to be announced. Clock and incident are locked."""

    clock: Clock
    incident: Incident
    percent: int
    is_breach: bool


def start(
    incidents_with_facts: Sequence[tuple[Incident, list[SlaFact]]], *, document: Document, now: datetime
) -> dict[int, datetime | None]:
    """Starts both clocks of new incidents in two statements (R3, R4). Returns the earliest due instant per incident.

    A back-dated incident may have passed checkpoints already; the next sweep announces the highest one.
    """
    rows, log, due = [], [], {}
    for incident, facts in incidents_with_facts:
        states = [derive(kind, facts, document, now) for kind in ClockKind]
        rows += [_first_row(incident, state, facts, document) for state in states]
        due[incident.pk] = _earliest(states)
        promises = [
            {"clock": s.kind.value, "target_s": s.target_s, "calendar": s.calendar, "due_at": _iso(s.due_at)}
            for s in states
        ]
        log.append(_fact("sla.started", incident.pk, now, SYSTEM, document, {"clocks": promises}))
    Clock.objects.bulk_create(rows)
    record_all(log)
    return due


def refresh(
    incident: Incident, facts: list[SlaFact], *, document: Document, now: datetime, actor: Actor
) -> datetime | None:
    """Brings the clocks of an incident up to its facts. Returns the earliest due instant of those that run.

    The caller holds the lock on the incident. A checkpoint that fell due before this change and was not announced yet
    stays due, so that a breach followed at once by a solution still escalates (P-5.4).
    """
    rows = {row.kind: row for row in Clock.objects.select_for_update(no_key=True).filter(incident_id=incident.pk)}
    states, log = [], []
    for kind in ClockKind:
        state = derive(kind, facts, document, now)
        row = rows.get(kind.value)
        if row is None:
            _first_row(incident, state, facts, document).save(force_insert=True)
        else:
            log += _log_change(row, state, now, actor, document)
            missed = _missed(row, state, document.sla.checkpoints)
            _take_over(row, state)
            if missed is not None:
                row.next_percent, row.next_check_at = missed, state.as_of
        states.append(state)
    _write(rows.values())
    record_all(log)
    return _earliest(states)


def claim_due(*, now: datetime, limit: int = 1000) -> list[Due]:
    """Takes the clocks whose next checkpoint is due, records what they passed and moves them on (P-9.3, R11).

    Each checkpoint is returned to one caller once, ever; of several passed at once (after an outage) only the highest
    is returned, all are recorded. Call it inside the transaction that acts on the result: clock and incident are
    locked together, and rows that somebody else works on are left for the next sweep.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now, BREACH, now, limit])
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    clocks = list(
        Clock.objects.select_related("incident")
        .prefetch_related("incident__school", "incident__assignee", "incident__team")
        .filter(pk__in=ids)
        .order_by("next_check_at")
    )
    given = _given(clocks)
    passed = {clock.pk: [p for p in _advance(clock, now) if _key(clock, p) not in given[clock.pk]] for clock in clocks}
    _write(clocks)
    insert_rows(
        Checkpoint,
        [
            {"clock_id": clock.pk, "segment": clock.segment, "percent": percent, "at": now}
            for clock in clocks
            for percent in passed[clock.pk]
        ],
        once="clock_id, segment, percent",
    )
    dues = [
        Due(clock, clock.incident, passed[clock.pk][-1], passed[clock.pk][-1] == BREACH)
        for clock in clocks
        if passed[clock.pk]
    ]
    record_all(_announcement(due, now) for due in dues)
    return dues


def repair(incident_ids: Iterable[int]) -> None:
    """Writes the clocks of these incidents anew from their events, as of the instant each was last written (R1)."""
    facts = facts_for(list(incident_ids))
    rows = list(Clock.objects.select_for_update(no_key=True).filter(incident_id__in=list(facts)))
    given = _given(rows)
    by_key = {(row.incident_id, row.kind): row for row in rows}
    for incident in Incident.objects.filter(pk__in=list(facts)):
        document, of_incident = document_of(incident.process_version_id), facts[incident.pk]
        for kind in ClockKind:
            row = by_key.get((incident.pk, kind.value))
            if row is None:
                state = derive(kind, of_incident, document, of_incident[-1].at)
                _first_row(incident, state, of_incident, document).save(force_insert=True)
            else:
                _mend(row, derive(kind, of_incident, document, row.as_of), given[row.pk])
    _write(rows)


def _mend(row: Clock, state: ClockState, given: set[tuple[int | None, int]]) -> None:
    """Believes the derived state, and of the row only a breach that was announced (R8)."""
    announced = (None, BREACH) in given
    if not announced:
        row.breached_at = None
    row.next_percent = row.next_check_at = None
    _take_over(row, state)
    if announced and state.breached_at is not None:
        row.next_percent = row.next_check_at = None


def _first_row(incident: Incident, state: ClockState, facts: list[SlaFact], document: Document) -> Clock:
    """A row that nobody has been warned about: its pointer stands at the first checkpoint, passed or not."""
    row = Clock(incident_id=incident.pk, kind=state.kind.value, **_columns(state))
    if state.breached_at is not None:
        row.next_percent, row.next_check_at = BREACH, state.breached_at
    elif state.next_percent is not None and state.next_percent != document.sla.checkpoints[0]:
        first = derive(state.kind, facts[:1], document, state.started_at)
        row.next_percent, row.next_check_at = first.next_percent, first.next_check_at
    return row


def _columns(state: ClockState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in COLUMNS}


def _take_over(row: Clock, state: ClockState) -> None:
    """Writes a derived state into a row, but forgets no announcement that is still owed and no recorded breach (R8)."""
    values = _columns(state)
    if state.breached_at is not None:
        owed = row.breached_at is None or row.next_percent == BREACH
        values |= {"next_percent": BREACH, "next_check_at": state.breached_at} if owed else {}
    elif row.breached_at is not None:
        kept = ("state", "breached_at", "breach_cause", "next_percent", "next_check_at")
        values |= {name: getattr(row, name) for name in kept}
    elif _owes_warning(row, state):
        values |= {"next_percent": row.next_percent, "next_check_at": row.next_check_at}
    for name, value in values.items():
        setattr(row, name, value)


def _owes_warning(row: Clock, state: ClockState) -> bool:
    if row.next_check_at is None or row.segment != state.segment or state.stopped_at is not None:
        return False
    return row.next_check_at <= state.as_of


def _missed(row: Clock, state: ClockState, checkpoints: Sequence[int]) -> int | None:
    """The first warning that nobody got because its clock stood; it is owed from the moment the clock runs again.

    Before a date set by hand a pause uses up what is left (R15), so the share that is used leaps when it ends (R11).
    """
    stood = row.stopped_at is None and row.due_at is None and row.segment == state.segment
    if not stood or state.is_standing or state.stopped_at is not None or state.breached_at is not None:
        return None
    before = reached(checkpoints, target_s=row.target_s, elapsed_s=row.elapsed_s)
    after = reached(checkpoints, target_s=state.target_s, elapsed_s=state.elapsed_s)
    return next((percent for percent in after if percent not in before), None)


def _log_change(row: Clock, state: ClockState, now: datetime, actor: Actor, document: Document) -> list[Fact]:
    """The event for a clock that paused, went on or stopped; none when it only moved."""
    was_stopped, was_standing = row.stopped_at is not None, row.stopped_at is None and row.due_at is None
    data: dict[str, Any] = {"clock": state.kind.value, "elapsed_s": state.elapsed_s}
    if state.stopped_at is not None and not was_stopped:
        kind, data = "sla.stopped", data | {"state": state.state}
    elif state.stopped_at is None and state.is_standing and not was_standing:
        kind = "sla.paused"
    elif state.stopped_at is None and not state.is_standing and (was_stopped or was_standing):
        kind, data = "sla.resumed", data | {"due_at": _iso(state.due_at)}
    else:
        return []
    return [_fact(kind, row.incident_id, now, actor, document, data)]


def _given(clocks: Sequence[Clock]) -> dict[int, set[tuple[int | None, int]]]:
    """What was announced already, per clock."""
    given: dict[int, set[tuple[int | None, int]]] = defaultdict(set)
    for point in Checkpoint.objects.filter(clock__in=[clock.pk for clock in clocks]):
        given[point.clock_id].add(_key(point, point.percent))
    return given


def _key(of: Clock | Checkpoint, percent: int) -> tuple[int | None, int]:
    """Warnings are given once per segment, the breach once per clock (R8, R11)."""
    return (None if percent == BREACH else of.segment, percent)


def _advance(clock: Clock, now: datetime) -> list[int]:
    """Counts a clock up to `now` and points it at its next checkpoint. Returns the checkpoints it owed, rising."""
    document = document_of(clock.incident.process_version_id)
    canton = clock.incident.school.canton if clock.incident.school else None
    checkpoints = document.sla.checkpoints
    runs = clock.stopped_at is None and clock.due_at is not None
    first_owed = clock.next_percent or BREACH
    clock.elapsed_s = seconds_used(clock, document=document, canton=canton, now=now)
    clock.as_of = max(clock.as_of, now)
    owed = [
        percent
        for percent in reached(checkpoints, target_s=clock.target_s, elapsed_s=clock.elapsed_s)
        if percent >= first_owed
    ]
    deadline = clock.deadline if clock.stopped_at is None else None
    if clock.breached_at is None and deadline is not None and now > deadline:
        clock.state, clock.breached_at, clock.breach_cause = Clock.State.BREACHED.value, deadline, OVERDUE
    clock.next_percent = clock.next_check_at = None
    if clock.breached_at is not None:
        return [*owed, BREACH]
    if runs:
        percent = following(checkpoints, target_s=clock.target_s, elapsed_s=clock.elapsed_s)
        left = seconds_at(percent, clock.target_s) - clock.elapsed_s
        opening = hours(document.calendar(clock.calendar), canton)
        clock.next_percent = percent
        clock.next_check_at = clock.due_at if percent == BREACH else opening.add(clock.as_of, left)
    elif deadline is not None:
        clock.next_percent, clock.next_check_at = BREACH, deadline
    return owed


def _announcement(due: Due, now: datetime) -> Fact:
    clock, document = due.clock, document_of(due.incident.process_version_id)
    data: dict[str, Any] = {"clock": clock.kind, "target_s": clock.target_s, "due_at": _iso(clock.deadline)}
    if due.is_breach:
        data |= {"breached_at": _iso(clock.breached_at), "cause": clock.breach_cause}
        return _fact("sla.breached", due.incident.pk, now, SYSTEM, document, data)
    return _fact("sla.checkpoint", due.incident.pk, now, SYSTEM, document, data | {"percent": due.percent})


def _write(rows: Iterable[Clock]) -> None:
    """Updates any number of clocks in one statement."""
    update_rows(Clock, [{"id": row.pk, **{name: getattr(row, name) for name in COLUMNS}} for row in rows])


def _earliest(states: Iterable[ClockState]) -> datetime | None:
    """The first due instant of clocks that still run, broken ones and those that wait for a set date included."""
    return min((s.deadline for s in states if s.stopped_at is None and s.deadline is not None), default=None)


def _fact(kind: str, incident_id: int, now: datetime, actor: Actor, document: Document, data: dict[str, Any]) -> Fact:
    return Fact(kind, "incident", incident_id, now, actor, document.sla.paragraph, data)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
