"""How an incident comes to life: record, clocks, chain, contact and first calls, all in one transaction.

Works on many at once, because a storm of alerts opens many at once; one is the special case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import escalation.services
import incidents.services
import sla.services
from core.text import clean, first_line
from directory.selectors import team_for_role
from escalation.services import Entry
from incidents.models import Contact, Incident
from incidents.rules.priority import Ranking
from lifecycle import circumstances, major, updates
from lifecycle.access import RULES, By
from lifecycle.climb import pass_unmanned
from lifecycle.doorbell import ring_after_commit
from process.models import ProcessVersion
from process.schema import ChainName, ContactKind, Document
from sla.selectors import opening_facts


@dataclass(frozen=True, slots=True)
class Birth:
    """An incident about to be opened: the unsaved record, how it came, and who is called first.

    `has_contact`: the contact it came from is there already, or (an alarm flood) there is none.
    """

    incident: Incident
    rule: str
    functional_level: int
    reason: str
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    major_triggers: Sequence[str] = ()
    has_contact: bool = False


def unsaved(
    *, document: Document, version: ProcessVersion, ranking: Ranking, symptom: str, title: str = "", **fields: Any
) -> Incident:
    """An incident record filled from a ranking and facts of §3; the number comes with storing."""
    return Incident(
        process_version=version,
        symptom=clean(symptom, limit=50_000),
        title=first_line(title or symptom, limit=160) or "–",
        urgency=ranking.urgency.value,
        impact=ranking.impact.value,
        urgency_criteria=list(ranking.urgency_criteria),
        impact_criteria=list(ranking.impact_criteria),
        priority=ranking.priority.value,
        priority_computed=ranking.priority.value,
        priority_rank=ranking.priority.rank,
        **fields,
    )


def open_all(births: Sequence[Birth], *, document: Document, by: By, now: datetime) -> list[Incident]:
    """Opens incidents: numbers, events, SLA clocks (P-9.1), functional chain (P-5.1), major triggers (P-6.1)."""
    if not births:
        return []
    chain = document.chain(ChainName.FUNCTIONAL)
    levels = {birth.functional_level for birth in births}
    teams = {level: team_for_role(chain.level(level).role) for level in levels}
    for birth in births:
        incident = birth.incident
        incident.functional_level = birth.functional_level
        incident.team = teams[birth.functional_level]
        incident.created_at = now
        incident.weigh_at = circumstances.first_look(incident)
    incidents.services.open_incidents(
        [(birth.incident, birth.rule, {**_canton(birth.incident), **birth.data}) for birth in births],
        actor=by.actor,
        now=now,
    )
    incidents.services.store_contacts(
        [_contact_behind(birth.incident) for birth in births if not birth.has_contact], actor=by.actor, now=now
    )
    clocks = [(birth.incident, opening_facts(birth.incident)) for birth in births]
    due = sla.services.start(clocks, document=document, now=now)
    incidents.services.set_next_due(due)
    for birth in births:
        birth.incident.next_due_at = due[birth.incident.pk]
    steps = escalation.services.enter([_first_call(birth, document) for birth in births], now=now, actor=by.actor)
    pass_unmanned(steps, {birth.incident.pk: birth.incident for birth in births}, by=by, now=now)
    found = [(birth.incident, birth.major_triggers) for birth in births if birth.major_triggers]
    updates.follow([birth.incident for birth in births], now=now)
    major.weigh(found, document=document, by=by, now=now)
    met = [
        (incident, major.met_by_itself(incident, document, schools=int(incident.school_id is not None)))
        for incident in (birth.incident for birth in births)
    ]
    major.weigh([(incident, keys) for incident, keys in met if keys], document=document, by=RULES, now=now)
    ring_after_commit()
    return [birth.incident for birth in births]


def _canton(incident: Incident) -> dict[str, str]:
    """Kept in the event: the clocks count this canton's holidays, whatever becomes of the school (R1)."""
    return {"canton": incident.school.canton} if incident.school is not None else {}


def _contact_behind(incident: Incident) -> Contact:
    """Every incident came from a contact, that of a monitoring tool too (P-2.1): it is classified at once."""
    return Contact(
        channel=incident.channel,
        kind=ContactKind.INCIDENT.value,
        state=Contact.State.INCIDENT,
        incident=incident,
        subject=incident.title,
        body=incident.symptom,
        received_at=incident.reported_at,
        taken_by=incident.service_desk_agent,
        reporter=incident.reporter,
        reporter_name=incident.reporter_name,
        reporter_email=incident.reporter_email,
        reporter_phone=incident.reporter_phone,
        school=incident.school,
        feedback_channel=incident.feedback_channel,
    )


def _first_call(birth: Birth, document: Document) -> Entry:
    return Entry(
        incident=birth.incident,
        chain=ChainName.FUNCTIONAL,
        to_level=birth.functional_level,
        reason=birth.reason,
        rule=birth.rule,
        note=birth.note,
        document=document,
        from_level=0,
    )
