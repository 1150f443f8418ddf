"""Lower priorities that wait for a second person (R8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from directory.models import Person
from incidents.models import Incident, PriorityProposal


def propose_priority(
    incident: Incident, *, facts: Mapping[str, Any], reason: str, by: Person, now: datetime
) -> PriorityProposal:
    """Stores a proposal; its event is the caller's. IntegrityError when the incident has an open one already."""
    return PriorityProposal.objects.create(incident=incident, reason=reason, by=by, at=now, **facts)


def end_proposal(incident: Incident) -> None:
    """Forgets the open proposal of an incident, if there is one: decided, or no longer to be decided."""
    PriorityProposal.objects.filter(incident=incident).delete()
    incident._state.fields_cache.pop("priority_proposal", None)
