"""The sweeper: carries out everything whose time has come, once, however many sweepers run (D2.2).

Every deadline is a row with an indexed instant. Each kind is claimed in batches under row locks that other sweepers
skip over, so two at once act once, a killed one leaves its batch for the next, and nothing due costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import CharField, QuerySet, Value

import escalation.services
from core import pulses
from escalation.models import SeatCall, Step
from escalation.selectors import reason_paragraph
from heartbeats.models import Heartbeat
from incidents.models import OPEN_VALUES, Alert, Incident
from incidents.rules.states import Status
from lifecycle import (
    breach_duties,
    checkpoints,
    circumstances,
    data_protection,
    family,
    finish,
    heartbeats,
    notice_reminders,
    progress,
    team,
    updates,
)
from lifecycle.access import RULES
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for
from lifecycle.respond import resumed
from privacy.models import AffectedSchool, Case, Duty
from process.schema import ChainName
from sla.models import Clock, UpdateClock

log = structlog.get_logger()
ONE_BY_ONE, TOGETHER = 100, 500
"""Rows of a batch, each incident of which stays locked until its end: those acted on singly take a while."""
MOST_BATCHES = 100
TRY_AGAIN = timedelta(minutes=5)


@dataclass
class Swept:
    """How much a sweep did, per kind."""

    done: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything together; 0 means nothing was due."""
        return sum(self.done.values())


@dataclass(frozen=True, slots=True)
class NextDue:
    """The kind of deadline that comes first, and its instant."""

    step: str
    at: datetime


def next_due() -> NextDue | None:
    """What a sweep will find first, whenever that is; None when nothing is ahead."""
    return min(_ahead(), key=lambda due: due.at, default=None)


def _ahead() -> list[NextDue]:
    """The first deadline of each kind that has one."""
    with connection.cursor() as cursor:
        cursor.execute(*_soonest())
        return [NextDue(step, at) for step, at in cursor.fetchall()]


def run(step: str, *, now: datetime) -> int:
    """One batch of one kind, for who knows from `next_due` what is due; how much was done. A failure is raised."""
    work = STEPS[step]
    return work.act(now, work.batch)


@lru_cache(maxsize=1)
def _soonest() -> tuple[str, tuple[Any, ...]]:
    """The first deadline of each kind in one statement, composed once: composing costs more than running it."""
    rows = [
        rows.order_by(column).values_list(Value(step, output_field=CharField()), column)[:1]
        for step, (rows, column) in _deadlines().items()
    ]
    sql, params = rows[0].union(*rows[1:], all=True).query.sql_with_params()
    return sql, tuple(params)


def _deadlines() -> dict[str, tuple[QuerySet[Any], str]]:
    waiting = Incident.objects.filter(status=Status.ON_HOLD.value, pending_until__isnull=False)
    resolved = Incident.objects.filter(status=Status.RESOLVED.value, auto_close_at__isnull=False)
    weighed = Incident.objects.filter(status__in=OPEN_VALUES, weigh_at__isnull=False)
    return {
        "checkpoints": (Clock.objects.filter(next_check_at__isnull=False), "next_check_at"),
        "calls": (Step.objects.filter(state=Step.State.CALLING, next_call_at__isnull=False), "next_call_at"),
        "progress": (Step.objects.filter(progress_due_at__isnull=False), "progress_due_at"),
        "privacy": (Case.objects.filter(next_call_at__isnull=False), "next_call_at"),
        "breach_duties": (Duty.objects.filter(next_alarm_at__isnull=False), "next_alarm_at"),
        "school_reminders": (AffectedSchool.objects.filter(next_reminder_at__isnull=False), "next_reminder_at"),
        "team": (SeatCall.objects.filter(due_at__isnull=False), "due_at"),
        "heartbeats": (Heartbeat.objects.filter(due_at__isnull=False), "due_at"),
        "recoveries": (Alert.objects.filter(resolve_at__isnull=False), "resolve_at"),
        "circumstances": (weighed, "weigh_at"),
        "updates": (UpdateClock.objects.filter(next_at__isnull=False), "next_at"),
        "waiting": (waiting, "pending_until"),
        "closing": (resolved, "auto_close_at"),
    }


def sweep(*, now: datetime) -> Swept:
    """Runs every kind that is due until nothing is left, within reason. One that fails stops no other."""
    swept = Swept(dict.fromkeys(STEPS, 0))
    due = {deadline.step for deadline in _ahead() if deadline.at <= now}
    if "heartbeats" in due:
        heartbeats.excuse_our_absence(now=now)
    for name, work in STEPS.items():
        if name not in due:
            continue
        done = 0
        try:
            for _turn in range(MOST_BATCHES):
                count = work.act(now, work.batch)
                done += count
                if count < work.batch:
                    break
        except Exception:
            log.exception("sweep.failed", step=name)
        swept.done[name] = done
    pulses.show("sweeper", at=now, data=swept.done)
    return swept


@transaction.atomic
def _unanswered(now: datetime, batch: int) -> int:
    """Calls nobody answered go on to the next person, then to the next level (P-5.3)."""
    steps = escalation.services.claim_due(now=now, limit=batch)
    exhausted = escalation.services.call_next(steps, now=now, actor=RULES.actor)
    pks = [entry.incident_id for entry in exhausted]
    locked = {
        incident.pk: incident
        for incident in Incident.objects.select_for_update(of=("self",))
        .select_related("assignee", "team")
        .filter(pk__in=pks, status__in=OPEN_VALUES)
    }
    climbs = []
    for entry in exhausted:
        incident = locked.get(entry.incident_id)
        if incident is None:
            continue
        chain = rules_for(incident).chain(ChainName(entry.chain))
        target = entry.to_level + 1
        if target <= chain.top and incident.level_on(entry.chain) < target:
            rule = reason_paragraph(chain, target, "not_acknowledged")
            climbs.append(Climb(incident, chain.name, target, "not_acknowledged", rule))
    climb_all(climbs, by=RULES, now=now)
    return len(steps)


@transaction.atomic
def _recovered(now: datetime, batch: int) -> int:
    """A recovery that held through its grace resolves the incident, unless another alert still fires (P-2.3)."""
    alerts = list(
        Alert.objects.select_for_update(skip_locked=True).filter(resolve_at__lte=now).order_by("resolve_at")[:batch]
    )
    held = Alert.objects.filter(pk__in=[alert.pk for alert in alerts])
    held.update(resolve_at=None)
    pks = {alert.incident_id for alert in alerts if alert.incident_id and alert.state == Alert.State.CLEARED}
    firing = set(
        Alert.objects.filter(incident_id__in=pks, state=Alert.State.FIRING).values_list("incident_id", flat=True)
    )
    incidents = (
        Incident.objects.select_for_update(of=("self",))
        .select_related("assignee")
        .filter(pk__in=pks - firing, status__in=OPEN_VALUES, is_major=False)
        .order_by("pk")
    )
    failed = _each(incidents, lambda incident: _resolve_recovered(incident, now))
    held.filter(incident__in=failed).update(resolve_at=now + TRY_AGAIN)
    return len(alerts)


def _resolve_recovered(incident: Incident, now: datetime) -> None:
    """A parent with open children is left to people, as a major is: the recovery stands on its timeline."""
    if family.open_below(incident):
        return
    text = "Die Überwachung meldet Erholung; sie hielt über die Wartefrist an."
    policy = rules_for(incident).monitoring
    finish.resolved(incident, code=policy.resolve_code, text=text, by=RULES, now=now, rule=policy.paragraph)


def _each(incidents: Iterable[Incident], act: Callable[[Incident], object]) -> list[Incident]:
    """Acts on each within a savepoint, so that one that cannot be handled holds up no other. Returns those."""
    failed = []
    for incident in incidents:
        try:
            with transaction.atomic():
                act(incident)
        except Exception:
            log.exception("sweep.failed_for", incident=incident.number)
            failed.append(incident)
    return failed


@transaction.atomic
def _waited_long_enough(now: datetime, batch: int) -> int:
    """Waiting incidents whose date has come go on (R6)."""
    waiting = list(
        Incident.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pending_until__lte=now, status=Status.ON_HOLD.value)
        .order_by("pending_until")[:batch]
    )
    _each(waiting, lambda incident: resumed(incident, by=RULES, now=now, why="date_reached"))
    return len(waiting)


@transaction.atomic
def _closing(now: datetime, batch: int) -> int:
    """Resolved incidents nobody objected to close by themselves after the days the document gives."""
    resolved = list(
        Incident.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(auto_close_at__lte=now, status=Status.RESOLVED.value)
        .order_by("auto_close_at")[:batch]
    )
    _each(
        resolved,
        lambda incident: finish.closed(incident, by=RULES, now=now, rule=rules_for(incident).reopen.paragraph),
    )
    return len(resolved)


@dataclass(frozen=True, slots=True)
class Work:
    """What is done when a kind of deadline is due, and how many at a time."""

    act: Callable[[datetime, int], int]
    batch: int


STEPS = {
    "checkpoints": Work(checkpoints.passed, TOGETHER),
    "calls": Work(_unanswered, TOGETHER),
    "progress": Work(progress.missing, ONE_BY_ONE),
    "privacy": Work(data_protection.unanswered, ONE_BY_ONE),
    "breach_duties": Work(breach_duties.alarms, TOGETHER),
    "school_reminders": Work(notice_reminders.remind, TOGETHER),
    "team": Work(team.unanswered, TOGETHER),
    "heartbeats": Work(heartbeats.sweep, TOGETHER),
    "recoveries": Work(_recovered, ONE_BY_ONE),
    "circumstances": Work(circumstances.weigh, TOGETHER),
    "updates": Work(updates.remind, TOGETHER),
    "waiting": Work(_waited_long_enough, ONE_BY_ONE),
    "closing": Work(_closing, ONE_BY_ONE),
}
