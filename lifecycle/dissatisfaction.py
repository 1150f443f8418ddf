"""A dissatisfied customer (§5.2/2c, §5.2/3e): what they said is kept, and by its grade the management hears of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import holders
from escalation.selectors import ladders_for
from incidents import services
from incidents.models import Comment, Incident
from incidents.rules.states import Verb
from lifecycle import correspondence
from lifecycle.access import By
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Invalid
from lifecycle.writing import reference_to, write_down
from process.schema import Chain, ChainLevel, ChainName, Document, Reason

GRADES = {
    "dissatisfied": "dissatisfied_customer",
    "especially_dissatisfied": "especially_dissatisfied_customer",
}
"""Grades, as the record calls them, and the reason of the document behind each."""


@transaction.atomic
def dissatisfied(
    number: str,
    *,
    grade: str,
    said: str,
    by: By,
    now: datetime,
    channel: str = "",
    said_at: datetime | None = None,
    version: int | None = None,
) -> Incident:
    """A customer is dissatisfied (P-5.2): what they said, by which channel and when (now, unless given) is evidence.

    The incident climbs the management chain to the level whose reasons name the grade. Where it stands there already
    it does not climb again: whoever holds it reads what was said.
    """
    incident = take_in_hand(number, by=by, verb=Verb.DISSATISFIED, version=version)
    rules = rules_for(incident)
    chain = rules.chain(ChainName.MANAGEMENT)
    rung, reason = _rung_for(chain, grade)
    _check(rules, said, channel, said_at, now=now)
    written = write_down(incident, said, kind=Comment.Kind.NOTE, by=by, now=now)
    data = {"grade": grade, "said_at": (said_at or now).isoformat(), **reference_to(written)}
    services.change(
        incident,
        kind="incident.dissatisfied",
        actor=by.actor,
        now=now,
        rule=reason.paragraph,
        set_={"customer_satisfaction": grade},
        data=data | ({"said_via": channel} if channel else {}),
    )
    if incident.management_level < rung.level:
        note = clean(written.body, limit=500)
        climb = Climb(incident, ChainName.MANAGEMENT, rung.level, reason.key, reason.paragraph, note)
        climb_all([climb], by=by, now=now)
        return incident
    people = _who_holds(incident, chain.level(incident.management_level), now=now)
    correspondence.tell(
        [person for person in people if by.person is None or person.pk != by.person.pk],
        kind="incident_dissatisfied",
        key=f"incident:{incident.pk}:dissatisfied:{written.pk}",
        context=correspondence.about(incident)
        | {"reason": reason.label, "rule": reason.paragraph, "text": written.body, "by": by.actor.label},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
        urgent=incident.is_urgent,
        now=now,
    )
    return incident


def _rung_for(chain: Chain, grade: str) -> tuple[ChainLevel, Reason]:
    """The level that a grade leads to, by the document's reasons."""
    found = {reason.key: (rung, reason) for rung in chain.levels for reason in rung.reasons}
    known = {name: found[key] for name, key in GRADES.items() if key in found}
    if grade not in known:
        raise Invalid.field("grade", _("Erlaubt sind: %(values)s") % {"values": ", ".join(known)})
    return known[grade]


def _check(rules: Document, said: str, channel: str, said_at: datetime | None, *, now: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if not said.strip():
        errors["said"] = [_("Was hat die Kundschaft gesagt?")]
    channels = [entry.key for entry in rules.channels if not entry.automatic]
    if channel and channel not in channels:
        errors["channel"] = [_("Erlaubt sind: %(values)s") % {"values": ", ".join(channels)}]
    if said_at is not None and said_at > now:
        errors["said_at"] = [_("Dieser Zeitpunkt liegt in der Zukunft.")]
    if errors:
        raise Invalid(errors)


def _who_holds(incident: Incident, rung: ChainLevel, *, now: datetime) -> list[Person]:
    """Who took the present level of the management chain on; while nobody has, everybody of its role."""
    step = ladders_for([incident.pk]).get(incident.pk, {}).get(ChainName.MANAGEMENT.value)
    taken = step.acknowledged_by if step is not None else None
    return [taken] if taken is not None and taken.is_active else holders(rung.role, now=now)
