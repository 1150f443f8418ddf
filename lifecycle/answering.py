"""Answering a call from the message that brought it, without a login (P-5.3): one link, one act, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from directory.models import Person
from escalation.selectors import answered_by, waits_for
from incidents.models import Incident
from incidents.selectors import visible_to
from lifecycle import respond
from lifecycle.access import By
from lifecycle.errors import NotFound
from notifications.answer_links import door_of, message_of
from notifications.models import Message


class Outlook(StrEnum):
    """What the link can still do."""

    OPEN = "open"
    """The call waits for this person."""
    MINE = "mine"
    """They have answered."""
    TAKEN = "taken"
    """Somebody else has answered."""
    OVER = "over"
    """Nobody is called any more: the incident went on, or ended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as its link shows it: no more than the mail said already."""

    message: Message
    incident: Incident
    outlook: Outlook
    answered_by: str = ""


def look_up(token: str, *, now: datetime) -> Asked:
    """What a link stands for; changes nothing, because mail programs open links by themselves. Raises NotFound."""
    message = message_of(token, now=now)
    if message is None or message.person is None or message.topic_type != "incident" or message.topic_id is None:
        raise NotFound(token)
    incident = visible_to(message.person).filter(pk=message.topic_id).first()
    if incident is None:
        raise NotFound(token)
    return Asked(message, incident, *_outlook(message, message.person, incident))


def _outlook(message: Message, person: Person, incident: Incident) -> tuple[Outlook, str]:
    # a message that was answered opens nothing more, also when the same person is called again
    if message.acknowledged_at is None and waits_for(person, incident):
        return Outlook.OPEN, ""
    other = answered_by(incident, since=message.created_at, called=person)
    if other is None:
        return Outlook.OVER, ""
    return (Outlook.MINE if other == person else Outlook.TAKEN), other.display_name


@transaction.atomic
def answer(token: str, *, now: datetime) -> Asked:
    """The person the mail went to takes the incident on, if their call still waits. Raises NotFound, Forbidden.

    The call itself is what makes the link work once: whether it waits is asked under its incident's lock.
    """
    Incident.objects.select_for_update().get(pk=look_up(token, now=now).incident.pk)
    asked = look_up(token, now=now)
    person = asked.message.person
    if asked.outlook is Outlook.OPEN and person is not None:
        respond.acknowledge(asked.incident.number, by=By.of(person, via=door_of(asked.message)), now=now)
        asked = look_up(token, now=now)
    return asked
