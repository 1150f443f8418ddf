"""Reads of the outbox: the bell, receipts of a matter, dead letters, the state of delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Coalesce

from directory.models import Person
from notifications.contract import Channel
from notifications.models import Drill, Message, PushDevice, Webhook
from notifications.registry import CHANNELS

MANY = 100


def bell(person: Person, *, limit: int = 20) -> list[Message]:
    """The newest notices of a person in the app."""
    return list(Message.objects.filter(person=person, channel="in_app")[:limit])


def unread_count(person: Person) -> int:
    """Unread notices of a person, counted up to 100."""
    return Message.objects.filter(person=person, channel="in_app", read_at__isnull=True).order_by()[:MANY].count()


def is_pending(message: Message) -> bool:
    """Whether a notice in the app still asks for an answer."""
    return message.needs_ack and message.acknowledged_at is None and message.state == Message.State.SENT


def receipts_of(topic_type: str, topic_id: int) -> QuerySet[Message]:
    """Every message about a matter with what became of it, oldest first."""
    about = Message.objects.filter(topic_type=topic_type, topic_id=topic_id)
    return about.select_related("person").order_by("id")


def people_told(topic_type: str, topic_id: int, *, kinds: Collection[str]) -> list[Person]:
    """Whoever got a message of these kinds about a matter, each once."""
    about = Message.objects.filter(topic_type=topic_type, topic_id=topic_id, kind__in=kinds)
    return list(Person.objects.filter(pk__in=about.values("person"), is_active=True).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as it stands for a person: whether it reaches them, and their latest message by it."""

    channel: Channel
    is_open: bool
    last: Message | None


def ways_to(person: Person) -> list[Way]:
    """Every channel and what is known of it for a person. One query."""
    latest = Message.objects.filter(person=person).order_by("channel", "-id").distinct("channel")
    last = {message.channel: message for message in latest}
    return [Way(channel, channel.address(person) is not None, last.get(key)) for key, channel in CHANNELS.items()]


def webhook_of(person: Person) -> Webhook | None:
    """Where a person's messages are posted to, if anywhere."""
    return Webhook.objects.filter(person=person).first()


def devices_of(person: Person) -> list[PushDevice]:
    """The devices of a person that take push messages."""
    return list(PushDevice.objects.filter(person=person))


NO_ANSWER_AFTER = timedelta(days=1)
"""How long somebody may take over a drill before they are listed."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """What the newest drill says of a person. `is_reached`: a channel leads to them out of the app."""

    person: Person
    drill: Drill | None
    is_reached: bool
    is_silent: bool


def reachability(people: Iterable[Person], *, now: datetime) -> list[Reachability]:
    """Per person, what the newest drill came to. One query."""
    listed = list(people)
    newest = Drill.objects.filter(person__in=listed).order_by("person_id", "-sent_at", "-id").distinct("person_id")
    drills = {drill.person_id: drill for drill in newest}
    return [_reachability(person, drills.get(person.pk), now) for person in listed]


def _reachability(person: Person, drill: Drill | None, now: datetime) -> Reachability:
    is_reached = any(CHANNELS[key].connect for key in addresses(person))
    is_silent = drill is not None and drill.answered_at is None and drill.sent_at < now - NO_ANSWER_AFTER
    return Reachability(person, drill, is_reached, is_silent)


def addresses(person: Person) -> dict[str, str]:
    """Every channel that reaches a person, whatever they chose, and the address there."""
    found = {key: channel.address(person) for key, channel in CHANNELS.items()}
    return {key: address for key, address in found.items() if address is not None}


CONFIDENTIAL = ("privacy_case",)
"""Matters of which even a message tells too much: only their own rooms show them (P-7.5)."""


def messages_to(person: Person) -> QuerySet[Message]:
    """The messages to a person, newest first, but for those about confidential matters."""
    return Message.objects.filter(person=person).exclude(topic_type__in=CONFIDENTIAL).order_by("-id")


def dead_letters() -> QuerySet[Message]:
    """Messages that reached nobody, newest first, but for those about confidential matters."""
    dead = Message.objects.filter(state=Message.State.DEAD).exclude(topic_type__in=CONFIDENTIAL)
    return dead.select_related("person")


@dataclass(frozen=True, slots=True)
class Backlog:
    """How delivery stands: due and not yet sent, how long the oldest has waited, how many were given up."""

    due: int
    waiting_for: timedelta
    dead: int


def backlog(*, now: datetime) -> Backlog:
    """The state of delivery, for the health page and the banner about delayed notices."""
    due = Message.objects.filter(state=Message.State.QUEUED, next_try_at__lte=now).order_by()
    found = due.aggregate(number=Count("pk"), oldest=Min(Coalesce("held_until", "created_at")))
    return Backlog(
        due=found["number"],
        waiting_for=now - found["oldest"] if found["oldest"] else timedelta(0),
        dead=dead_letters().order_by().count(),
    )


def states_of(keys: Collection[str]) -> dict[str, str]:
    """Key of a message → how it stands in the outbox. One query."""
    return dict(Message.objects.filter(key__in=[key for key in keys if key]).values_list("key", "state"))
