"""Up the two ladders (§5): by people with a reason from the document, or by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from core.text import clean
from directory.selectors import team_for_role
from escalation.models import Step
from escalation.roster import is_released
from escalation.services import Entry
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from incidents.services import Move
from lifecycle.access import By
from lifecycle.desk import chain_named, rules_for, take_in_hand
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid
from lifecycle.informing import News, audience, inform
from process.schema import ChainLevel, ChainName


@dataclass(frozen=True, slots=True)
class Climb:
    """A step up: the incident in hand, where to, why (a reason of the document or a rule's), under which paragraph."""

    incident: Incident
    chain: ChainName
    to_level: int
    reason: str
    rule: str
    note: str = ""


@transaction.atomic
def escalate(
    number: str,
    *,
    chain: str,
    reason: str,
    by: By,
    now: datetime,
    note: str = "",
    level: int | None = None,
    version: int | None = None,
) -> Incident:
    """Takes an incident up one chain (P-5.1, P-5.2), to the next level or the one named, for a reason of that level."""
    incident = take_in_hand(number, by=by, verb=Verb.ESCALATE, version=version)
    name = chain_named(chain)
    ladder, present = rules_for(incident).chain(name), incident.level_on(name)
    target = level or present + 1
    if target <= present or target > ladder.top:
        raise Invalid.field("level", _("Der Incident steht bereits auf dieser oder der letzten Stufe."))
    rung = ladder.level(target)
    chosen = next((entry for entry in rung.reasons if entry.key == reason), None)
    if chosen is None or chosen.automatic:
        allowed = ", ".join(entry.key for entry in rung.reasons if not entry.automatic)
        raise Invalid.field("reason", _("Für diese Stufe gelten die Gründe: %(reasons)s") % {"reasons": allowed})
    climb = Climb(incident, name, target, reason, chosen.paragraph, clean(note, limit=500))
    climb_all([climb], by=by, now=now)
    return incident


def climb_all(climbs: Iterable[Climb], *, by: By, now: datetime) -> None:
    """Moves incidents (locked by the caller) up their ladders, calls whoever holds the new rung, informs by §14."""
    moves, entries, news = [], [], []
    informed = audience(by=by, now=now)
    for climb in climbs:
        rules = rules_for(climb.incident)
        chain = rules.chain(climb.chain)
        rung = chain.level(climb.to_level)
        news.append(News(climb.incident, chain, rung, climb.rule, informed(rules, chain, rung)))
        data = {"chain": climb.chain.value, "to": climb.to_level, "reason": climb.reason, **news[-1].fact}
        moves.append(
            Move(climb.incident, "incident.escalated", climb.rule, held_by(climb.incident, climb.chain, rung), data)
        )
        entries.append(
            Entry(
                incident=climb.incident,
                chain=climb.chain,
                to_level=climb.to_level,
                reason=climb.reason,
                rule=climb.rule,
                note=climb.note,
                document=rules,
            )
        )
    if not moves:
        return
    services.change_locked(moves, actor=by.actor, now=now)
    steps = escalation.services.enter(entries, now=now, actor=by.actor)
    pass_unmanned(steps, {entry.incident.pk: entry.incident for entry in entries}, by=by, now=now)
    inform(news, now=now)
    ring_after_commit()


def call_again(incident: Incident, *, rule: str, by: By, now: datetime, note: str = "") -> list[Step]:
    """Calls whoever holds the rung the incident stands on: its calls ended when it did, and now it is open again.

    Who is back at their own incident needs no call. Returns the steps made.
    """
    if by.person is not None and by.person.pk == incident.assignee_id:
        return []
    entry = Entry(
        incident=incident,
        chain=ChainName.FUNCTIONAL,
        to_level=incident.functional_level,
        reason="reopened",
        rule=rule,
        note=note,
        document=rules_for(incident),
    )
    steps = escalation.services.enter([entry], now=now, actor=by.actor)
    pass_unmanned(steps, {incident.pk: incident}, by=by, now=now)
    ring_after_commit()
    return steps


def pass_unmanned(steps: Iterable[Step], incidents: Mapping[int, Incident], *, by: By, now: datetime) -> None:
    """Where nobody of a rung could be reached the chain went on by itself (P-5.3): the records follow their steps."""
    moves = []
    for step in steps:
        incident = incidents[step.incident_id]
        if step.to_level == incident.level_on(step.chain):
            continue
        chain = ChainName(step.chain)
        rung = rules_for(incident).chain(chain).level(step.to_level)
        data = {"chain": step.chain, "to": step.to_level, "reason": "not_acknowledged"}
        moves.append(Move(incident, "incident.escalated", step.rule, held_by(incident, chain, rung), data))
    if moves:
        services.change_locked(moves, actor=by.actor, now=now)


def held_by(incident: Incident, chain: ChainName, rung: ChainLevel) -> dict[str, Any]:
    """What a rung changes: the functional chain gives the incident to its team, the management chain adds a holder."""
    set_: dict[str, Any] = {f"{chain.value}_level": rung.level}
    if chain is ChainName.FUNCTIONAL:
        set_["team"] = team_for_role(rung.role) or incident.team
    if is_released(incident, chain, rung):
        set_["assignee"] = None
    return set_
