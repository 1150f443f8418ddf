"""No major incident, or none any more: a proposal is rejected, a major is demoted, or gives way to another (§6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import roles_of
from escalation import summons
from escalation.selectors import called_because
from incidents import services
from incidents.models import OPEN_VALUES, Incident, Review
from incidents.rules.states import Status, Verb
from incidents.selectors import review_for
from lifecycle import correspondence, family, review, updates
from lifecycle.access import By
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid
from notifications.selectors import people_told
from process.schema import Document

TASK = "major_incident"
REASON = "major_incident"
TOLD = ("incident_major", "major_proposed", summons.KIND)
SHORTEST_REASON = 5
"""Characters; less explains nothing."""


def may_decide(person: Person, document: Document) -> bool:
    """Whether a person decides about majors: who is responsible or accountable for them by §14."""
    return bool(roles_of(person) & set(document.roles_for(TASK, "RA")))


IN_THE_ROOM = (
    *(Verb.TAKE_ROLE, Verb.HAND_OVER, Verb.SITUATION_NOTE, Verb.SITUATION_DONE),
    *(Verb.DECIDE, Verb.SCHOOLS_HIT, Verb.STAKEHOLDER_UPDATE),
    *(Verb.RELEASE_UPDATE, Verb.RETURN_UPDATE, Verb.WITHDRAW_UPDATE),
)
"""Only a major has a room."""


def refused_now(person: Person, incident: Incident, document: Document) -> set[Verb]:
    """Of the verbs about majors those that would be refused for what the incident is, or for who the person is."""
    owed = review_for(incident)
    may_review = owed is not None and owed.state == Review.State.OWED and review.may_finish(person, owed, document)
    possible = {
        Verb.DECLARE_MAJOR: not incident.is_major,
        Verb.REJECT_MAJOR: incident.major_state == "candidate" and may_decide(person, document),
        Verb.DEMOTE_MAJOR: incident.is_major and may_decide(person, document),
        Verb.REVIEW_DONE: may_review,
        Verb.CLOSE: not (incident.is_major and owed is not None and owed.state == Review.State.OWED),
        **dict.fromkeys(IN_THE_ROOM, incident.is_major),
    }
    return {verb for verb, is_possible in possible.items() if not is_possible}


@transaction.atomic
def reject_major(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """A proposed major incident is none (P-6.1). Its trigger does not propose it again; by hand it may be declared."""
    incident = take_in_hand(number, by=by, verb=Verb.REJECT_MAJOR, version=version)
    _require_decision(incident, by, Verb.REJECT_MAJOR)
    if incident.major_state != "candidate":
        raise Invalid.field("number", _("Dieser Incident ist nicht als Major Incident vorgeschlagen."))
    return services.change(
        incident,
        kind="incident.major_rejected",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).task_paragraph(TASK),
        set_={"major_state": "rejected"},
        data={"trigger": incident.major_trigger, "reason": _why(reason)},
    )


@transaction.atomic
def demote_major(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """It is no major incident any more: the team is called off, both ladders stay, who was told hears of it (P-6.1)."""
    incident = take_in_hand(number, by=by, verb=Verb.DEMOTE_MAJOR, version=version)
    _require_decision(incident, by, Verb.DEMOTE_MAJOR)
    if not incident.is_major:
        raise Invalid.field("number", _("Dieser Incident ist kein Major Incident."))
    _demote(incident, reason=_why(reason), by=by, now=now)
    return incident


def give_way(incident: Incident, main: Incident, *, by: By, now: datetime) -> None:
    """Only one main major per cause: a major (locked) that comes under another open one is led there (P-6.1)."""
    if not incident.is_major or incident.status not in OPEN_VALUES:
        return
    leading = main if main.is_major and main.status in OPEN_VALUES else family.major_above(main)
    if leading is not None:
        _demote(incident, reason=_("Angehängt an %(number)s.") % {"number": leading.number}, by=by, now=now)


def all_give_way(incidents: Iterable[Incident], main: Incident, *, by: By, now: datetime) -> None:
    """As `give_way`, for several."""
    for incident in incidents:
        give_way(incident, main, by=by, now=now)


def refuse_major(incident: Incident, field: str) -> None:
    """A major does not vanish: before it is cancelled or merged somebody who decides demotes it. Raises Invalid."""
    if incident.is_major:
        raise Invalid.field(
            field, _("Das ist ein Major Incident. Stufen Sie ihn zuerst zurück (demote-major), wenn er keiner ist.")
        )


def _demote(incident: Incident, *, reason: str, by: By, now: datetime) -> None:
    rules = rules_for(incident)
    rule = rules.task_paragraph(TASK)
    set_: dict[str, Any] = {"is_major": False, "major_state": "demoted"}
    if incident.status == Status.RESOLVED.value and incident.auto_close_at is None:
        set_["auto_close_at"] = review.closes_at(rules, now=now)
    services.change(
        incident,
        kind="incident.major_demoted",
        actor=by.actor,
        now=now,
        rule=rule,
        set_=set_,
        data={"trigger": incident.major_trigger, "reason": reason},
    )
    if rules.sla.asks_for("major"):
        let_clocks_follow(incident, by=by, now=now)
    summons.end_all([incident.pk], reason="demoted", now=now)
    services.drop_review(incident)
    updates.follow([incident], now=now)
    told = [*people_told("incident", incident.pk, kinds=TOLD), *called_because(incident, REASON)]
    correspondence.tell(
        [person for person in dict.fromkeys(told) if by.person is None or person.pk != by.person.pk],
        kind="incident_major_demoted",
        key=f"incident:{incident.pk}:demoted:{incident.version}",
        context=correspondence.about(incident) | {"reason": reason, "rule": rule, "by": by.actor.label},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
        urgent=True,
        now=now,
    )


def _require_decision(incident: Incident, by: By, verb: Verb) -> None:
    rules = rules_for(incident)
    if by.person is not None and not may_decide(by.person, rules):
        raise Forbidden(
            verb,
            _("Darüber entscheidet, wer nach %(rule)s für Major Incidents verantwortlich ist.")
            % {"rule": rules.task_paragraph(TASK)},
        )


def _why(reason: str) -> str:
    why = clean(reason.strip(), limit=500)
    if len(why) < SHORTEST_REASON:
        raise Invalid.field("reason", _("Warum ist es kein Major Incident?"))
    return why
