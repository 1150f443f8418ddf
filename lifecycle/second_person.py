"""Near its due time an incident is ranked lower only by two people (R8): one proposes, another one decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import holders, people_with_any_role
from incidents import services
from incidents.models import Incident, PriorityProposal
from incidents.rules.states import Verb
from incidents.selectors import proposal_for
from lifecycle import correspondence
from lifecycle.access import DESK, By, may
from lifecycle.desk import rules_for
from lifecycle.errors import Forbidden, Invalid
from process.schema import ChainName
from sla.selectors import most_used

FROM_PERCENT = 75
"""From here on a longer promise looks like a way out of a breach: a second person says that it is none."""
PROPOSED = ("urgency", "impact", "urgency_criteria", "impact_criteria", "priority", "priority_computed")


def is_needed_for(incident: Incident, *, now: datetime) -> bool:
    """Whether a lower priority would need a second person now: a clock that is not stopped has used up so much."""
    return most_used(incident, document=rules_for(incident), now=now) >= FROM_PERCENT


def propose(incident: Incident, ranking: Mapping[str, Any], *, reason: str, by: By, now: datetime) -> Incident:
    """Records the lower priority somebody wants, changes nothing yet, and tells those who may decide."""
    if by.person is None or not reason.strip():
        raise Invalid.field(
            "reason", _("Die Frist ist fast verbraucht: Eine tiefere Priorität braucht eine Begründung.")
        )
    if proposal_for(incident) is not None:
        raise Invalid.field(
            "priority", _("Eine tiefere Priorität ist schon vorgeschlagen. Zuerst entscheidet jemand darüber.")
        )
    reason = clean(reason.strip(), limit=500)
    facts = {name: ranking[name] for name in PROPOSED}
    services.propose_priority(incident, facts=facts, reason=reason, by=by.person, now=now)
    services.change(
        incident,
        kind="incident.downgrade_proposed",
        actor=by.actor,
        now=now,
        rule=rules_for(incident).matrix.paragraph,
        data={**facts, "reason": reason},
    )
    correspondence.tell(
        _deciders(incident, by.person, now=now),
        kind="downgrade_proposed",
        key=f"incident:{incident.pk}:proposed:{incident.version}",
        context=correspondence.about(incident)
        | {"proposed": facts["priority"], "reason": reason, "by": by.actor.label},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
        urgent=incident.is_urgent,
        now=now,
    )
    return incident


def decided_by(incident: Incident, verb: Verb, *, by: By) -> PriorityProposal:
    """The open proposal of an incident in hand, for somebody who may decide it.

    Who made it may take it back, which is to reject it, but not confirm it.
    """
    proposal = proposal_for(incident)
    if proposal is None:
        raise Invalid.field("priority", _("Es liegt kein Vorschlag für eine tiefere Priorität vor."))
    is_own = by.person is None or by.person.pk == proposal.by_id
    if is_own and verb is Verb.CONFIRM_PRIORITY:
        raise Forbidden(str(verb), _("Wer eine tiefere Priorität vorschlägt, entscheidet nicht selbst darüber."))
    return proposal


def _deciders(incident: Incident, proposer: Person, *, now: datetime) -> list[Person]:
    """Who holds the present level of either chain and may rank; when nobody else does, everybody who may."""
    rules = rules_for(incident)
    roles = {rules.chain(name).level(incident.level_on(name)).role for name in ChainName}
    of_levels = {person.pk: person for role in sorted(roles) for person in holders(role, now=now)}
    found = [person for person in of_levels.values() if _may_decide(person, proposer)]
    return found or [person for person in people_with_any_role(DESK, now=now) if _may_decide(person, proposer)]


def _may_decide(person: Person, proposer: Person) -> bool:
    return person.pk != proposer.pk and may(person, Verb.CONFIRM_PRIORITY)
