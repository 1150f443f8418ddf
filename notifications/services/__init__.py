"""Writes to the outbox: queue, deliver, receipts.

Everything runs inside the caller's transaction, except delivery, which has its own and must not be inside one.
"""

from notifications.services.delivery import Delivered, deliver_due
from notifications.services.devices import BadDevice, add_device, drop_device
from notifications.services.drills import answer_drill, start_drills
from notifications.services.forgetting import forget_messages, forget_texts
from notifications.services.places import choose
from notifications.services.queueing import (
    MOST_AT_ONCE,
    Draft,
    channels_to,
    drafts_everywhere,
    drafts_for,
    notify_people,
    queue_all,
    quiet_until,
)
from notifications.services.receipts import (
    acknowledge_topic,
    arrived,
    count_as_sent,
    mark_read,
    not_arrived,
    release_topics,
    retry,
    skip_keys,
    skip_topic,
    skip_topics,
    spare_doubles,
)
from notifications.services.resetting import fall_silent, reset_reach
from notifications.services.webhooks import drop_webhook, set_webhook

__all__ = [
    "MOST_AT_ONCE",
    "BadDevice",
    "Delivered",
    "Draft",
    "acknowledge_topic",
    "add_device",
    "answer_drill",
    "arrived",
    "channels_to",
    "choose",
    "count_as_sent",
    "deliver_due",
    "drafts_everywhere",
    "drafts_for",
    "drop_device",
    "drop_webhook",
    "fall_silent",
    "forget_messages",
    "forget_texts",
    "mark_read",
    "not_arrived",
    "notify_people",
    "queue_all",
    "quiet_until",
    "release_topics",
    "reset_reach",
    "retry",
    "set_webhook",
    "skip_keys",
    "skip_topic",
    "skip_topics",
    "spare_doubles",
    "start_drills",
]
