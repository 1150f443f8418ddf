"""Ticks on the duties of a level (P-5.1, P-5.2). No change of the record, so nobody's form about it becomes stale."""

from __future__ import annotations

from datetime import datetime

from core.actors import Actor
from core.audit import Fact, record
from directory.models import Person
from incidents.models import DutyDone, Incident


def tick_duty(
    incident: Incident, *, chain: str, level: int, key: str, rule: str, person: Person, actor: Actor, now: datetime
) -> bool:
    """Stores who has done a duty and when, with its event; False when it was done already: the first one stays."""
    _tick, created = DutyDone.objects.get_or_create(
        incident=incident, chain=chain, level=level, key=key, defaults={"by": person, "at": now}
    )
    if created:
        _record("incident.duty_done", incident, chain, level, key, rule, actor, now)
    return created


def untick_duty(
    incident: Incident, *, chain: str, level: int, key: str, rule: str, actor: Actor, now: datetime
) -> bool:
    """Takes a tick back, with its event; False when there was none."""
    removed, _rows = DutyDone.objects.filter(incident=incident, chain=chain, level=level, key=key).delete()
    if removed:
        _record("incident.duty_undone", incident, chain, level, key, rule, actor, now)
    return bool(removed)


def _record(
    kind: str, incident: Incident, chain: str, level: int, key: str, rule: str, actor: Actor, now: datetime
) -> None:
    data = {"chain": chain, "level": level, "duty": key}
    record(Fact(kind, "incident", incident.pk, now, actor, rule, data))
