"""What a channel is: a way to reach a person. One file in `channels/` and one line in `registry.py` each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from notifications.models import Message


class Fault(StrEnum):
    """What a failed attempt means for the message and for the others that wait for the same channel."""

    REFUSED = "refused"
    """This message will never arrive: dead at once."""
    LATER = "later"
    """This message may arrive later: tried again with growing pauses, then dead."""
    STALLED = "stalled"
    """As LATER, and the channel hangs: the others wait a little without being tried."""
    DOWN = "down"
    """Nobody is reached by this channel: all wait, and the attempt does not count against the message."""

    @property
    def pauses_channel(self) -> bool:
        """Whether the other messages of the channel should wait too."""
        return self in (Fault.STALLED, Fault.DOWN)


class ChannelError(Exception):
    """An attempt failed."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


class Line(Protocol):
    """An open way out, used for several messages of one sweep. Every wait in it must be bounded (10 s)."""

    def send(self, message: Message) -> None:
        """Hands one message over. Returns when the other side has taken it; raises ChannelError otherwise."""

    def close(self) -> None:
        """Ends the connection; never raises."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. Without `connect` a message has arrived as soon as it is stored."""

    key: str
    connect: Callable[[], Line] | None = None
    needs_address: bool = False
