"""Writes of what the tool does about personal data: holds, blanks, doomed files, deeds, reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.actors import Actor
from core.audit import Fact, record
from core.secrets import encrypt
from directory.models import Person
from incidents.models import Incident
from privacy.models import DoomedFile, LegalHold, PersonalDeed, RetentionReport, Withheld

HOLD = "legal_hold"
"""Subject of events about legal holds."""


def hold(incident: Incident, *, reason: str, by: Person, actor: Actor, now: datetime) -> LegalHold:
    """Stores a legal hold on an incident."""
    row = LegalHold.objects.create(incident=incident, reason=reason, by=by, since=now)
    record(Fact("privacy.hold_set", HOLD, row.pk, now, actor, "§7", {"number": incident.number}))
    return row


def release(incident: Incident, *, by: Person, actor: Actor, now: datetime) -> bool:
    """Ends the legal hold of an incident; False when there is none."""
    row = LegalHold.objects.filter(incident=incident, until=None).first()
    if row is None:
        return False
    row.until, row.ended_by = now, by
    row.save(update_fields=["until", "ended_by"])
    record(Fact("privacy.hold_ended", HOLD, row.pk, now, actor, "§7", {"number": incident.number}))
    return True


def blank(rows: QuerySet[Withheld], *, text: str) -> int:
    """Keeps a stand-in instead of what was once withheld and went back since; returns how many."""
    return rows.filter(returned_at__isnull=False).update(sealed=encrypt(text))


def doom(names: Sequence[str], *, now: datetime) -> int:
    """Keeps that files are to be removed; returns how many."""
    rows = [DoomedFile(stored_name=name, since=now) for name in names]
    DoomedFile.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def due_files(*, limit: int = 200) -> list[DoomedFile]:
    """Files to be removed, locked; those another one is removing are left to it."""
    return list(DoomedFile.objects.select_for_update(skip_locked=True).order_by("pk")[:limit])


def keep_deed(kind: PersonalDeed.Kind, **facts: Any) -> PersonalDeed:
    """Keeps that somebody searched, exported or erased a person."""
    return PersonalDeed.objects.create(kind=kind, **facts)


def report_retention(**facts: Any) -> RetentionReport:
    """Keeps what a run of the retention did about a type."""
    return RetentionReport.objects.create(**facts)
