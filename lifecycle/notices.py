"""What people do with messages: read them, or have one sent again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from directory.models import Person
from lifecycle.access import REPLAY, By, require
from notifications import services


def read(person: Person, *, now: datetime, message_ids: Collection[int] | None = None) -> int:
    """Marks notices of a person as read: those named, or all. Returns how many were unread."""
    return services.mark_read(person=person, now=now, message_ids=message_ids)


def send_again(message_id: int, *, by: By, now: datetime) -> bool:
    """Tries a dead letter again; False when it is not dead (any more)."""
    require(by, REPLAY)
    return services.retry(message_id=message_id, actor=by.actor, now=now)


def count_as_sent(*, since: datetime, until: datetime) -> int:
    """Messages queued in [since, until) count as sent when they were written. For histories told afterwards only."""
    return services.count_as_sent(since=since, until=until)


def sms_status(message_id: int, *, status: str, code: str, now: datetime) -> None:
    """What the provider says became of a text message; what it says in between is not kept."""
    if status in ("delivered", "read"):
        services.arrived(message_id=message_id, now=now)
    elif status in ("undelivered", "failed"):
        services.not_arrived(message_id=message_id, error=f"{status} ({code})" if code else status, now=now)
