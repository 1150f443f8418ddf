"""The devices of a person that take web push: registered by the device itself, forgotten by its owner."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.db import transaction

from core.actors import Actor
from core.http import check_url
from core.text import clean
from directory.models import Person
from notifications.channels.web_push import KEY
from notifications.models import PushDevice
from notifications.services.places import add_place, drop_place

MOST = 10
"""Devices of one person; the one registered first gives way."""
LABEL = 80


class BadDevice(Exception):
    """What a browser sent is no subscription of the Push API."""


@transaction.atomic
def add_device(
    person: Person, *, endpoint: str, p256dh: str, auth: str, label: str, actor: Actor, now: datetime
) -> PushDevice:
    """Registers a device; one that is known already gets its new keys and owner.

    Raises BadDevice, and core.http.Refused for an address that may not be visited.
    """
    check_url(endpoint)
    _check_keys(p256dh, auth)
    before = PushDevice.objects.select_related("person").filter(endpoint=endpoint).first()
    if before is not None and before.person != person:
        drop_device(before, actor=actor, now=now)
    for old in PushDevice.objects.filter(person=person).exclude(endpoint=endpoint).order_by("-id")[MOST - 1 :]:
        old.delete()
    facts = {"person": person, "p256dh": p256dh, "auth": auth, "label": clean(label, limit=LABEL)}
    device, _made = PushDevice.objects.update_or_create(
        endpoint=endpoint, defaults=facts, create_defaults=facts | {"created_at": now}
    )
    add_place(person, KEY, actor=actor, now=now)
    return device


@transaction.atomic
def drop_device(device: PushDevice, *, actor: Actor, now: datetime) -> None:
    """Forgets a device; with the last one the channel."""
    device.delete()
    if not PushDevice.objects.filter(person=device.person).exists():
        drop_place(device.person, KEY, actor=actor, now=now)


def _check_keys(p256dh: str, auth: str) -> None:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _raw(p256dh))
        secret = _raw(auth)
    except (ValueError, binascii.Error) as error:
        raise BadDevice("the keys are no keys") from error
    if len(secret) != 16:
        raise BadDevice("the secret is too short or too long")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
