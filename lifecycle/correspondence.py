"""What reporters and staff are told. Each function queues messages in the caller's transaction; sending comes later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from directory.models import Person
from directory.selectors import holders
from incidents.models import Contact, Incident
from lifecycle.access import By
from lifecycle.doorbell import ring_after_commit
from notifications.services import Draft, notify_people, queue_all

ADDRESS_LIMIT = 254
MAIL_CHANNELS = frozenset({"email", "ticket", "app_feedback"})


def can_be_mailed(address: str) -> bool:
    """Whether this is one address a mail can go to, short enough to be kept."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= ADDRESS_LIMIT


def confirm_contact(contact: Contact, *, now: datetime) -> None:
    """Tells the reporter that their report arrived and under which number."""
    if contact.feedback_channel in MAIL_CHANNELS and contact.reporter_email:
        _mail(
            "contact_received",
            contact.reporter_email,
            key=f"contact:{contact.pk}:received",
            context={"number": contact.number, "subject": contact.subject, "name": contact.reporter_name},
            topic=("contact", contact.pk),
            thread=contact.number,
            now=now,
        )


def hand_on(contact: Contact, *, now: datetime) -> None:
    """Tells the role that answers feature and management requests (P-2.2)."""
    if contact.handed_to and contact.state == Contact.State.HANDED_ON and contact.kind != "support":
        tell(
            holders(contact.handed_to, now=now),
            kind="contact_handed_on",
            key=f"contact:{contact.pk}:v{contact.version}",
            context={"number": contact.number, "subject": contact.subject, "contact_kind": contact.kind},
            topic=("contact", contact.pk),
            link=f"/inbox/{contact.number}/",
            now=now,
        )


def send_answer(contact: Contact, *, by: By, now: datetime) -> None:
    """Mails the answer to a contact, where the reporter chose mail and left an address."""
    if reach(contact) == "email":
        _mail(
            "contact_answered",
            contact.reporter_email,
            key=f"contact:{contact.pk}:answer:{contact.version}",
            context={
                "number": contact.number,
                "subject": contact.subject,
                "name": contact.reporter_name,
                "text": contact.answer,
                "author": by.actor.label,
            },
            topic=("contact", contact.pk),
            thread=contact.number,
            now=now,
        )


def reach(record: Incident | Contact) -> str:
    """How a message reaches the reporter: `email`, or the channel a person has to use by hand; empty when none."""
    if record.reporter_email and record.feedback_channel in MAIL_CHANNELS:
        return "email"
    return record.feedback_channel


def write_to_reporter(
    incident: Incident, *, kind: str, key: str, now: datetime, context: Mapping[str, Any] | None = None
) -> str:
    """Queues a mail to the reporter if mail is their feedback channel; returns how they are reached."""
    way = reach(incident)
    if way == "email":
        _mail(
            kind,
            incident.reporter_email,
            key=key,
            context={
                "number": incident.number,
                "title": incident.title,
                "name": incident.reporter_name,
                **(context or {}),
            },
            topic=("incident", incident.pk),
            thread=incident.number,
            now=now,
        )
    return way


def tell(
    people: Iterable[Person],
    *,
    kind: str,
    key: str,
    context: Mapping[str, Any],
    topic: tuple[str, int],
    link: str,
    now: datetime,
    urgent: bool = False,
    needs_ack: bool = False,
) -> None:
    """Notifies staff in the app and by mail, once per key and person."""
    notify_people(
        list(people),
        kind=kind,
        key=key,
        context=dict(context),
        topic_type=topic[0],
        topic_id=topic[1],
        link=link,
        is_urgent=urgent,
        needs_ack=needs_ack,
        now=now,
    )
    ring_after_commit()


def about(incident: Incident) -> dict[str, Any]:
    """What staff messages say of an incident."""
    return {"number": incident.number, "title": incident.title, "priority": incident.priority}


def link_to(incident: Incident) -> str:
    """Path of the incident in the console."""
    return f"/incidents/{incident.number}/"


def link_to_room(incident: Incident) -> str:
    """Path of a major's room in the console."""
    return f"{link_to(incident)}room/"


def _mail(
    kind: str,
    address: str,
    *,
    key: str,
    context: Mapping[str, Any],
    topic: tuple[str, int],
    thread: str,
    now: datetime,
) -> None:
    queue_all(
        [
            Draft(
                key=key,
                channel="email",
                person=None,
                address=address,
                kind=kind,
                context=dict(context),
                language="de",
                topic_type=topic[0],
                topic_id=topic[1],
                thread=thread,
            )
        ],
        now=now,
    )
    ring_after_commit()
