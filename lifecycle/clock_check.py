"""Every night stored clocks (R1) and figures are compared with their events, in steps that fit a task's time limit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from core import pulses
from core.clock import ZURICH
from core.models import Pulse
from figures import checks
from incidents.models import Incident
from sla.selectors import Difference, differences

log = structlog.get_logger()
PULSE = "clock_check"
STEP = 500


def compare_some(*, now: datetime, steps: int = 10) -> int:
    """Compares clocks and figures of the next incidents of this night's round; how many differ, each named in the log.

    The place reached is kept, so that a killed worker costs one step; once the round is through nothing happens.
    """
    night = now.astimezone(ZURICH).date().isoformat()
    pulse = Pulse.objects.filter(name=PULSE).first()
    told: dict[str, Any] = pulse.data if pulse is not None else {}
    round_: dict[str, Any] = (
        told if told.get("night") == night else {"night": night, "after": 0, "found": 0, "is_through": False}
    )
    found = 0
    for _step in range(0 if round_["is_through"] else steps):
        rows = Incident.objects.filter(pk__gt=round_["after"]).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:STEP])
        unlike = _differences(ids)
        for difference in unlike:
            log.error("clock.differs", clock=str(difference))
        miscounted = checks.differences(ids)
        for finding in miscounted:
            log.error("figures.differ", finding=str(finding))
        wrong = len(unlike) + len(miscounted)
        found += wrong
        round_ = {
            "night": night,
            "after": ids[-1] if ids else round_["after"],
            "found": round_["found"] + wrong,
            "is_through": len(ids) < STEP,
        }
        pulses.show(PULSE, at=now, data=round_)
        if round_["is_through"]:
            break
    return found


def _differences(ids: list[int]) -> list[Difference]:
    """Looks a second time, with the incident locked, before it says so: somebody may just have changed it."""
    suspects = sorted({difference.incident_id for difference in differences(ids)})
    if not suspects:
        return []
    with transaction.atomic():
        list(Incident.objects.select_for_update().filter(pk__in=suspects).order_by("pk").only("pk"))
        return differences(suspects)
