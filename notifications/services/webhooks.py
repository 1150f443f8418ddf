"""The webhook of a person: set up, its secret exchanged, taken away."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from core.actors import Actor
from core.http import check_url
from core.secrets import encrypt
from directory.models import Person
from notifications.channels.webhook import KEY, PREFIX
from notifications.models import Webhook
from notifications.services.places import add_place, drop_place

GRACE = timedelta(days=1)
"""How long a secret still signs after it was exchanged: the other side accepts whichever signature it can check."""


@transaction.atomic
def set_webhook(person: Person, *, url: str, actor: Actor, now: datetime) -> str:
    """Posts the person's messages to `url`. A new secret, which is returned and never shown again; the one before it
    signs too for a while. Raises core.http.Refused for an address that may not be visited."""
    check_url(url)
    secret = f"{PREFIX}{base64.b64encode(secrets.token_bytes(32)).decode()}"
    before = Webhook.objects.select_for_update().filter(person=person).first()
    is_same = before is not None and before.url == url
    Webhook.objects.update_or_create(
        person=person,
        defaults={
            "url": url,
            "secret": encrypt(secret),
            "previous_secret": before.secret if before is not None and is_same else "",
            "previous_valid_until": now + GRACE if is_same else None,
            "last_success_at": before.last_success_at if before is not None and is_same else None,
        },
        create_defaults={"url": url, "secret": encrypt(secret), "created_at": now},
    )
    add_place(person, KEY, actor=actor, now=now)
    return secret


@transaction.atomic
def drop_webhook(person: Person, *, actor: Actor, now: datetime) -> bool:
    """Nothing is posted any more. False when there was none."""
    dropped, _ = Webhook.objects.filter(person=person).delete()
    if dropped:
        drop_place(person, KEY, actor=actor, now=now)
    return bool(dropped)
