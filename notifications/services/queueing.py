"""Messages into the outbox: rendered once per language, stored in one statement, each key once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from core.bulk import insert_rows
from directory.models import Person
from notifications.models import Enclosure, Message
from notifications.registry import CHANNELS
from notifications.rendering import render
from notifications.rules.reach import Reach
from notifications.selectors import addresses

MOST_AT_ONCE = 5
"""What is more reaches a person as one message: nobody reads forty of the same minute."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be queued. `key` makes it exist once; drafts that share a `context` are rendered once.

    `language` is that of the person unless given; `link` is a path inside the console; `thread` groups mails of one
    matter in mail programs.
    """

    key: str
    channel: str
    kind: str
    context: Mapping[str, Any] = field(default_factory=dict)
    person: Person | None = None
    address: str = ""
    language: str = ""
    is_urgent: bool = False
    needs_ack: bool = False
    topic_type: str = ""
    topic_id: int | None = None
    link: str = ""
    thread: str = ""
    enclosure: Enclosure | None = None

    @property
    def reads(self) -> str:
        """The language code the text is written in."""
        return self.language or (self.person.language if self.person else "de")


def channels_to(person: Person, *, is_urgent: bool) -> dict[str, str]:
    """The channels a message takes to a person, and the address there: the app, and what they chose.

    An urgent one takes every channel there is where none of the chosen ones leads out of the app (any more).
    """
    there = addresses(person)
    chosen = Reach.read(person.reach).chosen(is_urgent=is_urgent)
    taken = {key: address for key, address in there.items() if key in chosen or CHANNELS[key].connect is None}
    leaves_the_app = any(CHANNELS[key].connect for key in taken)
    return there if is_urgent and not leaves_the_app else taken


def drafts_for(
    people: Iterable[Person],
    *,
    kind: str,
    context: Mapping[str, Any],
    key: str,
    is_urgent: bool = False,
    needs_ack: bool = False,
    topic_type: str = "",
    topic_id: int | None = None,
    link: str = "",
    thread: str = "",
) -> list[Draft]:
    """One draft per person and channel that reaches them, keyed `<key>:<channel>:<person>`; none for who left."""
    return [
        Draft(
            key=f"{key}:{channel}:{person.pk}",
            channel=channel,
            kind=kind,
            context=context,
            person=person,
            address=address,
            is_urgent=is_urgent,
            needs_ack=needs_ack,
            topic_type=topic_type,
            topic_id=topic_id,
            link=link,
            thread=thread or str(context.get("number", "")),
        )
        for person in people
        if person.is_active
        for channel, address in channels_to(person, is_urgent=is_urgent).items()
    ]


def drafts_everywhere(
    person: Person,
    *,
    kind: str,
    context: Mapping[str, Any],
    key: str,
    link: str,
    topic: tuple[str, int],
    needs_ack: bool = False,
) -> list[Draft]:
    """One draft per channel that reaches a person, chosen or not, quiet or not: to see whether they arrive."""
    return [
        Draft(
            key=f"{key}:{channel}:{person.pk}",
            channel=channel,
            kind=kind,
            context=context,
            person=person,
            address=address,
            is_urgent=True,
            needs_ack=needs_ack,
            topic_type=topic[0],
            topic_id=topic[1],
            link=link,
        )
        for channel, address in addresses(person).items()
    ]


def notify_people(
    people: Iterable[Person],
    *,
    kind: str,
    context: Mapping[str, Any],
    key: str,
    now: datetime,
    is_urgent: bool = False,
    needs_ack: bool = False,
    topic_type: str = "",
    topic_id: int | None = None,
    link: str = "",
    thread: str = "",
) -> int:
    """Queues a notice for each person, by every channel they chose; returns how many messages that makes."""
    drafts = drafts_for(
        people,
        kind=kind,
        context=context,
        key=key,
        is_urgent=is_urgent,
        needs_ack=needs_ack,
        topic_type=topic_type,
        topic_id=topic_id,
        link=link,
        thread=thread,
    )
    return queue_all(drafts, now=now)


def queue_all(drafts: Iterable[Draft], *, now: datetime) -> int:
    """Stores messages in the caller's transaction; a key that exists already stays as it is. Returns the drafts taken.

    KeyError for an unknown channel, TemplateDoesNotExist for a kind without templates: both are mistakes in code.
    """
    drafts = list(drafts)  # keeps every context alive, so that its identity is a safe cache key
    texts: dict[tuple[str, str, int], tuple[str, str]] = {}
    rows = []
    for draft in drafts:
        wanted = (draft.kind, draft.reads, id(draft.context))
        if wanted not in texts:
            texts[wanted] = render(draft.kind, draft.context, draft.reads)
        rows.append(_row(draft, *texts[wanted], now=now))
    insert_rows(Message, rows, once="key")
    return len(rows)


def held_until(draft: Draft, *, now: datetime) -> datetime | None:
    """When a message may go out at the earliest: what is not urgent waits for the end of the person's quiet hours."""
    return None if draft.is_urgent or draft.person is None else quiet_until(draft.person, now=now)


def quiet_until(person: Person, *, now: datetime) -> datetime | None:
    """When the quiet hours end that a person has at `now`; None while they have none."""
    quiet = Reach.read(person.reach).quiet
    return quiet.over_at(now, _zone()) if quiet else None


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _row(draft: Draft, subject: str, body: str, *, now: datetime) -> dict[str, Any]:
    has_arrived = CHANNELS[draft.channel].connect is None
    held = None if has_arrived else held_until(draft, now=now)
    return {
        "key": draft.key,
        "channel": draft.channel,
        "person_id": draft.person.pk if draft.person else None,
        "address": draft.address,
        "language": draft.reads,
        "kind": draft.kind,
        "subject": subject,
        "body": body,
        "link": draft.link,
        "is_urgent": draft.is_urgent,
        "needs_ack": draft.needs_ack,
        "topic_type": draft.topic_type,
        "topic_id": draft.topic_id,
        "thread": draft.thread,
        "enclosure_id": draft.enclosure.pk if draft.enclosure else None,
        "state": (Message.State.SENT if has_arrived else Message.State.QUEUED).value,
        "attempts": 0,
        "next_try_at": None if has_arrived else held or now,
        "held_until": held,
        "sent_at": now if has_arrived else None,
        "delivered_at": now if has_arrived else None,
        "created_at": now,
        "error": "",
    }
