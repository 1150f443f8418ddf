"""What the level that holds an incident has to do (P-5.1, P-5.2), ticked off as it is done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from lifecycle.access import By
from lifecycle.desk import chain_named, rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid


@transaction.atomic
def tick(number: str, *, chain: str, key: str, done: bool, by: By, now: datetime, level: int | None = None) -> Incident:
    """Ticks a duty of the present level, or takes its tick back; what stands so already stays with who did it.

    With `level` it is refused when the incident stands elsewhere by now. The record keeps its version: a tick changes
    none of its facts, and whoever is writing a form about it must not be told that somebody was faster.
    """
    incident = take_in_hand(number, by=by, verb=Verb.TICK)
    name = chain_named(chain)
    if by.person is None:
        raise Forbidden(Verb.TICK, _("Abhaken kann nur eine Person."))
    present = incident.level_on(name)
    duties = rules_for(incident).chain(name).level(present).duties
    duty = next((duty for duty in duties if duty.key == key and level in (None, present)), None)
    if duty is None:
        allowed = ", ".join(duty.key for duty in duties)
        raise Invalid.field("key", _("Auf der jetzigen Stufe gibt es die Aufgaben: %(keys)s") % {"keys": allowed})
    if done:
        services.tick_duty(
            incident,
            chain=chain,
            level=present,
            key=key,
            rule=duty.paragraph,
            person=by.person,
            actor=by.actor,
            now=now,
        )
    else:
        services.untick_duty(
            incident, chain=chain, level=present, key=key, rule=duty.paragraph, actor=by.actor, now=now
        )
    return incident
