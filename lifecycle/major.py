"""A major incident (§6): found by a trigger at opening or declared by hand later, with the same consequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.selectors import holders
from incidents import services
from incidents.models import OPEN_VALUES, Incident
from incidents.rules.majors import Extent, met
from incidents.rules.states import Verb
from incidents.selectors import majors_decided, schools_hit
from incidents.services import Move
from lifecycle import correspondence, data_protection, family, review, team, updates
from lifecycle.access import RULES, By
from lifecycle.climb import Climb, climb_all
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Invalid
from lifecycle.major_end import REASON, TASK, all_give_way
from notifications.services import release_topics
from process.schema import ChainLevel, ChainName, Document, MajorTrigger, Reason


@dataclass(frozen=True, slots=True)
class Case:
    """An incident (locked, or opened by this very transaction) and the trigger of §6.1 that it meets."""

    incident: Incident
    trigger: MajorTrigger
    note: str = ""


def rung_of_majors(document: Document, chain: ChainName) -> tuple[ChainLevel, Reason] | None:
    """The level of a chain that majors are carried to, and the document's reason for it (§5.1/1f, §6.1)."""
    rungs = ((rung, reason) for rung in document.chain(chain).levels for reason in rung.reasons)
    return next(((rung, reason) for rung, reason in rungs if reason.key == REASON), None)


@transaction.atomic
def declare_major(
    number: str, *, trigger: str, by: By, now: datetime, note: str = "", version: int | None = None
) -> Incident:
    """Somebody declares a major incident (P-6.1), whether the trigger would only propose one or was proposed before.

    What hangs on an open major is led there and cannot be declared; majors below this one give way to it.
    """
    family.lock(family.top_of(number))
    incident = take_in_hand(number, by=by, verb=Verb.DECLARE_MAJOR, version=version)
    triggers = rules_for(incident).major.offered
    chosen = next((entry for entry in triggers if entry.key == trigger), None)
    if chosen is None:
        allowed = ", ".join(entry.key for entry in triggers)
        raise Invalid.field("trigger", _("Erlaubt sind: %(triggers)s") % {"triggers": allowed})
    if incident.is_major:
        raise Invalid.field("trigger", _("Dieser Incident ist bereits ein Major Incident."))
    main = family.major_above(incident)
    if main is not None:
        raise Invalid.field(
            "trigger",
            _("Dieser Incident hängt am Major Incident %(number)s und wird dort geführt.") % {"number": main.number},
        )
    _declare([Case(incident, chosen, clean(note.strip(), limit=500))], by=by, now=now)
    all_give_way(family.open_below(incident), incident, by=by, now=now)
    data_protection.look_again(incident, triggers=[trigger], now=now)
    return incident


def declare_by_rule(incident: Incident, trigger: str | None, *, by: By, now: datetime) -> None:
    """What was found out meets a trigger (P-6.1): an open incident (locked with its family) becomes a major by it.

    What is a major already, or is led as part of one, stays what it is.
    """
    chosen = next((entry for entry in rules_for(incident).major.triggers if entry.key == trigger), None)
    is_led = incident.is_major or incident.status not in OPEN_VALUES or family.major_above(incident) is not None
    if chosen is not None and not is_led:
        _declare([Case(incident, chosen)], by=by, now=now)
        all_give_way(family.open_below(incident), incident, by=by, now=now)


def weigh(found: Iterable[tuple[Incident, Sequence[str]]], *, document: Document, by: By, now: datetime) -> None:
    """What triggers that are met mean (P-6.1): one that declares outweighs those that only propose.

    A trigger that people decided about, by rejecting or demoting, does not speak again by itself. What is a major, or
    hangs on an open one, is left as it is.
    """
    found = [(incident, keys) for incident, keys in found if not incident.is_major]
    decided = majors_decided([incident.pk for incident, _keys in found if incident.major_state])
    proposed, declared = [], []
    for incident, keys in found:
        if family.major_above(incident) is not None:
            continue
        fresh = set(keys) - decided.get(incident.pk, set())
        met = [entry for entry in document.major.triggers if entry.key in fresh]
        strong = [entry for entry in met if entry.effect == "declare"]
        if strong:
            declared.append(Case(incident, strong[0]))
        elif met and incident.major_state != "candidate":
            proposed.append(Case(incident, met[0]))
    _change(proposed, "incident.major_proposed", is_major=False, by=by, now=now)
    for case in proposed:
        _tell(case, "major_proposed", letters="RA", but_for=set(), by=by, now=now)
    _declare(declared, by=by, now=now)


def look_again(incident: Incident, *, now: datetime) -> None:
    """Something was attached to an incident (locked with all below it): triggers that it meets now speak by themselves,
    and majors below one that is declared so give way to it (P-6.1)."""
    if incident.is_major or incident.status not in OPEN_VALUES:
        return
    document = rules_for(incident)
    keys = met_by_itself(incident, document, schools=schools_hit(incident))
    weigh([(incident, keys)] if keys else [], document=document, by=RULES, now=now)
    if incident.is_major:
        all_give_way(family.open_below(incident), incident, by=RULES, now=now)


def met_by_itself(incident: Incident, document: Document, *, schools: int) -> list[str]:
    """Triggers that an incident meets without anybody ticking them (P-6.1)."""
    triggers = document.major.triggers
    is_asked = any(circumstance.module for trigger in triggers for circumstance in trigger.when)
    module = incident.module.key if is_asked and incident.module is not None else ""
    return met(triggers, Extent(incident.category, module, schools, incident.is_flood))


def _declare(cases: Sequence[Case], *, by: By, now: datetime) -> None:
    """The record says so, both chains move (P-5.1, P-5.2), the team is called (P-6.2), a review is owed (P-6.3)."""
    if not cases:
        return
    _change(cases, "incident.major_declared", is_major=True, by=by, now=now)
    for chain in ChainName:
        climb_all([climb for case in cases for climb in _climb(case, chain)], by=by, now=now)
    incidents = [case.incident for case in cases]
    updates.follow(incidents, now=now)
    release_topics(topic_type="incident", topic_ids=[incident.pk for incident in incidents], now=now)
    called = team.call(incidents, by=by, now=now)
    review.owe(incidents, by=by, now=now)
    for incident in incidents:
        if rules_for(incident).sla.asks_for("major"):
            let_clocks_follow(incident, by=by, now=now)
    for case in cases:
        _tell(case, "incident_major", letters="AI", but_for=called[case.incident.pk], by=by, now=now)


def _climb(case: Case, chain: ChainName) -> Iterable[Climb]:
    found = rung_of_majors(rules_for(case.incident), chain)
    if found is not None and case.incident.level_on(chain) < found[0].level:
        yield Climb(case.incident, chain, found[0].level, REASON, found[1].paragraph, case.note)


def _tell(case: Case, kind: str, *, letters: str, but_for: set[int], by: By, now: datetime) -> None:
    """Whoever holds a role with one of the letters in §14/17 is told, each once, but for whoever acts."""
    incident = case.incident
    roles = rules_for(incident).roles_for(TASK, letters)
    people = {person.pk: person for role in roles for person in holders(role, now=now)}
    acting = {by.person.pk} if by.person is not None else set()
    correspondence.tell(
        [person for pk, person in people.items() if pk not in but_for | acting],
        kind=kind,
        key=f"incident:{incident.pk}:{kind}:{incident.version}",
        context=correspondence.about(incident)
        | {"trigger": case.trigger.label, "rule": case.trigger.paragraph, "note": case.note},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
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
