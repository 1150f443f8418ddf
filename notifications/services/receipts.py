"""What becomes of messages that are there: read, acknowledged, obsolete, tried again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.actors import Actor
from core.audit import Fact, record
from core.text import clean
from directory.models import Person
from notifications.models import Message
from notifications.services.delivery import fact_about, named

PENDING = Q(state=Message.State.QUEUED) | Q(
    channel="in_app", state=Message.State.SENT, needs_ack=True, acknowledged_at__isnull=True
)
"""Still on its way, or in the app and still asking for an answer."""


def acknowledge_topic(*, person_id: int, topic_type: str, topic_id: int, now: datetime) -> int:
    """The person took the matter on: mails on their way are skipped, notices in the app count as answered and read.

    Returns how many messages that changed.
    """
    mine = Message.objects.filter(person_id=person_id, topic_type=topic_type, topic_id=topic_id, needs_ack=True)
    answered = mine.filter(state=Message.State.SENT, acknowledged_at__isnull=True).update(acknowledged_at=now)
    mine.filter(channel="in_app", read_at__isnull=True).update(read_at=now)
    return answered + _skip(mine, reason="acknowledged")


def mark_read(*, person: Person, now: datetime, message_ids: Collection[int] | None = None) -> int:
    """Marks notices of a person as read: those named, or all. Returns how many were unread."""
    mine = Message.objects.filter(person=person, channel="in_app", read_at__isnull=True)
    if message_ids is not None:
        mine = mine.filter(pk__in=message_ids)
    return mine.update(read_at=now)


def skip_topic(
    *, topic_type: str, topic_id: int, reason: str, now: datetime, kinds: Collection[str] | None = None
) -> int:
    """As `skip_topics`, for one matter."""
    return skip_topics(topic_type=topic_type, topic_ids=[topic_id], reason=reason, now=now, kinds=kinds)


def skip_topics(
    *,
    topic_type: str,
    topic_ids: Collection[int],
    reason: str,
    now: datetime,
    kinds: Collection[str] | None = None,
) -> int:
    """Makes pending messages of matters obsolete (D2.5: checked once more before sending). Returns how many.

    `kinds` limits it to some kinds; messages to reporters are skipped only when their kind is named.
    """
    about = Message.objects.filter(PENDING, topic_type=topic_type, topic_id__in=topic_ids)
    about = about.filter(kind__in=kinds) if kinds is not None else about.filter(person__isnull=False)
    return _skip(about, reason=reason)


def release_topics(*, topic_type: str, topic_ids: Collection[int], now: datetime) -> int:
    """What was held for somebody's quiet hours goes out now: the matter became a major one. Returns how many."""
    held = Message.objects.filter(topic_type=topic_type, topic_id__in=topic_ids, state=Message.State.QUEUED)
    return held.filter(held_until__gt=now).update(held_until=now, next_try_at=now)


def arrived(*, message_id: int, now: datetime) -> bool:
    """The other side says that a message it took has arrived. False when that was known, or there is none such."""
    unknown = Message.objects.filter(pk=message_id, delivered_at__isnull=True).exclude(state=Message.State.DEAD)
    return bool(unknown.update(delivered_at=now))


@transaction.atomic
def not_arrived(*, message_id: int, error: str, now: datetime) -> bool:
    """The other side says that a message it took will not arrive: a dead letter. False when it had arrived."""
    taken = Message.objects.filter(pk=message_id, delivered_at__isnull=True, acknowledged_at__isnull=True)
    lost = taken.filter(state__in=[Message.State.QUEUED, Message.State.SENT])
    if not lost.update(state=Message.State.DEAD, leased_until=None, next_try_at=None, error=clean(error, limit=500)):
        return False
    message = Message.objects.select_related("person").get(pk=message_id)
    record(fact_about("message.dead", message, now, error="undelivered"))
    return True


def skip_keys(*, keys: Collection[str], reason: str, now: datetime) -> int:
    """Makes the pending ones among messages with these keys obsolete. Returns how many."""
    return _skip(Message.objects.filter(PENDING, key__in=keys), reason=reason) if keys else 0


def spare_doubles(
    *, people: Collection[int], topic_type: str, topic_id: int, kind: str, made_at: datetime, reason: str
) -> int:
    """Of the messages of a kind made at an instant those to people who hear of the matter by another one of the same
    instant become obsolete, and do not count as unread. Returns how many."""
    about = Message.objects.filter(topic_type=topic_type, topic_id=topic_id, kind=kind)
    doubles = about.filter(person__in=people, created_at=made_at)
    doubles.filter(channel="in_app", read_at__isnull=True).update(read_at=made_at)
    return _skip(doubles, reason=reason)


def skip_person(*, person_id: int, reason: str) -> int:
    """Nothing that is still on its way to a person goes out any more. Returns how many messages that were."""
    return _skip(Message.objects.filter(person=person_id), reason=reason)


def count_as_sent(*, since: datetime, until: datetime) -> int:
    """Marks messages queued in [since, until) as sent when they were written, for histories told afterwards.

    None of them goes out. Returns how many.
    """
    past = Message.objects.filter(state=Message.State.QUEUED, next_try_at__gte=since, next_try_at__lt=until)
    return past.filter(attempts=0).update(state=Message.State.SENT, sent_at=F("created_at"), next_try_at=None)


def _skip(messages: QuerySet[Message], *, reason: str) -> int:
    # a lease stays: whoever is sending just now still owns the row and will say so if the message went out
    return messages.filter(PENDING).update(state=Message.State.SKIPPED, next_try_at=None, error=reason[:500])


@transaction.atomic
def retry(*, message_id: int, actor: Actor, now: datetime) -> bool:
    """Sends a dead letter again, with all its attempts before it. False when it is not dead (any more), or was for
    somebody who left."""
    dead = Message.objects.filter(pk=message_id, state=Message.State.DEAD).exclude(person__is_active=False)
    revived = dead.update(state=Message.State.QUEUED, attempts=0, next_try_at=now, leased_until=None)
    if revived:
        message = Message.objects.select_related("person").get(pk=message_id)
        data = {"message": message.pk, "to": named(message)}
        record(Fact("message.retried", "message", message.pk, now, actor, data=data))
    return bool(revived)
