"""What there is of a person: their own records, what was sent to them, and where others name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from directory.models import Person, School
from incidents.models import Attachment, Comment, Contact, Incident
from lifecycle.personal.holds import all_held, held_contacts
from lifecycle.personal.map import Column, Holds, columns
from lifecycle.personal.subject import Subject
from notifications.models import Message
from statuspage.models import Subscriber

MESSAGES = (Comment.Kind.IN, Comment.Kind.OUT)
NEVER = Q(pk__in=())
SETTLED = ~Q(state="pending")
"""Of what a source delivered: nothing is taken away while it is being worked on."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A row in which somebody is named though it is not theirs."""

    column: Column
    pk: Any
    text: str


@dataclass
class Found:
    """Everything there is of somebody. `held` maps each incident of the house that keeps what it holds to why."""

    subject: Subject
    contacts: list[Contact]
    incidents: list[Incident]
    subscribers: list[Subscriber]
    people: list[Person]
    schools: list[School]
    held: dict[int, str] = field(default_factory=dict)
    only: Collection[str] | None = None
    """Numbers of the records that are the person's, where somebody looked: the others are a namesake's."""

    def __post_init__(self) -> None:
        self.held |= {row.pk: "left_out" for row in self.incidents if not self.is_theirs(row)}

    def is_theirs(self, record: Incident | Contact) -> bool:
        """Whether nobody said that a record is somebody else's."""
        return self.only is None or record.number in self.only

    @property
    def left_out(self) -> set[int]:
        """Incidents that are a namesake's."""
        return {pk for pk, why in self.held.items() if why == "left_out"}

    def without_namesakes(self) -> Found:
        """The same with the person's own records only."""
        incidents, contacts = filter(self.is_theirs, self.incidents), filter(self.is_theirs, self.contacts)
        return replace(self, incidents=list(incidents), contacts=list(contacts))

    @cached_property
    def held_contacts(self) -> dict[int, str]:
        """Which of the contacts stay, and why."""
        left_out = {row.pk: "left_out" for row in self.contacts if not self.is_theirs(row)}
        return held_contacts(self.contacts, self.held) | left_out

    @property
    def free_contacts(self) -> list[Contact]:
        """Contacts nothing keeps."""
        return [contact for contact in self.contacts if contact.pk not in self.held_contacts]

    @property
    def free_incidents(self) -> list[Incident]:
        """Incidents nothing keeps."""
        return [incident for incident in self.incidents if incident.pk not in self.held]

    @cached_property
    def aliases(self) -> list[Subject]:
        """The person as the request and each of their records name them. What belongs to a school names nobody."""
        return self._named_in([row for row in self._records() if self.is_theirs(row)])

    @property
    def names(self) -> list[Subject]:
        """The same, with what a namesake's records say."""
        return self._named_in(self._records())

    def _records(self) -> list[Contact | Incident]:
        return [*self.contacts, *self.incidents]

    def _named_in(self, records: Collection[Contact | Incident]) -> list[Subject]:
        ours = {school.email.lower() for school in self.schools} | {school.phone for school in self.schools}
        known = {self.subject: None}
        for record in records:
            email, phone = record.reporter_email.lower(), record.reporter_phone
            email, phone = "" if email in ours else email, "" if phone in ours else phone
            known[Subject(email, phone, record.reporter_name)] = None
        return list(known)

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Files of their incidents."""
        return list(Attachment.objects.filter(incident__in=self.incidents).order_by("pk"))

    @cached_property
    def comments(self) -> list[Comment]:
        """Messages to and from them."""
        return list(Comment.objects.filter(incident__in=self.incidents, kind__in=MESSAGES).order_by("pk"))

    @cached_property
    def messages(self) -> list[Message]:
        """Mails to their address, and about their records to whoever reported."""
        return list(messages_to(self).order_by("pk"))

    @cached_property
    def mentions(self) -> list[Mention]:
        """Where else they are named."""
        own = {("incidents.Incident", row.pk) for row in self.incidents}
        own |= {("incidents.Contact", row.pk) for row in self.contacts}
        own |= {("incidents.Comment", row.pk) for row in self.comments}
        own |= {("notifications.Message", row.pk) for row in self.messages}
        return [
            found
            for found in _mentions(mentioned(self), but_of=self.left_out)
            if (found.column.model, found.pk) not in own
        ]

    def counts(self) -> dict[str, int]:
        """How many records there are, by kind."""
        return {
            "contacts": len(self.contacts),
            "incidents": len(self.incidents),
            "comments": len(self.comments),
            "attachments": len(self.attachments),
            "messages": len(self.messages),
            "subscriptions": len(self.subscribers),
            "mentions": len(self.mentions),
        }

    def stays(self) -> dict[str, int]:
        """Why how many of their records would stay."""
        reasons = Counter(self.held[row.pk] for row in self.incidents if row.pk in self.held)
        reasons += Counter(self.held_contacts.values())
        reasons += Counter({"staff": len(self.people), "school": len(self.schools)})
        return dict(reasons)


def find(subject: Subject, *, lock: bool = False, only: Collection[str] | None = None) -> Found:
    """Everything of a person; with `lock` their records stay locked until the transaction ends.

    `only` are the numbers of the records that are theirs; without it all that answer to the subject are.
    """
    incidents = Incident.objects.filter(_own(subject)).order_by("pk")
    contacts = Contact.objects.filter(_own(subject)).order_by("pk")
    if lock:  # everybody locks the incident before what hangs on it
        incidents, contacts = incidents.select_for_update(), contacts.select_for_update()
    return Found(
        subject=subject,
        incidents=list(incidents),
        contacts=list(contacts),
        subscribers=list(Subscriber.objects.filter(_email("email", subject)).select_related("page")),
        people=list(Person.objects.filter(_email("email", subject) | _phone("phone", subject))),
        schools=list(School.objects.filter(_email("email", subject) | _phone("phone", subject))),
        held=all_held(),
        only=only,
    )


def mentioned(found: Found) -> str:
    """A regular expression for everything that names the person anywhere."""
    return "|".join(pattern for alias in found.aliases if (pattern := alias.mentions()))


def messages_to(found: Found) -> QuerySet[Message]:
    """Mails to the person: by address, or about their records to somebody who does not work here."""
    about = Q(topic_type="incident", topic_id__in=[row.pk for row in found.incidents])
    about |= Q(topic_type="contact", topic_id__in=[row.pk for row in found.contacts])
    emails = {alias.email for alias in found.aliases if alias.email}
    to_them = NEVER
    for email in emails:
        to_them |= Q(address__iexact=email)
    return Message.objects.filter(to_them | about & Q(person=None))


def naming(column: Column, pattern: str) -> QuerySet[Any]:
    """The rows of a column in which a pattern stands."""
    model = apps.get_model(column.model)
    everything: QuerySet[Any] = model._default_manager.all()
    if not pattern or isinstance(model._meta.get_field(column.field), BinaryField):  # bytes: lifecycle/personal/raw.py
        return everything.none()
    rows: QuerySet[Any] = everything.alias(_text=Cast(column.field, TextField())).filter(_text__iregex=pattern)
    return rows.filter(SETTLED) if column.model == "integrations.Delivery" else rows


def not_held(column: Column, held: Collection[int]) -> Q:
    """A condition for the rows of a column that nothing keeps."""
    if not column.of or not held:
        return Q()
    if column.of != "topic":
        return ~Q(**{f"{column.of}__in": held}) | Q(**{f"{column.of}__isnull": True})
    kind = "subject" if column.model == "core.EventText" else "topic"
    contacts = Contact.objects.filter(incident__in=held).values("pk")
    kept = Q(**{f"{kind}_type": "incident", f"{kind}_id__in": held})
    return ~(kept | Q(**{f"{kind}_type": "contact", f"{kind}_id__in": contacts}))


def _mentions(pattern: str, *, but_of: Collection[int]) -> Iterator[Mention]:
    for column in columns(Holds.WORDS):
        rows = naming(column, pattern).filter(not_held(column, but_of))
        for pk, text in rows.values_list("pk", column.field):
            yield Mention(column, pk, str(text))


def _own(subject: Subject) -> Q:
    name = Q(reporter_name__iexact=subject.name) if subject.name else NEVER
    return _email("reporter_email", subject) | _phone("reporter_phone", subject) | name


def _email(column: str, subject: Subject) -> Q:
    return Q(**{f"{column}__iexact": subject.email}) if subject.email else NEVER


def _phone(column: str, subject: Subject) -> Q:
    return Q(**{f"{column}__iregex": rf"^\s*{subject.phone_pattern}\s*$"}) if subject.phone else NEVER
