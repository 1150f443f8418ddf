"""Up the two ladders (§5): by people with a reason from the document, or by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.services
from core.text import clean
from directory.selectors import roles_of, team_for_role
from escalation.services import Entry
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from lifecycle.access import By
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid
from process.schema import Chain, ChainLevel, ChainName


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
    if chain not in set(ChainName):
        raise Invalid.field("chain", _("Erlaubt sind functional und management."))
    ladder = rules_for(incident).chain(ChainName(chain))
    present: int = getattr(incident, f"{chain}_level")
    target = level or present + 1
    if target <= present or target > ladder.top:
        raise Invalid.field("level", _("Der Incident steht bereits auf dieser oder der letzten Stufe."))
    rung = ladder.level(target)
    chosen = next((entry for entry in rung.reasons if entry.key == reason), None)
    if chosen is None or chosen.automatic:
        allowed = ", ".join(entry.key for entry in rung.reasons if not entry.automatic)
        raise Invalid.field("reason", _("Für diese Stufe gelten die Gründe: %(reasons)s") % {"reasons": allowed})
    climb = Climb(incident, ChainName(chain), target, reason, chosen.paragraph, clean(note, limit=500))
    climb_all([climb], by=by, now=now)
    return incident


def climb_all(climbs: Iterable[Climb], *, by: By, now: datetime) -> None:
    """Moves incidents (locked by the caller) up their ladders and calls whoever holds the new rung."""
    entries = []
    for climb in climbs:
        ladder = rules_for(climb.incident).chain(climb.chain)
        rung = ladder.level(climb.to_level)
        services.change(
            climb.incident,
            kind="incident.escalated",
            actor=by.actor,
            now=now,
            rule=climb.rule,
            set_=_held_by(climb, rung),
            data={"chain": climb.chain.value, "to": climb.to_level, "reason": climb.reason},
        )
        entries.append(
            Entry(
                incident=climb.incident,
                chain=climb.chain,
                to_level=climb.to_level,
                reason=climb.reason,
                rule=climb.rule,
                note=climb.note,
                document=rules_for(climb.incident),
            )
        )
    escalation.services.enter(entries, now=now, actor=by.actor)
    ring_after_commit()


def _held_by(climb: Climb, rung: ChainLevel) -> dict[str, Any]:
    """The functional chain moves the incident to the team of the new level; the management chain only adds a holder."""
    set_: dict[str, Any] = {f"{climb.chain.value}_level": climb.to_level}
    if climb.chain is ChainName.FUNCTIONAL:
        set_["team"] = team_for_role(rung.role) or climb.incident.team
        assignee = climb.incident.assignee
        if assignee is not None and rung.role not in roles_of(assignee):
            set_["assignee"] = None
    return set_


def reason_paragraph(chain: Chain, level: int, reason: str) -> str:
    """The paragraph behind a reason of a level; the level's own when the document does not list the reason."""
    rung = chain.level(level)
    return next((entry.paragraph for entry in rung.reasons if entry.key == reason), rung.paragraph)
