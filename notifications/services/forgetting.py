"""Addresses that have to go: of people from outside who no longer want to be written to."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from notifications.models import Message


def forget_addresses(*, topic_type: str, topic_ids: Collection[int], kinds: Collection[str], reason: str) -> int:
    """Skips what is still on its way to them and takes the address out of every receipt. Returns how many."""
    found = Message.objects.filter(topic_type=topic_type, topic_id__in=topic_ids, kind__in=kinds)
    found.filter(state=Message.State.QUEUED).update(state=Message.State.SKIPPED, next_try_at=None, error=reason)
    return found.update(address="")


def forget_texts(*, topic_type: str, topic_ids: Collection[int], subject: str) -> int:
    """Takes what was said out of every message about matters, whether it went out or waits. Returns how many.

    What waits for somebody outside stays: it is about what they told us themselves.
    """
    about = Message.objects.filter(topic_type=topic_type, topic_id__in=topic_ids)
    found = about.exclude(person__isnull=True, state=Message.State.QUEUED)
    return found.update(subject=subject[:200], body=subject[:200])


def forget_messages(messages: QuerySet[Message], *, text: str) -> int:
    """Takes address and words out of messages; what still waits is not sent. Returns how many."""
    found = Message.objects.filter(pk__in=list(messages.values_list("pk", flat=True)))
    found.filter(state=Message.State.QUEUED).update(state=Message.State.SKIPPED, next_try_at=None)
    return found.update(address="", subject=text[:200], body=text, error="")
