"""Whom a stakeholder message reaches: one message per recipient in the outbox, each with its own receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from directory.models import Person
from directory.selectors import people_with_any_role
from incidents.models import Contact, Incident, StakeholderMessage
from incidents.room import schools_of
from lifecycle import correspondence
from lifecycle.desk import rules_for
from lifecycle.family import all_below
from notifications.services import Draft, drafts_for
from process.schema import Text

KIND, TOPIC, TASK = "stakeholder_update", "stakeholder_message", "major_incident"
Audience = StakeholderMessage.Audience


def drafts_to(message: StakeholderMessage, *, now: datetime) -> list[Draft]:
    """One message per person or address, in the order of the audiences; who belongs to several gets one."""
    context = {
        "number": message.incident.number,
        "subject": Text(de=message.subject_de, en=message.subject_en or message.subject_de),
        "text": Text(de=message.body_de, en=message.body_en or message.body_de),
    }
    found: dict[tuple[str, str], Draft] = {}
    for audience in Audience:
        if audience in message.audiences and audience in _WAYS:
            for draft in _WAYS[audience](message, context, now):
                found.setdefault((draft.channel, (draft.address or draft.key).lower()), draft)
    return list(found.values())


def _schools(message: StakeholderMessage, context: Mapping[str, Any], now: datetime) -> Iterable[Draft]:
    for hit in schools_of(message.incident):
        if hit.school.email:
            yield _mail(message, f"school:{hit.school.pk}", hit.school.email, context, hit.school.language)


def _reporters(message: StakeholderMessage, context: Mapping[str, Any], now: datetime) -> Iterable[Draft]:
    """Whoever reported the incident, what hangs on it, or wrote about any of them, where mail is their channel."""
    incidents = [message.incident, *all_below(message.incident)]
    contacts = Contact.objects.filter(incident__in=incidents).select_related("reporter").order_by("pk")
    records: list[Incident | Contact] = [*incidents, *contacts]
    for record in records:
        if correspondence.reach(record) == "email":
            place = f"{record._meta.model_name}:{record.pk}"
            language = record.reporter.language if record.reporter else "de"
            yield _mail(message, place, record.reporter_email, context, language)


def _staff(message: StakeholderMessage, context: Mapping[str, Any], now: datetime) -> Iterable[Draft]:
    """Whoever has a letter in the row of majors (§14/17), in the app and by mail."""
    people: list[Person] = people_with_any_role(rules_for(message.incident).roles_for(TASK, "RACI"), now=now)
    return drafts_for(
        people,
        kind=KIND,
        key=f"stakeholder:{message.pk}:staff",
        context=context,
        topic_type=TOPIC,
        topic_id=message.pk,
        link=correspondence.link_to_room(message.incident),
    )


_WAYS: dict[str, Callable[[StakeholderMessage, Mapping[str, Any], datetime], Iterable[Draft]]] = {
    Audience.SCHOOLS: _schools,
    Audience.REPORTERS: _reporters,
    Audience.STAFF: _staff,
}
"""Audience → its messages. The public reads a page instead (`public_messages`)."""


def _mail(
    message: StakeholderMessage, place: str, address: str, context: Mapping[str, Any], language: str = "de"
) -> Draft:
    return Draft(
        key=f"stakeholder:{message.pk}:{place}",
        channel="email",
        kind=KIND,
        context=context,
        address=address,
        language=language,
        topic_type=TOPIC,
        topic_id=message.pk,
        thread=message.incident.number,
    )
