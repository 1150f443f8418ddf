"""A school is set up or changed, with what depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

import directory.services
from directory.models import School
from incidents import services
from incidents.models import FINAL_VALUES, Incident
from incidents.services import Move
from lifecycle.access import MANAGE_PEOPLE, By, require
from lifecycle.case_desk import let_duties_follow_school
from lifecycle.desk import let_clocks_follow


@transaction.atomic
def save_school(school: School | None = None, *, changes: Mapping[str, Any], by: By, now: datetime) -> School:
    """Creates a school (None) or changes it. In another canton other holidays count for its incidents (P-9.2, R7),
    and what a breach asks of it follows its law (P-7.3).

    What their clocks have consumed stays consumed. Raises Forbidden, and BadEntry for wrong values.
    """
    require(by, MANAGE_PEOPLE)
    canton_before = school.canton if school is not None else None
    law_before = _law_of(school) if school is not None else None
    saved = directory.services.save_school(school, actor=by.actor, now=now, changes=changes)
    if canton_before not in (None, saved.canton):
        _relocate(saved, by=by, now=now)
    if law_before not in (None, _law_of(saved)):
        let_duties_follow_school(saved)
    return saved


def _law_of(school: School) -> tuple[str, str, str]:
    """What decides under which data-protection law it stands (§7)."""
    return school.legal_kind, school.canton, school.city


def _relocate(school: School, *, by: By, now: datetime) -> None:
    """Resolved incidents hear of it too: they may be reopened."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("school").filter(school=school)
    incidents = list(rows.exclude(status__in=FINAL_VALUES).order_by("pk"))
    if not incidents:
        return
    moves = [Move(incident, "incident.relocated", "§9", {}, {"canton": school.canton}) for incident in incidents]
    services.change_locked(moves, actor=by.actor, now=now)
    for incident in incidents:
        let_clocks_follow(incident, by=by, now=now)
