"""The register forgets what a case said once law and document allow it (N7): the row stays, what was in it goes.

Number, dates, who read it and the sealed log remain, so that nothing breaks and everybody sees that there was a case.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from core.secrets import decrypt
from lifecycle.access import RULES
from lifecycle.case_desk import log
from privacy.models import OVER, Case, Evidence, LegalHold, Withheld
from privacy.rules.severity import HIGH_FROM
from privacy.services import change, doom, empty_case

GRAVE = Q(incident__is_major=True) | Q(severity__gte=HIGH_FROM)
"""What is kept for longer."""


def ended(before: datetime, *, is_grave: bool) -> QuerySet[Case]:
    """Cases that ended before an instant and still hold what was said in them, the grave ones or the others."""
    rows = Case.objects.filter(GRAVE) if is_grave else Case.objects.exclude(GRAVE)
    over = rows.filter(state__in=OVER, emptied_at=None).select_related("incident")
    return over.alias(ended_at=Coalesce("closed_at", "dismissed_at")).filter(ended_at__lt=before)


def held(rows: Sequence[Case]) -> dict[Any, str]:
    """Those under a legal hold, of the case or of its incident."""
    there = LegalHold.objects.filter(incident__in=[row.incident_id for row in rows], until=None)
    incidents = set(there.values_list("incident_id", flat=True))
    return {row.pk: "legal_hold" for row in rows if row.hold_since is not None or row.incident_id in incidents}


def empty(rows: Sequence[Case], now: datetime) -> None:
    """Takes what was said out of cases (locked); files go once that is certain."""
    for case in rows:
        doom(_files_of(case), now=now)
        empty_case(case)
        change(case, now=now, set_={"emptied_at": now})
        log(case, "privacy.emptied", by=RULES, now=now)


def _files_of(case: Case) -> list[str]:
    """Files of the case in our store: evidence, and what was withheld from the incident."""
    withheld = Withheld.objects.filter(case=case, place=Withheld.Place.ATTACHMENT, returned_at=None)
    kept = [str(json.loads(decrypt(row.sealed))["stored_name"]) for row in withheld]
    return kept + list(Evidence.objects.filter(case=case).exclude(file="").values_list("file", flat=True))
