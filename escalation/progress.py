"""Whether whoever took a rung on gets on with it: the deadline stands on the step, so no crash forgets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from escalation.models import Step
from escalation.rules import policy
from escalation.selectors import ladders_for
from incidents.models import Incident
from process.schema import ChainName, Priority
from process.selectors import document as document_of


@dataclass(frozen=True, slots=True)
class Idle:
    """A step that was taken on and at whose progress it is time to look; its incident is locked."""

    step: Step
    minutes: int
    """In which the document wants to see progress; 0 when nobody asks any more, because a newer step took its place."""


def due_after(step: Step, incident: Incident, answered_at: datetime) -> datetime | None:
    """When to look first at the progress of a step answered then."""
    return policy.progress_due(_minutes(step, incident), since=answered_at)


def claim_due(*, now: datetime, limit: int) -> list[Idle]:
    """Steps at whose progress it is time to look, locked with their incidents. Each is claimed once."""
    due = Step.objects.filter(progress_due_at__lte=now)
    steps = list(
        due.select_related("incident", "incident__assignee", "incident__team")
        .select_for_update(skip_locked=True, of=("self", "incident"))
        .order_by("progress_due_at", "id")[:limit]
    )
    Step.objects.filter(pk__in=[step.pk for step in steps]).update(progress_due_at=None)
    newest = ladders_for([step.incident_id for step in steps])
    present = {rung.pk for ladder in newest.values() for rung in ladder.values()}
    return [Idle(step, _minutes(step, step.incident) if step.pk in present else 0) for step in steps]


def look_again(at: Mapping[int, datetime]) -> None:
    """Step → when its progress is looked at next."""
    Step.objects.bulk_update([Step(pk=pk, progress_due_at=due) for pk, due in at.items()], ["progress_due_at"])


def _minutes(step: Step, incident: Incident) -> int:
    rung = document_of(incident.process_version_id).chain(ChainName(step.chain)).level(step.to_level)
    return rung.progress_min(Priority(incident.priority))
