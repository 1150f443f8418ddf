"""What others do to how a person is reached: back to the beginning, or nothing more at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from directory.models import Person
from notifications.models import PushDevice
from notifications.rules.reach import DEFAULT
from notifications.services.devices import drop_device
from notifications.services.places import choose
from notifications.services.receipts import skip_person
from notifications.services.webhooks import drop_webhook


@transaction.atomic
def reset_reach(person: Person, *, actor: Actor, now: datetime) -> None:
    """A person is reached by their entry alone, as on their first day: no webhook, no device, no quiet hours."""
    drop_webhook(person, actor=actor, now=now)
    for device in PushDevice.objects.filter(person=person):
        drop_device(device, actor=actor, now=now)
    choose(person, DEFAULT, actor=actor, now=now)


@transaction.atomic
def fall_silent(person: Person, *, actor: Actor, now: datetime) -> int:
    """Somebody left: nothing leads to them any more, and what was on its way stops. Returns how many messages did."""
    reset_reach(person, actor=actor, now=now)
    return skip_person(person_id=person.pk, reason="left")
