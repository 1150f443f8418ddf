"""A due instant set by hand (R15): a lead agrees on another date with a customer, and the clocks keep to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from lifecycle.access import By
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Invalid
from process.schema import ClockKind
from sla.models import Clock
from sla.selectors import clocks_for

FURTHEST = timedelta(days=366)
"""What lies further ahead is a slip of the pen, or no promise any more."""


@transaction.atomic
def set_due(
    number: str,
    *,
    clock: str,
    due_at: datetime | None,
    reason: str,
    by: By,
    now: datetime,
    version: int | None = None,
) -> Incident:
    """A lead sets when a clock is due, or with None takes that back: the ordinary promise returns (R15).

    Until then neither priority nor pause moves it. What was consumed stays consumed, a breach stays a breach (R8).
    """
    incident = take_in_hand(number, by=by, verb=Verb.SET_DUE, version=version)
    row = _clock_of(incident, clock)
    wanted = due_at.replace(microsecond=0) if due_at is not None else None
    _check(row, wanted, reason, now=now)
    if wanted == row.manual_due_at:
        return incident
    data = {"clock": clock, "reason": clean(reason.strip(), limit=500)}
    services.change(
        incident,
        kind="incident.due_set" if wanted else "incident.due_cleared",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).sla.paragraph,
        data=data | ({"due_at": wanted.isoformat()} if wanted else {}),
    )
    let_clocks_follow(incident, by=by, now=now)
    return incident


def _clock_of(incident: Incident, kind: str) -> Clock:
    if kind not in set(ClockKind):
        raise Invalid.field("clock", _("Erlaubt sind response und resolution."))
    row = next((row for row in clocks_for([incident.pk])[incident.pk] if row.kind == kind), None)
    if row is None or row.stopped_at is not None:
        raise Invalid.field("clock", _("Diese Uhr ist bereits angehalten; an ihrer Frist ändert sich nichts mehr."))
    return row


def _check(row: Clock, due_at: datetime | None, reason: str, *, now: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = [_("Warum gilt eine andere Frist?")]
    if due_at is None and row.manual_due_at is None:
        errors["due_at"] = [_("Bis wann? Es ist keine Frist von Hand gesetzt, die aufgehoben werden könnte.")]
    elif due_at is not None and due_at <= max(now, row.started_at):
        errors["due_at"] = [_("Dieser Zeitpunkt liegt in der Vergangenheit.")]
    elif due_at is not None and due_at - now > FURTHEST:
        errors["due_at"] = [_("Höchstens ein Jahr im Voraus.")]
    if errors:
        raise Invalid(errors)
