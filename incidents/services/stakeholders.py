"""Messages to stakeholders, with their events. No change of the record itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.audit import Fact, record
from incidents.models import StakeholderMessage


def keep_message(
    message: StakeholderMessage, event: str, *, data: Mapping[str, Any], rule: str, actor: Actor, now: datetime
) -> None:
    """Stores a message as it is now, with the event `incident.stakeholder_<event>`."""
    message.save()
    told = {"stakeholder_message": message.pk, "audiences": ", ".join(message.audiences), **data}
    record(Fact(f"incident.stakeholder_{event}", "incident", message.incident_id, now, actor, rule, told))
