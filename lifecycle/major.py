"""A major incident (§6): found by a trigger at opening or declared by hand later, with the same consequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import holders
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Verb
from incidents.services import Move
from lifecycle import correspondence, updates
from lifecycle.access import By
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Invalid
from process.schema import ChainName, Document, MajorTrigger

MANAGEMENT_LEVEL = 2
REASON = "major_incident"
TASK = "major_incident"


@dataclass(frozen=True, slots=True)
class Case:
    """An incident (locked, or opened by this very transaction) and the trigger of §6.1 that it meets."""

    incident: Incident
    trigger: MajorTrigger
    note: str = ""


@transaction.atomic
def declare_major(
    number: str, *, trigger: str, by: By, now: datetime, note: str = "", version: int | None = None
) -> Incident:
    """Somebody declares a major incident (P-6.1), whether the trigger would only propose one or was proposed before."""
    incident = take_in_hand(number, by=by, verb=Verb.DECLARE_MAJOR, version=version)
    triggers = rules_for(incident).major.triggers
    chosen = next((entry for entry in triggers if entry.key == trigger), None)
    if chosen is None:
        allowed = ", ".join(entry.key for entry in triggers)
        raise Invalid.field("trigger", _("Erlaubt sind: %(triggers)s") % {"triggers": allowed})
    if incident.is_major:
        raise Invalid.field("trigger", _("Dieser Incident ist bereits ein Major Incident."))
    _declare([Case(incident, chosen, clean(note.strip(), limit=500))], by=by, now=now)
    return incident


def weigh(found: Iterable[tuple[Incident, Sequence[str]]], *, document: Document, by: By, now: datetime) -> None:
    """What triggers ticked at opening mean (P-6.1): one that declares outweighs those that only propose."""
    proposed, declared = [], []
    for incident, keys in found:
        met = [entry for entry in document.major.triggers if entry.key in keys]
        strong = [entry for entry in met if entry.effect == "declare"]
        if strong:
            declared.append(Case(incident, strong[0]))
        elif met:
            proposed.append(Case(incident, met[0]))
    _change(proposed, "incident.major_proposed", is_major=False, by=by, now=now)
    _declare(declared, by=by, now=now)


def _declare(cases: Sequence[Case], *, by: By, now: datetime) -> None:
    """The record says so, the management chain is entered (P-5.2), and who must know by §14 is told."""
    _change(cases, "incident.major_declared", is_major=True, by=by, now=now)
    climb_all(
        [
            Climb(
                case.incident,
                ChainName.MANAGEMENT,
                MANAGEMENT_LEVEL,
                REASON,
                rules_for(case.incident).major.paragraph,
                case.note,
            )
            for case in cases
            if case.incident.management_level < MANAGEMENT_LEVEL
        ],
        by=by,
        now=now,
    )
    updates.follow([case.incident for case in cases], now=now)
    for case in cases:
        correspondence.tell(
            _to_be_told(case.incident, by=by, now=now),
            kind="incident_major",
            key=f"incident:{case.incident.pk}:major",
            context=correspondence.about(case.incident)
            | {"trigger": case.trigger.label, "rule": case.trigger.paragraph, "note": case.note},
            topic=("incident", case.incident.pk),
            link=correspondence.link_to(case.incident),
            urgent=True,
            now=now,
        )


def _change(cases: Sequence[Case], kind: str, *, is_major: bool, by: By, now: datetime) -> None:
    moves = [
        Move(
            case.incident,
            kind,
            case.trigger.paragraph,
            {
                "is_major": is_major,
                "major_state": "declared" if is_major else "candidate",
                "major_trigger": case.trigger.key,
            },
            {"trigger": case.trigger.key, **({"note": case.note} if case.note else {})},
        )
        for case in cases
    ]
    if moves:
        services.change_locked(moves, actor=by.actor, now=now)


def _to_be_told(incident: Incident, *, by: By, now: datetime) -> list[Person]:
    """Who is informed of or accountable for a major incident (§14/17), each once, but for whoever declares it."""
    roles = rules_for(incident).roles_for(TASK, "AI")
    people = {person.pk: person for role in roles for person in holders(role, now=now)}
    return [person for pk, person in people.items() if by.person is None or pk != by.person.pk]
