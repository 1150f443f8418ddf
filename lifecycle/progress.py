"""Taken on is not got on with: a rung that was answered and then left alone is escalated again (P-5.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

import escalation.progress
import escalation.services
from core.models import Event
from escalation.events import NO_PROGRESS
from escalation.models import Step
from escalation.rules.policy import progress_due
from escalation.services import Entry
from incidents.models import OPEN_VALUES
from incidents.rules.states import Status
from lifecycle.access import RULES
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for
from lifecycle.doorbell import ring_after_commit
from process.schema import ChainName


@transaction.atomic
def missing(now: datetime, batch: int) -> int:
    """One batch of rungs at whose progress it is time to look. Returns how many.

    Whatever a person did on the incident since counts, and waiting is no standstill: then is looked again later. Else
    the next rung is entered; on the last one everybody there is called once more.
    """
    idle = escalation.progress.claim_due(now=now, limit=batch)
    seen = _last_deeds([entry.step.incident_id for entry in idle])
    again: dict[int, datetime] = {}
    stalled: list[Step] = []
    for entry in idle:
        step = entry.step
        if step.incident.status not in OPEN_VALUES:
            continue
        waits = step.incident.status == Status.ON_HOLD.value
        since = now if waits else max(seen.get(step.incident_id, step.at), step.acknowledged_at or step.at)
        due = progress_due(entry.minutes, since=since)
        if due is not None and due > now:
            again[step.pk] = due
        elif due is not None:
            stalled.append(step)
    escalation.progress.look_again(again)
    _escalate_again(stalled, now)
    return len(idle)


def _last_deeds(incident_ids: list[int]) -> dict[int, datetime]:
    """Incident → when a person last did anything on it."""
    deeds = Event.objects.filter(subject_type="incident", subject_id__in=incident_ids, actor_kind="person")
    return dict(deeds.order_by().values_list("subject_id").annotate(Max("at")))


def _escalate_again(stalled: list[Step], now: datetime) -> None:
    climbs, entries = [], []
    for step in stalled:
        rules = rules_for(step.incident)
        chain = rules.chain(ChainName(step.chain))
        if step.to_level < chain.top:
            rule = chain.level(step.to_level).paragraph
            climbs.append(Climb(step.incident, chain.name, step.to_level + 1, NO_PROGRESS, rule))
        else:
            rule = chain.level(step.to_level).paragraph
            entries.append(
                Entry(step.incident, chain.name, step.to_level, NO_PROGRESS, rule, rules, from_level=step.to_level)
            )
    climb_all(climbs, by=RULES, now=now)
    if entries:
        escalation.services.enter(entries, now=now, actor=RULES.actor)
        ring_after_commit()
