"""What a channel is: a way to reach a person. One file in `channels/` and one line in `registry.py` each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol

from directory.models import Person
from notifications.models import Message


class Fault(StrEnum):
    """What a failed attempt means for the message and for the others that wait for the same channel."""

    REFUSED = "refused"
    """This message will never arrive: dead at once."""
    GONE = "gone"
    """As REFUSED, and nothing will ever arrive there: that place of the person is closed, and they are told."""
    LATER = "later"
    """This message may arrive later: tried again with growing pauses, then dead."""
    STALLED = "stalled"
    """As LATER, and what it leads to hangs: the others that would go there wait a little without being tried."""
    DOWN = "down"
    """Nobody is reached by this channel: all wait, and the attempt does not count against the message."""

    @property
    def pauses_channel(self) -> bool:
        """Whether what else would go the same way should wait too."""
        return self in (Fault.STALLED, Fault.DOWN)


class ChannelError(Exception):
    """An attempt failed."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


def fault_of_status(status: int) -> Fault:
    """What an HTTP answer that is no success means: 408, 429 and 5xx may be over later, the rest will not."""
    is_passing = status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= HTTPStatus(500)
    return Fault.LATER if is_passing else Fault.REFUSED


class Line(Protocol):
    """An open way out, used for several messages of one sweep. Every wait in it must be bounded (10 s)."""

    def send(self, message: Message, *, at: datetime) -> None:
        """Hands one message over. Returns when the other side has taken it; raises ChannelError otherwise."""

    def close(self) -> None:
        """Ends the connection; never raises."""


def everywhere(_person: Person) -> str | None:
    """Everybody is reached, without an address."""
    return ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. Without `connect` a message has arrived as soon as it is stored.

    `address` is where a person is reached: None not at all, empty at a place the channel looks up itself. It may ask
    nothing of the database. `confirms`: what the other side has taken has arrived. `is_ones_own`: everybody's leads
    to a server of their own, so that one that hangs makes nobody else wait.
    """

    key: str
    label: Any
    icon: str
    address: Callable[[Person], str | None] = everywhere
    connect: Callable[[], Line] | None = None
    confirms: bool = False
    is_ones_own: bool = False
