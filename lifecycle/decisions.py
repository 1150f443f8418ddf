"""What the management decides and does on its levels, each with its evidence (P-5.2).

`escalate` with the same reasons asks the management for it; these verbs say what came of it. Below the level that
the document names for a matter they carry the incident up first.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from incidents import services
from incidents.models import Comment, Incident
from incidents.rules.states import Verb
from lifecycle.access import By, may
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid
from lifecycle.writing import reference_to, write_down
from process.schema import Chain, ChainLevel, ChainName, Reason

DUTIES = {
    "strategic_decision": "decide_strategy",
    "crisis": "lead_crisis",
    "product_change": "change_product",
    "extensive_product_change": "decide_product",
    "external_communication": "communicate_externally",
}
"""Reason of the document → the duty of that level which is done by it."""
EXTENT = {"necessary": "product_change", "extensive": "extensive_product_change"}
"""How far a product change goes → the reason whose level decides on it (§5.2/2e, §5.2/3d)."""


@transaction.atomic
def strategic_decision(
    number: str, *, decision: str, grounds: str, by: By, now: datetime, version: int | None = None
) -> Incident:
    """Keeps a decision with strategic implications and its grounds (§5.2/3a)."""
    incident = take_in_hand(number, by=by, verb=Verb.STRATEGIC_DECISION, version=version)
    _need(decision=decision, grounds=grounds)
    said = [(_("Entscheid"), decision), (_("Gründe"), grounds)]
    return _keep(incident, "strategic_decision", said, by=by, now=now)


@transaction.atomic
def crisis(
    number: str, *, situation: str, measures: str, by: By, now: datetime, version: int | None = None
) -> Incident:
    """Keeps that the executive board leads a crisis: how things stand and which measures it takes (§5.2/3b)."""
    incident = take_in_hand(number, by=by, verb=Verb.CRISIS, version=version)
    _need(situation=situation, measures=measures)
    said = [(_("Lage"), situation), (_("Massnahmen"), measures)]
    return _keep(incident, "crisis", said, by=by, now=now)


@transaction.atomic
def product_change(
    number: str,
    *,
    extent: str,
    change: str,
    by: By,
    now: datetime,
    reference: str = "",
    version: int | None = None,
) -> Incident:
    """Keeps which change of the product was decided; extensive ones are the executive board's (§5.2/3d)."""
    incident = take_in_hand(number, by=by, verb=Verb.PRODUCT_CHANGE, version=version)
    if extent not in EXTENT:
        raise Invalid.field("extent", _("Erlaubt sind: %(values)s") % {"values": ", ".join(EXTENT)})
    if extent == "extensive" and not may(by.person, Verb.STRATEGIC_DECISION):
        raise Forbidden(str(Verb.PRODUCT_CHANGE), _("Umfangreiche Änderungen entscheidet die Geschäftsleitung."))
    _need(change=change)
    said = [(_("Änderung"), change), (_("Verweis"), reference)]
    return _keep(incident, EXTENT[extent], said, by=by, now=now)


@transaction.atomic
def external_communication(
    number: str,
    *,
    recipient: str,
    channel: str,
    said: str,
    by: By,
    now: datetime,
    said_at: datetime | None = None,
    version: int | None = None,
) -> Incident:
    """Keeps what a stakeholder, partner or customer was told: who, what, by which channel and when (§5.2/2f)."""
    incident = take_in_hand(number, by=by, verb=Verb.EXTERNAL_COMMUNICATION, version=version)
    _need(recipient=recipient, said=said)
    channels = [entry.key for entry in rules_for(incident).channels if not entry.automatic]
    if channel not in channels:
        raise Invalid.field("channel", _("Erlaubt sind: %(values)s") % {"values": ", ".join(channels)})
    if said_at is not None and said_at > now:
        raise Invalid.field("said_at", _("Dieser Zeitpunkt liegt in der Zukunft."))
    facts = {"said_via": channel, "said_at": (said_at or now).isoformat()}
    return _keep(incident, "external_communication", [(_("An"), recipient), ("", said)], by=by, now=now, **facts)


def _need(**texts: str) -> None:
    missing = {name: [_("Das gehört zum Nachweis.")] for name, text in texts.items() if not text.strip()}
    if missing:
        raise Invalid(missing)


def _keep(
    incident: Incident, matter: str, said: list[tuple[str, str]], *, by: By, now: datetime, **facts: str
) -> Incident:
    """Writes the evidence down, carries the incident to the level of the matter, and ticks that level's duty."""
    if by.person is None:
        raise Forbidden(matter, _("Das kann nur eine Person festhalten."))
    chain = rules_for(incident).chain(ChainName.MANAGEMENT)
    rung, reason = _level_for(chain, matter)
    lines = [f"{label}: {text.strip()}" if label else text.strip() for label, text in said if text.strip()]
    written = write_down(incident, "\n\n".join(lines), kind=Comment.Kind.NOTE, by=by, now=now)
    services.change(
        incident,
        kind="incident.decided",
        actor=by.actor,
        now=now,
        rule=reason.paragraph,
        data={"matter": matter, **reference_to(written), **facts},
    )
    if incident.management_level < rung.level:
        note = clean(lines[0], limit=500)
        climb = Climb(incident, ChainName.MANAGEMENT, rung.level, matter, reason.paragraph, note)
        climb_all([climb], by=by, now=now)
    _tick(incident, rung, DUTIES[matter], by=by, now=now)
    return incident


def _level_for(chain: Chain, matter: str) -> tuple[ChainLevel, Reason]:
    for rung in chain.levels:
        for reason in rung.reasons:
            if reason.key == matter:
                return rung, reason
    raise Invalid.field("matter", _("Der Prozess kennt diesen Grund nicht (%(matter)s).") % {"matter": matter})


def _tick(incident: Incident, rung: ChainLevel, key: str, *, by: By, now: datetime) -> None:
    duty = next((duty for duty in rung.duties if duty.key == key), None)
    if duty is None or by.person is None:
        return
    services.tick_duty(
        incident,
        chain=ChainName.MANAGEMENT.value,
        level=rung.level,
        key=key,
        rule=duty.paragraph,
        person=by.person,
        actor=by.actor,
        now=now,
    )
