"""Urgency, impact and the priority that follows (§4). The priority is computed; an override says who and why.

Near its due time an incident is ranked lower by two people: one proposes, another one confirms or rejects (R8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from core.text import clean
from incidents import services
from incidents.models import Incident
from incidents.rules.priority import NotRanked, Ranking, rank
from incidents.rules.states import Verb
from lifecycle import circumstances, data_protection, second_person
from lifecycle.access import OVERRIDE_PRIORITY, By, require
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Invalid
from notifications.services import release_topics
from process.schema import Priority


@transaction.atomic
def set_priority(
    number: str,
    *,
    by: By,
    now: datetime,
    urgency: str | None = None,
    impact: str | None = None,
    urgency_criteria: Sequence[str] | None = None,
    impact_criteria: Sequence[str] | None = None,
    override: str | None = None,
    reason: str = "",
    version: int | None = None,
) -> Incident:
    """Ranks the incident anew (P-4.4). What is not given stays; `override=""` takes an override back.

    A changed priority re-computes the SLA targets (R7): what the clocks have consumed stays consumed. A lower one near
    the due time, wanted by a person, is only proposed (R8): the incident keeps its priority until somebody confirms.
    """
    incident = take_in_hand(number, by=by, verb=Verb.SET_PRIORITY, version=version)
    ranking = _ranking(incident, urgency, impact, urgency_criteria, impact_criteria)
    set_: dict[str, Any] = {
        "urgency": ranking.urgency.value,
        "impact": ranking.impact.value,
        "urgency_criteria": list(ranking.urgency_criteria),
        "impact_criteria": list(ranking.impact_criteria),
        "priority_computed": ranking.priority.value,
    }
    set_ |= _override(incident, ranking, override, reason, by=by, now=now)
    if all(getattr(incident, name) == value for name, value in set_.items()):
        return incident
    lowers = set_["priority_rank"] > incident.priority_rank
    if lowers and by.person is not None and second_person.is_needed_for(incident, now=now):
        return second_person.propose(incident, set_, reason=reason, by=by, now=now)
    return _ranked(incident, set_, data={"reason": reason}, by=by, now=now)


@transaction.atomic
def confirm_priority(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """A second person agrees to a lower priority: it holds from now on (R8)."""
    incident = take_in_hand(number, by=by, verb=Verb.CONFIRM_PRIORITY, version=version)
    proposal = second_person.decided_by(incident, Verb.CONFIRM_PRIORITY, by=by)
    is_override = proposal.priority != proposal.priority_computed
    set_ = {
        **{name: getattr(proposal, name) for name in second_person.PROPOSED},
        **_priority(Priority(proposal.priority)),
        "priority_override_at": now if is_override else None,
        "priority_override_by": proposal.by if is_override else None,
        "priority_override_reason": proposal.reason if is_override else "",
    }
    names = {"proposed_by": proposal.by.display_name, "confirmed_by": by.actor.label}
    return _ranked(incident, set_, data={"reason": proposal.reason, **names}, by=by, now=now)


@transaction.atomic
def reject_priority(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """A second person says no to a lower priority; the present one stays (R8)."""
    incident = take_in_hand(number, by=by, verb=Verb.REJECT_PRIORITY, version=version)
    proposal = second_person.decided_by(incident, Verb.REJECT_PRIORITY, by=by)
    if not reason.strip():
        raise Invalid.field("reason", _("Warum bleibt es bei der Priorität?"))
    services.end_proposal(incident)
    return services.change(
        incident,
        kind="incident.downgrade_rejected",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).matrix.paragraph,
        data={
            "priority": proposal.priority,
            "reason": clean(reason.strip(), limit=500),
            "proposed_by": proposal.by.display_name,
        },
    )


def _ranked(incident: Incident, set_: Mapping[str, Any], *, data: Mapping[str, Any], by: By, now: datetime) -> Incident:
    """Ranks an incident in hand. A proposal concerned what it was ranked by before: with that it goes."""
    before = incident.priority
    services.change(
        incident,
        kind="incident.prioritised",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).matrix.paragraph,
        set_=set_,
        data={"priority": set_["priority"], **data},
    )
    services.end_proposal(incident)
    if incident.priority != before:
        let_clocks_follow(incident, by=by, now=now)
    if Priority(incident.priority).rank < Priority(before).rank:
        escalation.services.hasten(incident, now=now)
    if incident.is_urgent:
        release_topics(topic_type="incident", topic_ids=[incident.pk], now=now)
    circumstances.look_again(incident)
    data_protection.look_again(incident, now=now)
    return incident


def _ranking(
    incident: Incident,
    urgency: str | None,
    impact: str | None,
    urgency_criteria: Sequence[str] | None,
    impact_criteria: Sequence[str] | None,
) -> Ranking:
    if urgency_criteria is None:
        urgency_criteria = () if urgency else incident.urgency_criteria
    if impact_criteria is None:
        impact_criteria = () if impact else incident.impact_criteria
    try:
        return rank(
            rules_for(incident),
            urgency=urgency or (None if urgency_criteria else incident.urgency),
            impact=impact or (None if impact_criteria else incident.impact),
            urgency_criteria=urgency_criteria,
            impact_criteria=impact_criteria,
        )
    except NotRanked as problem:
        raise Invalid.field(problem.field, in_words(problem)) from None


def in_words(problem: NotRanked) -> str:
    """Why no priority could be computed, for people."""
    texts = {
        "unknown_criterion": _("Dieses Kriterium kennt der Prozess nicht: %(detail)s"),
        "nothing_chosen": _("Bitte eine Stufe wählen oder mindestens ein Kriterium ankreuzen."),
        "unknown_level": _("Erlaubt sind high, medium und low."),
        "contradiction": _("Die angekreuzten Kriterien bedeuten «%(detail)s»."),
    }
    return texts[problem.why] % {"detail": problem.detail}


def _override(
    incident: Incident, ranking: Ranking, override: str | None, reason: str, *, by: By, now: datetime
) -> dict[str, Any]:
    keeps = override is None and incident.priority_override_at is not None
    if keeps:
        return {"priority": incident.priority, "priority_rank": incident.priority_rank}
    if not override or override == ranking.priority.value:
        return _priority(ranking.priority) | {
            "priority_override_at": None,
            "priority_override_by": None,
            "priority_override_reason": "",
        }
    require(by, OVERRIDE_PRIORITY)
    if override not in set(Priority):
        raise Invalid.field("override", _("Erlaubt sind critical, high, medium und low."))
    if not reason.strip():
        raise Invalid.field("reason", _("Eine Abweichung von der Matrix braucht eine Begründung."))
    return _priority(Priority(override)) | {
        "priority_override_at": now,
        "priority_override_by": by.person,
        "priority_override_reason": reason.strip()[:500],
    }


def _priority(priority: Priority) -> dict[str, Any]:
    return {"priority": priority.value, "priority_rank": priority.rank}
