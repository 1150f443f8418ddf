"""Questions to the roles that §14 consults, and their answers (P-14.1). No change of the record itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.audit import Fact, record, record_all
from directory.models import Person
from incidents.models import Comment, Consultation, Incident


def open_consultations(
    incident: Incident,
    *,
    task: str,
    rule: str,
    roles: Sequence[str],
    question: Comment,
    reference: Mapping[str, Any],
    person: Person,
    actor: Actor,
    now: datetime,
) -> list[Consultation]:
    """Stores the same question to each role, with one event per role. `reference` is what the log keeps of the text."""
    rows = [
        Consultation(incident=incident, task=task, role=role, question=question, asked_by=person, asked_at=now)
        for role in roles
    ]
    Consultation.objects.bulk_create(rows)
    record_all(
        Fact("incident.consulted", "incident", incident.pk, now, actor, rule, {"task": task, "role": role, **reference})
        for role in roles
    )
    return rows


def answer_consultation(
    consultation: Consultation,
    *,
    rule: str,
    answer: Comment,
    reference: Mapping[str, Any],
    person: Person,
    actor: Actor,
    now: datetime,
) -> None:
    """Stores the answer, with its event."""
    consultation.answer, consultation.answered_by, consultation.answered_at = answer, person, now
    consultation.save(update_fields=["answer", "answered_by", "answered_at"])
    data = {"task": consultation.task, "role": consultation.role, **reference}
    record(Fact("incident.advised", "incident", consultation.incident_id, now, actor, rule, data))
