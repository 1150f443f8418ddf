"""Down the two ladders (§5): whoever holds an incident gives it back, with a reason, to whoever is next below."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from core.text import clean
from directory.models import Person
from directory.selectors import roles_of
from escalation.events import GIVEN_BACK
from escalation.selectors import reasons_since_ground
from escalation.services import Entry
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from lifecycle.access import LEADS, By
from lifecycle.climb import held_by
from lifecycle.desk import chain_named, let_clocks_follow, rules_for, take_in_hand
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Forbidden, Invalid
from lifecycle.major import rung_of_majors
from process.schema import ChainLevel, ChainName, Document

SHORTEST_REASON = 5
"""Characters; less explains nothing."""


@transaction.atomic
def de_escalate(
    number: str,
    *,
    chain: str,
    reason: str,
    by: By,
    now: datetime,
    level: int | None = None,
    keep: bool = False,
    version: int | None = None,
) -> Incident:
    """Gives an incident back on one chain (P-5.3), to the level below or the lower one named.

    Whoever holds that level is called and has to answer, unless the person gives it back to themselves (`keep`) and
    holds the role for it. Refused where nobody could be reached: the chain would only carry it up again.
    """
    incident = take_in_hand(number, by=by, verb=Verb.DE_ESCALATE, version=version)
    name, rules = chain_named(chain), rules_for(incident)
    if by.person is not None and not may_give_back(by.person, incident, name, rules):
        raise Forbidden(Verb.DE_ESCALATE, _("Zurückgeben kann, wer die Stufe innehat, oder eine Leitung."))
    present = incident.level_on(name)
    rung = rules.chain(name).level(_target(present, level))
    if name is ChainName.MANAGEMENT and rung.level < floor_of(incident, rules):
        raise Invalid.field(
            "level",
            _("Ein Major Incident bleibt beim Management. Stufen Sie ihn zuerst zurück (demote-major)."),
        )
    why = _why(reason)
    keeper = _keeper(by, rung) if keep else None
    set_ = held_by(incident, name, rung)
    if keeper is not None and name is ChainName.FUNCTIONAL:
        set_ |= {"assignee": keeper, "acknowledged_at": incident.acknowledged_at or now}
    data = {"chain": chain, "from": present, "to": rung.level, "reason": why}
    services.change(
        incident, kind="incident.de_escalated", actor=by.actor, now=now, rule=rung.paragraph, set_=set_, data=data
    )
    entry = Entry(
        incident=incident,
        chain=name,
        to_level=rung.level,
        reason=GIVEN_BACK,
        rule=rung.paragraph,
        document=rules,
        note=why,
        from_level=present,
        kept_by=keeper,
    )
    [step] = escalation.services.enter([entry], now=now, actor=by.actor)
    if step.to_level != rung.level:
        raise Invalid.field("level", _("Auf dieser Stufe ist gerade niemand erreichbar."))
    let_clocks_follow(incident, by=by, now=now)
    ring_after_commit()
    return incident


def _target(present: int, level: int | None) -> int:
    if present == 1:
        raise Invalid.field("level", _("Der Incident steht bereits auf der untersten Stufe."))
    if level is not None and not 1 <= level < present:
        raise Invalid.field("level", _("Erlaubt sind die Stufen 1 bis %(top)d.") % {"top": present - 1})
    return level or present - 1


def _why(reason: str) -> str:
    why = clean(reason.strip(), limit=500)
    if len(why) < SHORTEST_REASON:
        raise Invalid.field("reason", _("Warum geht der Incident zurück? Schreiben Sie es den Nächsten."))
    return why


def _keeper(by: By, rung: ChainLevel) -> Person:
    if by.person is None or rung.role not in roles_of(by.person):
        raise Invalid.field("keep", _("Behalten kann den Incident nur, wer die Rolle der tieferen Stufe hat."))
    return by.person


def may_give_back(person: Person, incident: Incident, chain: ChainName, document: Document) -> bool:
    """Whether a person may give an incident back on a chain: who holds its present level, or a lead.

    Where a broken promise carried it up the management chain (P-5.4), only a lead.
    """
    roles = roles_of(person)
    if roles & LEADS:
        return True
    present = incident.level_on(chain)
    if document.chain(chain).level(present).role not in roles:
        return False
    is_breach = chain is ChainName.MANAGEMENT and document.sla.breach_reason in reasons_since_ground(incident, chain)
    return not is_breach


def floor_of(incident: Incident, document: Document) -> int:
    """The level of the management chain below which the incident cannot go: a major stays where majors belong (§6)."""
    found = rung_of_majors(document, ChainName.MANAGEMENT) if incident.is_major else None
    return found[0].level if found else 1


def ways_down(person: Person, incident: Incident, document: Document) -> dict[ChainName, list[ChainLevel]]:
    """The levels to which a person may give an incident back, the nearest first; chains without any are left out."""
    ways: dict[ChainName, list[ChainLevel]] = {}
    for chain in ChainName:
        present = incident.level_on(chain)
        if present > 1 and may_give_back(person, incident, chain, document):
            floor = floor_of(incident, document) if chain is ChainName.MANAGEMENT else 1
            ways[chain] = [rung for rung in document.chain(chain).levels[present - 2 :: -1] if rung.level >= floor]
    return {chain: rungs for chain, rungs in ways.items() if rungs}
