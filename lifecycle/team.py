"""The Major Incident Team (P-6.2): called at once when a major is declared, stood in for when somebody is silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Person
from directory.selectors import holders, roles_of
from escalation import summons
from escalation.summons import Called
from incidents.models import Incident
from lifecycle import correspondence
from lifecycle.access import EDIT_TEAM, RULES, By, require
from lifecycle.desk import rules_for
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid, NotFound
from process.models import ProcessVersion
from process.selectors import current_document

TASK = "major_incident"


def call(incidents: Sequence[Incident], *, by: By, now: datetime) -> dict[int, set[int]]:
    """Calls the team to majors (locked), all seats at once. Returns incident → people who need not be told apart."""
    called = summons.call_team(incidents, present=by.person, actor=by.actor, now=now)
    _say_who_is_missing(called, now=now)
    ring_after_commit()
    return {entry.incident.pk: {call.person_id for call in entry.calls} for entry in called}


@transaction.atomic
def unanswered(now: datetime, batch: int) -> int:
    """One batch of calls nobody answered: the next deputies are called. Returns how many fell due."""
    late = summons.claim_due(now=now, limit=batch)
    _say_who_is_missing(summons.call_deputies(late, now=now, actor=RULES.actor), now=now)
    ring_after_commit()
    return len(late)


def _say_who_is_missing(called: Iterable[Called], *, now: datetime) -> None:
    """Where nobody is left to call for a seat, whoever is accountable hears of it (§14/17)."""
    for entry in called:
        if not entry.missed:
            continue
        rules = rules_for(entry.incident)
        people = {person.pk: person for role in rules.roles_for(TASK, "A") for person in holders(role, now=now)}
        correspondence.tell(
            people.values(),
            kind="major_team_unanswered",
            key=f"team:{entry.incident.pk}:unanswered:{now.isoformat()}",
            context=correspondence.about(entry.incident)
            | {"rule": rules.major.team_paragraph, "entries": [{"function": seat.function} for seat in entry.missed]},
            topic=("incident", entry.incident.pk),
            link=correspondence.link_to(entry.incident),
            urgent=True,
            now=now,
        )


@transaction.atomic
def save_seat(key: str, *, people: Sequence[Person], by: By, now: datetime) -> None:
    """Puts people on a seat of the team, the first as its holder, the others as deputies in their order.

    Nobody leaves it vacant. Raises Forbidden, NotFound for a seat the process does not have, Invalid.
    """
    require(by, EDIT_TEAM)
    version_id, document = current_document()
    member = document.major.seat(key)
    if member is None:
        raise NotFound(key)
    if len({person.pk for person in people}) < len(people):
        raise Invalid.field("people", _("Jede Person kommt auf einem Sitz nur einmal vor."))
    for person in people:
        if not person.is_active or not roles_of(person):
            raise Invalid.field("people", _("%(name)s hat keine Rolle.") % {"name": person.display_name})
    ProcessVersion.objects.select_for_update().only("pk").get(pk=version_id)  # two who save at once take turns
    summons.put_on_seat(
        member, people, version_id=version_id, rule=document.major.team_paragraph, actor=by.actor, now=now
    )
