"""What every verb does first and last: take the record in hand, and let its clocks follow the new facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import sla.services
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Status, Verb, after
from incidents.selectors import visible_to
from incidents.services import Conflict
from lifecycle import updates
from lifecycle.access import By, require
from lifecycle.errors import Invalid, NotFound
from process.schema import ChainName, Document
from process.selectors import document
from sla.selectors import facts_of


def take_in_hand(
    number: str, *, by: By, verb: Verb, version: int | None = None, wanted: Mapping[str, Any] | None = None
) -> Incident:
    """The incident, locked until the transaction ends, for somebody who may apply `verb` to it now.

    Raises NotFound (also for records the person may not know of), Forbidden, Conflict when `version` is not the
    present one (with what the caller wanted and what stands there), WrongState.
    """
    visible = Incident.objects.all() if by.person is None else visible_to(by.person)
    incident = visible.select_for_update().filter(number=number).first()
    if incident is None:
        raise NotFound(number)
    require(by, verb)
    if version is not None and version != incident.version:
        fields = {
            name: (services.plain(value), services.plain(getattr(incident, name)))
            for name, value in (wanted or {}).items()
            if getattr(incident, name) != value
        }
        raise Conflict(version, incident.version, fields)
    after(Status(incident.status), verb)
    return incident


def rules_for(incident: Incident) -> Document:
    """The document this incident is handled under: the version it is pinned to, whatever came later."""
    return document(incident.process_version_id)


def chain_named(name: str) -> ChainName:
    """The chain somebody names. Raises Invalid."""
    if name not in set(ChainName):
        raise Invalid.field("chain", _("Erlaubt sind functional und management."))
    return ChainName(name)


def let_clocks_follow(incident: Incident, *, by: By, now: datetime) -> None:
    """Re-derives the clocks from the incident's events (R1) and keeps the sort key of the queues right."""
    updates.follow([incident], now=now)
    due = sla.services.refresh(incident, facts_of(incident.pk), document=rules_for(incident), now=now, actor=by.actor)
    if due != incident.next_due_at:
        services.set_next_due({incident.pk: due})
        incident.next_due_at = due
