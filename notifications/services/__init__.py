"""Writes to the outbox: queue, deliver, receipts.

Everything runs inside the caller's transaction, except delivery, which has its own and must not be inside one.
"""

from notifications.services.delivery import Delivered, deliver_due
from notifications.services.queueing import MOST_AT_ONCE, Draft, channels_to, drafts_for, notify_people, queue_all
from notifications.services.receipts import (
    acknowledge_topic,
    count_as_sent,
    mark_read,
    retry,
    skip_keys,
    skip_topic,
    skip_topics,
)

__all__ = [
    "MOST_AT_ONCE",
    "Delivered",
    "Draft",
    "acknowledge_topic",
    "channels_to",
    "count_as_sent",
    "deliver_due",
    "drafts_for",
    "mark_read",
    "notify_people",
    "queue_all",
    "retry",
    "skip_keys",
    "skip_topic",
    "skip_topics",
]
