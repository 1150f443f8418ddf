"""The addresses in a mail that answer a call without a login: signed, for one message and one act (P-5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from notifications.models import Message

VALID_FOR = timedelta(days=2)
"""Longer than any call waits for its answer; a mailbox read years later must open nothing."""

BY_LINK = ("incident", "drill", "privacy_case")
"""Matters whose messages may be answered by a link."""


def _signer() -> Signer:
    return Signer(salt="notifications.answer", sep=".")


def path_of(message: Message) -> str:
    """The path that answers the call this message is."""
    return f"/answer/{_token(message)}/"


def _token(message: Message) -> str:
    return _signer().sign(str(message.pk))


def _opens(message: Message) -> bool:
    """Whether a message can be answered without a login: calls and drills can, a second pair of eyes has to look."""
    return message.needs_ack and message.person_id is not None and message.topic_type in BY_LINK


def answer_url(message: Message) -> str:
    """The address that answers a call; empty for what asks for no answer."""
    return f"{settings.BASE_URL}{path_of(message)}" if _opens(message) else ""


def reply_address(message: Message) -> str:
    """Where a reply answers a call; empty for what asks for no answer, and where no mailbox takes replies."""
    local, _at, host = settings.EMAIL_REPLIES.partition("@")
    return f"{local}+{_token(message)}@{host}" if host and _opens(message) else ""


def tokens_in(addresses: Iterable[str]) -> list[str]:
    """The tokens in addresses of our mailbox for replies, whatever else stands among them."""
    local, _at, host = settings.EMAIL_REPLIES.lower().partition("@")
    found = []
    for address in addresses:
        name, _at, where = address.strip().rpartition("@")
        box, plus, token = name.partition("+")
        if plus and host and (box.lower(), where.lower()) == (local, host):
            found.append(token)
    return found


def link_url(message: Message) -> str:
    """The address of the matter in the console; empty when there is none."""
    return f"{settings.BASE_URL}{message.link}" if message.link else ""


def door_of(message: Message) -> str:
    """Through which door somebody comes who follows the link of this message, as the log names it."""
    return "mail" if message.channel == "email" else message.channel


def message_of(token: str, *, now: datetime) -> Message | None:
    """The call a token was made for; None when we did not make it, or it is too old."""
    try:
        pk = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    calls = Message.objects.select_related("person").filter(needs_ack=True, created_at__gt=now - VALID_FOR)
    return calls.filter(pk=pk, person__is_active=True).first()
