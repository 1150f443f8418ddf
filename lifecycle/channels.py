"""How people are reached: everybody chooses for themselves, within what keeps them reachable (P-5.3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.http import Refused
from directory.models import Person
from lifecycle.access import By
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Forbidden, Invalid, NotFound
from notifications import services
from notifications.models import PushDevice
from notifications.registry import CHANNELS
from notifications.rules.reach import Quiet, Reach
from notifications.selectors import addresses

LONGEST_URL = 500


@transaction.atomic
def choose(*, urgent: Collection[str], other: Collection[str], quiet: Quiet | None, by: By, now: datetime) -> Person:
    """Which channels are used beside the app, and when only urgent messages come. Raises Forbidden, Invalid.

    Somebody whom a channel reaches outside the app keeps at least one for what is urgent.
    """
    person = _self(by)
    known = {key for key, channel in CHANNELS.items() if channel.connect}
    for field, keys in (("urgent", urgent), ("other", other)):
        if set(keys) - known:
            raise Invalid.field(field, _("Diesen Kanal gibt es nicht."))
    reachable = addresses(person).keys() & known
    if reachable and not reachable & set(urgent):
        text = _(
            "Mindestens ein Kanal, auf dem Sie erreichbar sind: Dringendes muss Sie auch ausserhalb der App finden."
        )
        raise Invalid.field("urgent", text)
    if quiet is not None and quiet.start == quiet.end:
        raise Invalid.field("quiet_end", _("Die Ruhezeit muss zu einer anderen Zeit enden, als sie beginnt."))
    if quiet is not None and not quiet.days:
        raise Invalid.field("quiet_days", _("Mindestens ein Wochentag."))
    services.choose(person, Reach(frozenset(urgent), frozenset(other), quiet), actor=by.actor, now=now)
    return person


@transaction.atomic
def set_webhook(*, url: str, by: By, now: datetime) -> str:
    """Posts one's own messages to an address; returns its secret, which is never shown again.

    The same address again exchanges the secret; the one before it signs too for a day. Raises Forbidden, Invalid.
    """
    person, url = _self(by), url.strip()
    if len(url) > LONGEST_URL:
        raise Invalid.field("url", _("Höchstens %(most)s Zeichen.") % {"most": LONGEST_URL})
    try:
        return services.set_webhook(person, url=url, actor=by.actor, now=now)
    except Refused as error:
        text = _("Diese Adresse geht nicht. Beispiel: https://example.org/eingang")
        raise Invalid.field("url", text) from error


def drop_webhook(*, by: By, now: datetime) -> bool:
    """Nothing is posted any more. False when there was none."""
    return services.drop_webhook(_self(by), actor=by.actor, now=now)


@transaction.atomic
def add_device(*, endpoint: str, p256dh: str, auth: str, label: str, by: By, now: datetime) -> None:
    """The browser one sits at takes push messages from now on. Raises Forbidden, Invalid."""
    person = _self(by)
    try:
        facts = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "label": label}
        services.add_device(person, **facts, actor=by.actor, now=now)
    except (Refused, services.BadDevice) as error:
        raise Invalid.field("endpoint", _("Dieses Gerät hat sich nicht richtig angemeldet.")) from error


def drop_device(device_id: int, *, by: By, now: datetime) -> None:
    """A device of one's own takes none any more. Raises Forbidden, NotFound."""
    device = PushDevice.objects.select_related("person").filter(pk=device_id, person=_self(by)).first()
    if device is None:
        raise NotFound(device_id)
    services.drop_device(device, actor=by.actor, now=now)


@transaction.atomic
def send_test(*, by: By, now: datetime) -> list[str]:
    """A test message to oneself by every channel that reaches one, chosen or not. Returns the channels."""
    person = _self(by)
    drafts = services.drafts_everywhere(
        person,
        kind="test",
        context={"by": person.display_name},
        key=f"reach_test:{now.isoformat()}",
        link="/reach/",
        topic=("person", person.pk),
    )
    services.queue_all(drafts, now=now)
    ring_after_commit()
    return [draft.channel for draft in drafts]


def _self(by: By) -> Person:
    if by.person is None:
        raise Forbidden("reach", _("Wie jemand erreicht wird, wählt die Person selbst."))
    return by.person
