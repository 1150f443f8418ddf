"""Out of the outbox: leased, sent, then marked (D2.2, D2.5).

Two workers at once act once, because a lease is an UPDATE of locked rows. A worker killed between sending and marking
leaves a lease that ends; the next one sends again with the same Message-ID: at least once, and never silently lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from core import pulses
from core.actors import SYSTEM
from core.audit import Fact, record
from core.text import clean
from notifications.contract import ChannelError, Fault, Line
from notifications.models import Message
from notifications.registry import CHANNELS
from notifications.rules.backoff import GIVE_UP_AFTER, LEASE, MAX_ATTEMPTS, PAUSE, next_try
from notifications.services.places import lose_place

log = structlog.get_logger()
LONGEST_SEND = timedelta(seconds=30)
"""What a slow server may take; nothing is begun that could outlast the lease or the time limit of a task."""

FOR_MANY = ("stakeholder_message", "status_subscriber")
"""Matters of which schools and the public hear, not whoever reported something."""


@dataclass(slots=True)
class Delivered:
    """What one sweep of the outbox came to. Truthy when it did anything, so that a caller may go on until it is not."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """Messages that were decided upon."""
        return self.sent + self.retried + self.dead + self.skipped

    def __bool__(self) -> bool:
        return self.total > 0


def deliver_due(*, now: datetime, clock: Callable[[], datetime], limit: int = 50) -> Delivered:
    """Sends up to `limit` due messages, urgent ones first. Must not run inside a transaction (RuntimeError).

    `clock` tells the time while messages go out, since a slow server makes `now` old.
    """
    lease = now + LEASE
    batch = _claim(now=now, lease=lease, limit=limit)
    sweep = _Sweep(lease, clock, held={message.pk for message in batch})
    for message in batch:
        sweep.take(message)
        sweep.held.discard(message.pk)
    sweep.close()
    return sweep.count


def _claim(*, now: datetime, lease: datetime, limit: int) -> list[Message]:
    with transaction.atomic(durable=True):
        due = Message.objects.filter(state=Message.State.QUEUED, next_try_at__lte=now)
        rows = list(
            due.order_by("-is_urgent", "next_try_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("person")[:limit]
        )
        # the end of the lease is the next try: a killed worker's messages become due by themselves
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(leased_until=lease, next_try_at=lease)
    return rows


@dataclass(slots=True)
class _Sweep:
    lease: datetime
    clock: Callable[[], datetime]
    held: set[int]
    count: Delivered = field(default_factory=Delivered)
    lines: dict[str, Line] = field(default_factory=dict)
    paused: set[tuple[str, int | None]] = field(default_factory=set)
    signs: dict[str, datetime] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        at = self.clock()
        if _way(message) in self.paused:
            return
        if at + LONGEST_SEND > self.lease:
            self._own(message).update(leased_until=None, next_try_at=at)
            return
        # counted before the attempt: a message that kills its worker must not do so for ever
        if not self._own(message).filter(state=Message.State.QUEUED).update(attempts=F("attempts") + 1):
            self.count.skipped += 1
            return
        message.attempts += 1
        error = self._attempt(message, at)
        if error is None:
            self._mark_sent(message)
        else:
            self._put_back_or_bury(message, error)

    def _own(self, message: Message) -> QuerySet[Message]:
        return Message.objects.filter(pk=message.pk, leased_until=self.lease)

    def _attempt(self, message: Message, at: datetime) -> ChannelError | None:
        if message.attempts > MAX_ATTEMPTS:
            return ChannelError(gettext("Jeder Versuch wurde abgebrochen."), Fault.REFUSED)
        try:
            self._line(message.channel).send(message, at=at)
        except ChannelError as error:
            return error
        except Exception as error:  # a fault in our own code must not keep the messages behind it from going out
            log.exception("message.failed", message=message.pk)
            return ChannelError(repr(error), Fault.LATER)
        return None

    def _line(self, channel: str) -> Line:
        if channel not in self.lines:
            connect = CHANNELS[channel].connect if channel in CHANNELS else None
            if connect is None:
                raise ChannelError(f"no channel {channel}", Fault.REFUSED)
            self.lines[channel] = connect()
        return self.lines[channel]

    def _mark_sent(self, message: Message) -> None:
        at = self.clock()
        arrived = {"delivered_at": at} if CHANNELS[message.channel].confirms else {}
        with transaction.atomic():
            marked = self._own(message).update(
                state=Message.State.SENT,
                sent_at=at,
                leased_until=None,
                next_try_at=None,
                error="",
                **arrived,
            )
            if marked:
                record(fact_about("message.sent", message, at))
        self.signs[f"sent:{message.channel}"] = at
        self.count.sent += 1

    def _put_back_or_bury(self, message: Message, error: ChannelError) -> None:
        at = self.clock()
        text = clean(str(error), limit=500)
        self._hang_up(message.channel)
        self.signs[f"failed:{message.channel}"] = at
        again = self._next_try(message, error.fault, at)
        if again is None:
            self._bury(message, text, error.fault, at)
        else:
            counted = {"attempts": F("attempts") - 1} if error.fault is Fault.DOWN else {}
            self._own(message).update(leased_until=None, next_try_at=again, error=text, **counted)
            self.count.retried += 1
        if error.fault.pauses_channel:
            self._pause(message, at)
        # neither the log nor an event repeats the server's words: they may hold a reporter's address
        log.warning("message.not_sent", message=message.pk, fault=error.fault.value, attempt=message.attempts)

    @staticmethod
    def _next_try(message: Message, fault: Fault, at: datetime) -> datetime | None:
        if fault in (Fault.REFUSED, Fault.GONE):
            return None
        if fault is Fault.DOWN:
            return at + PAUSE if at < message.created_at + GIVE_UP_AFTER else None
        return next_try(message.attempts, seed=message.pk, at=at)

    def _bury(self, message: Message, error: str, fault: Fault, at: datetime) -> None:
        with transaction.atomic():
            buried = self._own(message).update(
                state=Message.State.DEAD, leased_until=None, next_try_at=None, error=error
            )
            if buried:
                record(fact_about("message.dead", message, at, error=fault.value))
                if fault is Fault.GONE and message.person is not None:
                    lose_place(message.person, message.channel, now=at)
        self.count.dead += 1

    def _pause(self, message: Message, at: datetime) -> None:
        """The breaker: what would go the same way, held by this sweep or by nobody, waits a little longer."""
        channel, person = _way(message)
        self.paused.add((channel, person))
        waiting = Message.objects.filter(state=Message.State.QUEUED, channel=channel)
        if person is not None:
            waiting = waiting.filter(person=person)
        held_here = Q(pk__in=self.held, leased_until=self.lease)
        waiting.filter(held_here | Q(next_try_at__lte=at)).update(leased_until=None, next_try_at=at + PAUSE)

    def _hang_up(self, channel: str) -> None:
        line = self.lines.pop(channel, None)
        if line is not None:
            line.close()

    def close(self) -> None:
        """Hangs up, and says when each channel last worked and last did not (Health reads it)."""
        for name, at in self.signs.items():
            pulses.show(name, at=at)
        for channel in list(self.lines):
            self._hang_up(channel)


def _way(message: Message) -> tuple[str, int | None]:
    """What hangs or works together: a channel, or one person's end of it where everybody's leads elsewhere."""
    channel = CHANNELS.get(message.channel)
    return message.channel, message.person_id if channel and channel.is_ones_own else None


def fact_about(kind: str, message: Message, at: datetime, **data: str) -> Fact:
    """What the log says of a message: its subject is what the message is about, or the message itself."""
    is_about_something = bool(message.topic_type and message.topic_id)
    return Fact(
        kind,
        message.topic_type if is_about_something else "message",
        message.topic_id if is_about_something and message.topic_id else message.pk,
        at,
        SYSTEM,
        data={"message": message.pk, "channel": message.channel, "about": message.kind, "to": named(message), **data},
    )


def named(message: Message) -> str:
    """Who gets the message, as the log may say it: staff by name, everybody else without."""
    if message.person:
        return message.person.display_name
    is_for_many = message.topic_type in FOR_MANY
    return gettext("eine Adresse ausserhalb") if is_for_many else gettext("die meldende Person")
