"""Notices on a person's devices by the standard Push API: encrypted for the device (RFC 8291), signed by us (RFC 8292).

The payload holds what may stand on a locked screen: number and title, and where to read on.
"""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError
from webpush.types import WebPushKeys, WebPushSubscription

from core.http import Client, OutboundError, Refused
from directory.models import Person
from notifications.answer_links import answer_url, link_url
from notifications.contract import Channel, ChannelError, Fault, fault_of_status
from notifications.models import Message, PushDevice
from notifications.rules.reach import Reach
from notifications.vapid import sealer

KEY = "web_push"


def compose(message: Message) -> bytes:
    """What the service worker shows (static/console/sw.js)."""
    return json.dumps(
        {
            "title": message.subject,
            "link": link_url(message),
            "answer": answer_url(message),
            "tag": f"im-{message.pk}",
            "is_urgent": message.is_urgent,
        }
    ).encode()


class PushLine:
    """Posts to the push services of one device after the other."""

    def __init__(self) -> None:
        self._client = Client()

    def send(self, message: Message, *, at: datetime) -> None:
        """Taken once one device's service has taken it; devices that are gone are forgotten."""
        devices = list(PushDevice.objects.filter(person=message.person_id).order_by("id"))
        problems: list[ChannelError] = []
        for device in devices:
            try:
                self._send_to(device, message)
            except ChannelError as problem:
                problems.append(problem)
                if problem.fault is Fault.GONE:
                    device.delete()
            else:
                PushDevice.objects.filter(pk=device.pk).update(last_success_at=at)
        if len(problems) == len(devices):
            lasting = [problem for problem in problems if problem.fault is not Fault.GONE]
            raise lasting[0] if lasting else ChannelError("no device takes messages any more", Fault.GONE)

    def _send_to(self, device: PushDevice, message: Message) -> None:
        try:
            keys = WebPushKeys(auth=device.auth, p256dh=device.p256dh)
            subscription = WebPushSubscription(endpoint=device.endpoint, keys=keys)
            sealed = sealer(settings.VAPID_KEY).get(compose(message), subscription)
        except (ValidationError, ValueError) as error:
            raise ChannelError("the device's keys are no keys", Fault.GONE) from error
        headers = {name: str(value) for name, value in sealed.headers.items()}
        headers |= {"urgency": "high" if message.is_urgent else "normal", "topic": f"im-{message.pk}"}
        try:
            answer = self._client.post(device.endpoint, body=sealed.encrypted, headers=headers)
        except Refused as error:
            raise ChannelError(str(error), Fault.REFUSED) from error
        except OutboundError as error:
            raise ChannelError(str(error), Fault.STALLED) from error
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise ChannelError(f"the push service answered {answer.status}", Fault.GONE)
        if not answer.is_fine:
            raise ChannelError(f"the push service answered {answer.status}", fault_of_status(answer.status))

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()


def _address(person: Person) -> str | None:
    return "" if settings.VAPID_KEY and KEY in Reach.read(person.reach).places else None


CHANNEL = Channel(KEY, _("Push auf Geräte"), "smartphone", address=_address, connect=PushLine, is_ones_own=True)
