"""The address in a mail to a subscriber that ends the mails without a login (RFC 2369, RFC 8058): signed, for good."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer

from notifications.models import Message

TOPIC = "status_subscriber"
"""What mails to a subscriber are about."""


def _signer() -> Signer:
    return Signer(salt="notifications.unsubscribe", sep=".")


def path_of(subscriber_id: int) -> str:
    """The path that ends a subscription."""
    return f"/status/unsubscribe/{_signer().sign(str(subscriber_id))}/"


def subscriber_of(token: str) -> int | None:
    """Whose token it is; None when we did not make it. It never gets too old: leaving must always be possible."""
    try:
        return int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def unsubscribe_url(message: Message) -> str:
    """The address that ends these mails; empty where they are none that anybody subscribed to."""
    return f"{settings.BASE_URL}{path_of(message.topic_id)}" if message.topic_type == TOPIC and message.topic_id else ""


def headers(message: Message) -> dict[str, str]:
    """What lets a mail program offer the button, which posts to the address by itself."""
    url = unsubscribe_url(message)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}
