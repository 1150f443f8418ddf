"""Every minute, from outside the engine: is anything late, and does every open incident have a next step (P-5.3)?

The engine acts on rows that are due. What it cannot notice is a row that is missing, or that nobody looks at any more:
this asks for just that, in one cheap statement, and says so to people and to a watch outside the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection

from core import pulses
from core.http import Client, OutboundError
from lifecycle.tick import next_due

log = structlog.get_logger()
PATIENCE = timedelta(minutes=2)
"""How long after its instant a deadline may still be on its way."""
MOST = 50
"""More incidents without a next step are not named one by one."""

_WITHOUT_NEXT_STEP = """
SELECT i.number, CASE
    WHEN bool_or(s.state = 'calling' AND s.next_call_at IS NULL) THEN 'stuck_call'
    WHEN NOT EXISTS (SELECT 1 FROM sla_clock c WHERE c.incident_id = i.id) THEN 'no_clock'
    ELSE 'forgotten' END AS why
FROM incidents_incident i
LEFT JOIN escalation_step s ON s.incident_id = i.id AND s.state = 'calling'
LEFT JOIN directory_person p ON p.id = i.assignee_id
WHERE i.status IN ('new', 'in_progress', 'on_hold')
GROUP BY i.id, p.is_active
HAVING coalesce(bool_or(s.state = 'calling' AND s.next_call_at IS NULL), false)
  OR NOT EXISTS (SELECT 1 FROM sla_clock c WHERE c.incident_id = i.id)
  OR NOT (
    coalesce(p.is_active, false)
    OR coalesce(bool_or(s.next_call_at IS NOT NULL), false)
    OR i.pending_until IS NOT NULL
    OR EXISTS (SELECT 1 FROM sla_clock c WHERE c.incident_id = i.id AND c.next_check_at IS NOT NULL)
  )
ORDER BY i.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """An open incident that would go silent: its number, and why.

    `stuck_call` is a call without a next instant, `no_clock` a promise nobody watches, `forgotten` an incident that
    nobody holds, nobody is called for, and that waits for nothing.
    """

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found: how late the first deadline is (zero within patience), and incidents without a next step."""

    late: timedelta
    gaps: list[Gap]

    @property
    def is_sound(self) -> bool:
        """Nothing is late and nothing is missing."""
        return not self.late and not self.gaps


def audit(*, now: datetime) -> Report:
    """Looks once; changes nothing."""
    due = next_due()
    late = now - due.at if due is not None and now - due.at > PATIENCE else timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_NEXT_STEP, [MOST])
        return Report(late, [Gap(number, why) for number, why in cursor.fetchall()])


def watch(*, now: datetime) -> Report:
    """Audits, leaves the result where the banner and the Health page find it, and tells a watch outside if all is well.

    The address outside hears from us only while all is well (a dead man's switch): it raises the alarm by itself when
    this product, its worker or its machine falls silent, or when deadlines are late.
    """
    report = audit(now=now)
    gaps = [{"number": gap.number, "why": gap.why} for gap in report.gaps]
    pulses.show("auditor", at=now, data={"late_s": round(report.late.total_seconds()), "gaps": gaps})
    if not report.is_sound:
        log.error("audit.unsound", late_s=report.late.total_seconds(), gaps=len(gaps))
    elif settings.HEARTBEAT_URL:
        _beat(settings.HEARTBEAT_URL, now)
    return report


def _beat(url: str, now: datetime) -> None:
    client = Client()
    try:
        client.get(url, now=now)
    except OutboundError as error:
        log.warning("audit.heartbeat_failed", error=str(error))
    finally:
        client.close()
