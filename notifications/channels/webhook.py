"""A person's own webhook, signed as Standard Webhooks says. 2xx is delivered; `webhook-id` tells a second copy.

What leaves is what a notice on a locked screen may say: number and title, and where to read on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.http import Client, OutboundError, Refused
from core.secrets import SecretUnreadable, decrypt
from directory.models import Person
from notifications.answer_links import answer_url, link_url
from notifications.contract import Channel, ChannelError, Fault, fault_of_status
from notifications.models import Message, Webhook
from notifications.rules.reach import Reach

KEY = "webhook"
PREFIX = "whsec_"


def sign(secret: str, *, message_id: str, timestamp: str, body: bytes) -> str:
    """One `v1,…` signature with a secret as we hand it out."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def compose(message: Message, *, at: datetime) -> bytes:
    """The body: the same at every attempt but for its time."""
    data = {
        "kind": message.kind,
        "subject": message.subject,
        "is_urgent": message.is_urgent,
        "link": link_url(message),
        "answer": answer_url(message),
    }
    return json.dumps({"type": f"message.{message.kind}", "timestamp": at.isoformat(), "data": data}).encode()


class WebhookLine:
    """Posts to one address after the other."""

    def __init__(self) -> None:
        self._client = Client()

    def send(self, message: Message, *, at: datetime) -> None:
        """Posts once; the outbox tries again."""
        target = Webhook.objects.filter(person=message.person_id).first()
        if target is None:
            raise ChannelError("no webhook any more", Fault.REFUSED)
        body, timestamp = compose(message, at=at), str(int(at.timestamp()))
        identity = f"im-{message.pk}"
        signatures = [sign(key, message_id=identity, timestamp=timestamp, body=body) for key in _secrets(target, at)]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identity,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(signatures),
        }
        try:
            answer = self._client.post(target.url, body=body, headers=headers)
        except Refused as error:
            raise ChannelError(str(error), Fault.REFUSED) from error
        except OutboundError as error:
            raise ChannelError(str(error), Fault.STALLED) from error
        if answer.status == HTTPStatus.GONE:
            raise ChannelError("the webhook answered 410", Fault.GONE)
        if not answer.is_fine:
            raise ChannelError(f"the webhook answered {answer.status}", fault_of_status(answer.status))
        Webhook.objects.filter(pk=target.pk).update(last_success_at=at)

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()


def _secrets(target: Webhook, at: datetime) -> list[str]:
    """The secrets that sign at `at`: the present one, and while it is exchanged the one before it."""
    sealed = [target.secret]
    if target.previous_valid_until is not None and at < target.previous_valid_until:
        sealed.append(target.previous_secret)
    try:
        return [decrypt(token) for token in sealed]
    except SecretUnreadable as error:
        raise ChannelError(str(error), Fault.LATER) from error


def _address(person: Person) -> str | None:
    return "" if KEY in Reach.read(person.reach).places else None


CHANNEL = Channel(KEY, _("Webhook"), "webhook", address=_address, connect=WebhookLine, confirms=True, is_ones_own=True)
