"""Who §14 consults on a task is asked in words, and answers in words (P-14.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Person
from directory.selectors import holders, roles_of
from incidents import services
from incidents.models import Comment, Consultation, Incident
from incidents.rules.states import Verb
from lifecycle import correspondence
from lifecycle.access import By
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid
from lifecycle.writing import reference_to, write_down
from process.schema import Document, RaciRow


def askable(rules: Document) -> dict[str, RaciRow]:
    """The tasks of §14 on which somebody is consulted, by key."""
    return {row.key: row for row in rules.raci if row.holders("C")}


@transaction.atomic
def consult(
    number: str, *, task: str, question: str, by: By, now: datetime, role: str = "", version: int | None = None
) -> Incident:
    """Asks the roles that §14 consults on a task, or one of them. Who holds them is told; one answer per role counts.

    The record keeps its version. Raises Forbidden for rules and programs, and Invalid.
    """
    incident = take_in_hand(number, by=by, verb=Verb.CONSULT, version=version)
    person = _person(by, Verb.CONSULT)
    rules = rules_for(incident)
    row = askable(rules).get(task)
    if row is None:
        raise Invalid.field("task", _("Erlaubt sind: %(values)s") % {"values": ", ".join(askable(rules))})
    if not question.strip():
        raise Invalid.field("question", _("Was möchten Sie wissen?"))
    people = _asked(row, role, but=person, now=now)
    written = write_down(incident, question, kind=Comment.Kind.NOTE, by=by, now=now)
    asked = services.open_consultations(
        incident,
        task=task,
        rule=row.paragraph,
        roles=list(people),
        question=written,
        reference=reference_to(written),
        person=person,
        actor=by.actor,
        now=now,
    )
    for consultation in asked:
        correspondence.tell(
            people[consultation.role],
            kind="consultation_asked",
            key=f"consultation:{consultation.pk}",
            context=correspondence.about(incident)
            | {"task": row.label, "rule": row.paragraph, "text": written.body, "by": by.actor.label},
            topic=("incident", incident.pk),
            link=_link_to(consultation),
            urgent=incident.priority == "critical" or incident.is_major,
            now=now,
        )
    return incident


@transaction.atomic
def advise(number: str, *, question: int, answer: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """Answers a question for a role one holds; the first answer stands. Whoever asked is told.

    Raises Forbidden for people who were not asked, and Invalid.
    """
    incident = take_in_hand(number, by=by, verb=Verb.ADVISE, version=version)
    person = _person(by, Verb.ADVISE)
    asked = Consultation.objects.select_related("asked_by", "answered_by").filter(incident=incident, pk=question)
    consultation = asked.first()
    if consultation is None:
        raise Invalid.field("question", _("Diese Rückfrage gibt es nicht."))
    if consultation.role not in roles_of(person):
        raise Forbidden(str(Verb.ADVISE), _("Gefragt ist eine Rolle, die Sie nicht haben."))
    if consultation.answered_by is not None:
        name = consultation.answered_by.display_name
        raise Invalid.field("question", _("%(name)s hat schon geantwortet.") % {"name": name})
    if not answer.strip():
        raise Invalid.field("answer", _("Was antworten Sie?"))
    row = next((row for row in rules_for(incident).raci if row.key == consultation.task), None)
    written = write_down(incident, answer, kind=Comment.Kind.NOTE, by=by, now=now)
    services.answer_consultation(
        consultation,
        rule=row.paragraph if row else "",
        answer=written,
        reference=reference_to(written),
        person=person,
        actor=by.actor,
        now=now,
    )
    correspondence.tell(
        [consultation.asked_by] if consultation.asked_by.pk != person.pk else [],
        kind="consultation_answered",
        key=f"consultation:{consultation.pk}:answered",
        context=correspondence.about(incident)
        | {"task": row.label if row else "", "text": written.body, "by": by.actor.label},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
        urgent=incident.is_major,
        now=now,
    )
    return incident


def _person(by: By, verb: Verb) -> Person:
    if by.person is None:
        raise Forbidden(str(verb), _("Fragen und antworten kann nur eine Person."))
    return by.person


def _asked(row: RaciRow, role: str, *, but: Person, now: datetime) -> dict[str, list[Person]]:
    """Who is asked, by role. A role nobody else holds today is left out; when none is left, nobody would answer."""
    roles = row.holders("C")
    if role and role not in roles:
        raise Invalid.field("role", _("Erlaubt sind: %(values)s") % {"values": ", ".join(roles)})
    found = {name: holders(name, now=now) for name in ([role] if role else roles)}
    people = {name: [person for person in held if person.pk != but.pk] for name, held in found.items()}
    people = {name: held for name, held in people.items() if held}
    if not people:
        raise Invalid.field("role", _("Diese Rolle hat heute niemand, den Sie fragen könnten."))
    return people


def _link_to(consultation: Consultation) -> str:
    return f"/incidents/{consultation.incident.number}/advise/?question={consultation.pk}"
