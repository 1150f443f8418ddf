"""Whether the records still say what happened: the chain, orphans, deadlines without owner, caches against replay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection

import figures.checks
from core.models import Event
from core.sealing import Finding, verify
from incidents.models import Incident
from incidents.rules.replay import replay
from incidents.services import attribute

_ORPHANS = {
    "incident without its opening event": """
        SELECT i.number FROM incidents_incident i WHERE NOT EXISTS (
          SELECT 1 FROM core_event e WHERE e.subject_type = 'incident' AND e.subject_id = i.id
          AND e.kind = 'incident.opened')""",
    "events of an incident that is gone": """
        SELECT DISTINCT e.subject_id::text FROM core_event e WHERE e.subject_type = 'incident'
        AND NOT EXISTS (SELECT 1 FROM incidents_incident i WHERE i.id = e.subject_id)""",
    "open incident without clocks": """
        SELECT i.number FROM incidents_incident i WHERE i.status IN ('new', 'in_progress', 'on_hold')
        AND NOT EXISTS (SELECT 1 FROM sla_clock c WHERE c.incident_id = i.id)""",
    "clock with a deadline on an incident that is over": """
        SELECT i.number FROM sla_clock c JOIN incidents_incident i ON i.id = c.incident_id
        WHERE c.next_check_at IS NOT NULL AND i.status IN ('resolved', 'closed', 'cancelled')""",
    "update owed on an incident that is over": """
        SELECT i.number FROM sla_updateclock u JOIN incidents_incident i ON i.id = u.incident_id
        WHERE i.status IN ('resolved', 'closed', 'cancelled')""",
    "call waiting on an incident that is over": """
        SELECT i.number FROM escalation_step s JOIN incidents_incident i ON i.id = s.incident_id
        WHERE s.state = 'calling' AND i.status IN ('resolved', 'closed', 'cancelled')""",
    "seat of the team called to an incident that is over or no major": """
        SELECT i.number FROM escalation_seatcall c JOIN incidents_incident i ON i.id = c.incident_id
        WHERE c.state = 'calling' AND (i.status IN ('resolved', 'closed', 'cancelled') OR NOT i.is_major)""",
    "call without a next instant": """
        SELECT i.number FROM escalation_step s JOIN incidents_incident i ON i.id = s.incident_id
        WHERE s.state = 'calling' AND s.next_call_at IS NULL""",
    "incident nobody was ever called for": """
        SELECT i.number FROM incidents_incident i WHERE i.status = 'new' AND i.acknowledged_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM escalation_step s WHERE s.incident_id = i.id)""",
}


def findings(*, now: datetime, anchor: Path | None = None) -> Iterator[Finding]:
    """Everything that does not fit, or nothing."""
    yield from verify(now=now, anchor=anchor)
    for problem, query in _ORPHANS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for (name,) in cursor.fetchall():
                yield Finding(problem, name)
    yield from _replayed()
    yield from figures.checks.findings()


def _replayed(size: int = 500) -> Iterator[Finding]:
    last = 0
    while batch := list(Incident.objects.filter(pk__gt=last).order_by("pk")[:size]):
        told: dict[int, list[dict[str, object]]] = {}
        rows = Event.objects.filter(subject_type="incident", subject_id__in=[row.pk for row in batch])
        for subject, data in rows.order_by("pk").values_list("subject_id", "data"):
            told.setdefault(subject, []).append(data)
        for incident in batch:
            for name, value in replay(told.get(incident.pk, [])).items():
                stored = getattr(incident, attribute(name))
                if stored != value:
                    yield Finding("differs from its events", incident.number, f"{name}: {stored!r}, told {value!r}")
        last = batch[-1].pk
