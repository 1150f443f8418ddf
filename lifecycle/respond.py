"""Working on an incident: take it, assign it, start, wait, resume, write, correct."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from directory.models import Person, Team
from directory.selectors import roles_of
from incidents import services
from incidents.models import Comment, Incident
from incidents.rules.states import Status, Verb
from lifecycle import circumstances, correspondence, data_protection, updates
from lifecycle.access import HOLD_CRITICAL_LONG, By, may
from lifecycle.corrections import attribute, canton_of, check, cleaned
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Invalid
from lifecycle.writing import reference_to, write_down
from process.schema import PendingReason
from process.schema.policy import LISTED


@transaction.atomic
def acknowledge(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """Somebody takes the incident on: the response clock stops (R3), calls for it stop, it is theirs if nobody's."""
    incident = take_in_hand(number, by=by, verb=Verb.ACKNOWLEDGE, version=version)
    return _acknowledged(incident, by=by, now=now)


def _acknowledged(incident: Incident, *, by: By, now: datetime) -> Incident:
    first = incident.acknowledged_at is None
    set_: dict[str, Any] = {"acknowledged_at": now} if first else {}
    if by.person is not None and incident.assignee_id is None:
        set_["assignee"] = by.person
    if set_:
        services.change(incident, kind="incident.acknowledged", actor=by.actor, now=now, rule="§5.1/1", set_=set_)
    if by.person is not None:
        escalation.services.acknowledge(incident=incident, person=by.person, now=now, actor=by.actor)
    if first:
        let_clocks_follow(incident, by=by, now=now)
    return incident


@transaction.atomic
def assign(
    number: str,
    *,
    by: By,
    now: datetime,
    person_id: int | None = None,
    team_id: int | None = None,
    version: int | None = None,
) -> Incident:
    """Gives the incident to a person, a team, or (neither) back to the queue of its team."""
    incident = take_in_hand(number, by=by, verb=Verb.ASSIGN, version=version, wanted={"assignee_id": person_id})
    set_: dict[str, Any] = {"assignee": None}
    if person_id is not None:
        person = Person.objects.filter(pk=person_id, is_active=True).first()
        if person is None or not roles_of(person):
            raise Invalid.field("assignee", _("Diese Person kann keine Incidents bearbeiten."))
        set_["assignee"] = person
    if team_id is not None:
        team = Team.objects.filter(pk=team_id).first()
        if team is None:
            raise Invalid.field("team", _("Dieses Team gibt es nicht."))
        set_["team"] = team
    if all(getattr(incident, name) == value for name, value in set_.items()):
        return incident
    to = set_["assignee"].display_name if set_["assignee"] else str(set_.get("team") or incident.team or "–")
    services.change(
        incident, kind="incident.assigned", actor=by.actor, now=now, rule="§5.1/1", set_=set_, data={"to": to}
    )
    if incident.assignee is not None and (by.person is None or incident.assignee_id != by.person.pk):
        correspondence.tell(
            [incident.assignee],
            kind="incident_assigned",
            key=f"incident:{incident.pk}:assigned:{incident.version}",
            context=correspondence.about(incident) | {"by": by.actor.label},
            topic=("incident", incident.pk),
            link=correspondence.link_to(incident),
            urgent=incident.is_urgent,
            now=now,
        )
    return incident


@transaction.atomic
def start(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """Work begins; whoever starts has thereby acknowledged."""
    incident = take_in_hand(number, by=by, verb=Verb.START, version=version)
    if incident.acknowledged_at is None or incident.assignee_id is None:
        _acknowledged(incident, by=by, now=now)
    return services.change(
        incident,
        kind="incident.started",
        actor=by.actor,
        now=now,
        rule="§14/6",
        set_={"status": Status.IN_PROGRESS.value},
    )


@transaction.atomic
def hold(
    number: str,
    *,
    reason: str,
    by: By,
    now: datetime,
    until: datetime | None = None,
    message: str = "",
    version: int | None = None,
) -> Incident:
    """The incident waits, for a reason of the document; only some reasons pause the resolution clock (R5)."""
    incident = take_in_hand(number, by=by, verb=Verb.HOLD, version=version)
    rule = next((rule for rule in rules_for(incident).pending_reasons if rule.key == reason), None)
    if rule is None:
        raise Invalid.field("reason", _("Bitte einen Wartegrund des Prozesses wählen."))
    _check_hold(rule, incident, until=until, message=message, by=by, now=now)
    if message.strip():
        _message(incident, message, by=by, now=now)
    services.change(
        incident,
        kind="incident.held",
        actor=by.actor,
        now=now,
        rule=rule.paragraph,
        set_={"status": Status.ON_HOLD.value, "pending_reason": reason, "pending_until": until},
        data={"reason": reason, "pauses": rule.pauses_sla},
    )
    let_clocks_follow(incident, by=by, now=now)
    return incident


def _check_hold(
    rule: PendingReason, incident: Incident, *, until: datetime | None, message: str, by: By, now: datetime
) -> None:
    errors: dict[str, list[str]] = {}
    if rule.needs_message and not message.strip():
        errors["message"] = [_("Schreiben Sie der meldenden Person, worauf Sie warten.")]
    if rule.needs_until and until is None:
        errors["until"] = [_("Bis wann wird gewartet?")]
    if until is not None and until <= now:
        errors["until"] = [_("Dieser Zeitpunkt liegt in der Vergangenheit.")]
    if until is not None and rule.longest_days and until > now + timedelta(days=rule.longest_days):
        errors["until"] = [_("Aus diesem Grund wird höchstens %(days)d Tage gewartet.") % {"days": rule.longest_days}]
    if incident.priority == "critical" or incident.is_major:
        errors |= _check_critical_hold(rule, until=until, by=by, now=now)
    if errors:
        raise Invalid(errors)


def _check_critical_hold(rule: PendingReason, *, until: datetime | None, by: By, now: datetime) -> dict[str, list[str]]:
    """What is critical waits for few reasons, and longer than some hours only on a lead's word."""
    if not rule.allowed_for_critical:
        return {"reason": [_("Kritische und Major Incidents dürfen aus diesem Grund nicht warten.")]}
    hours = rule.critical_longest_h
    too_long = hours is not None and (until is None or until > now + timedelta(hours=hours))
    if too_long and not may(by.person, HOLD_CRITICAL_LONG):
        text = _("Kritische und Major Incidents warten höchstens %(hours)d Stunden; länger entscheidet eine Leitung.")
        return {"until": [text % {"hours": hours}]}
    return {}


@transaction.atomic
def resume(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """Work goes on: by a person, by the reporter's reply, or by rule when the date has come (R6)."""
    incident = take_in_hand(number, by=by, verb=Verb.RESUME, version=version)
    return resumed(incident, by=by, now=now, why="by_hand" if by.person else "date_reached")


def resumed(incident: Incident, *, by: By, now: datetime, why: str) -> Incident:
    """Takes a waiting incident, already in hand, back to work."""
    services.change(
        incident,
        kind="incident.resumed",
        actor=by.actor,
        now=now,
        rule="§9",
        set_={"status": Status.IN_PROGRESS.value, "pending_reason": "", "pending_until": None},
        data={"why": why},
    )
    let_clocks_follow(incident, by=by, now=now)
    return incident


@transaction.atomic
def comment(number: str, *, text: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Writes to the reporter on their feedback channel (§3, P-5.5). A first public answer acknowledges (R3)."""
    incident = take_in_hand(number, by=by, verb=Verb.COMMENT, version=version)
    if not text.strip():
        raise Invalid.field("text", _("Die Nachricht ist leer."))
    _message(incident, text, by=by, now=now)
    if by.person is not None and incident.acknowledged_at is None and incident.status in ("new", "in_progress"):
        _acknowledged(incident, by=by, now=now)
    return incident


@transaction.atomic
def note(number: str, *, text: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Leaves an internal note; the reporter never sees it."""
    incident = take_in_hand(number, by=by, verb=Verb.NOTE, version=version)
    if not text.strip():
        raise Invalid.field("text", _("Die Notiz ist leer."))
    written = write_down(incident, text, kind=Comment.Kind.NOTE, by=by, now=now)
    return services.change(
        incident, kind="incident.noted", actor=by.actor, now=now, rule="§14/7", data=reference_to(written)
    )


@transaction.atomic
def answered(number: str, *, text: str, by: By, now: datetime) -> Incident:
    """The reporter wrote back. An incident that waited for them goes on at once (R6)."""
    incident = take_in_hand(number, by=by, verb=Verb.NOTE)
    written = write_down(incident, text, kind=Comment.Kind.IN, by=by, now=now)
    services.change(incident, kind="incident.answered", actor=by.actor, now=now, rule="§3", data=reference_to(written))
    if incident.status == Status.ON_HOLD and incident.pending_reason == "awaiting_reporter":
        resumed(incident, by=by, now=now, why="reporter_replied")
    return incident


def _message(incident: Incident, text: str, *, by: By, now: datetime) -> None:
    written = write_down(incident, text, kind=Comment.Kind.OUT, by=by, now=now)
    way = correspondence.write_to_reporter(
        incident,
        kind="message_to_reporter",
        key=f"comment:{written.pk}",
        context={"text": written.body, "author": by.actor.label},
        now=now,
    )
    services.change(
        incident,
        kind="incident.messaged",
        actor=by.actor,
        now=now,
        rule="§5.1/1",
        data=reference_to(written) | {"way": way},
    )
    updates.follow([incident], now=now, anew=True)


@transaction.atomic
def edit(number: str, *, fields: Mapping[str, Any], by: By, now: datetime, version: int | None = None) -> Incident:
    """Corrects the record of §3. `module` and `school` take ids. Priority, status and times have verbs of their own."""
    wanted = {attribute(name): value for name, value in fields.items()}
    incident = take_in_hand(number, by=by, verb=Verb.EDIT, version=version, wanted=wanted)
    check(incident, fields)
    set_ = {name: value for name, value in cleaned(fields).items() if getattr(incident, name) != value}
    if not set_:
        return incident
    services.change(
        incident,
        kind="incident.edited",
        actor=by.actor,
        now=now,
        rule="§3",
        set_=set_,
        data={"fields": ", ".join(sorted(name.removesuffix("_id") for name in set_)), **canton_of(set_)},
    )
    sla = rules_for(incident).sla
    if "school_id" in set_ or any(
        name.removesuffix("_id") in LISTED and sla.asks_for(name.removesuffix("_id")) for name in set_
    ):
        let_clocks_follow(incident, by=by, now=now)
    if "category" in set_:
        circumstances.look_again(incident)
        data_protection.look_again(incident, now=now)
    return incident
