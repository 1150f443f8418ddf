"""Where a person is reached beyond their address book entry: registered, taken away, lost."""

from __future__ import annotations

from datetime import datetime

from core.actors import SYSTEM, Actor
from core.audit import Fact, record
from directory.models import Person
from notifications.models import Webhook
from notifications.registry import CHANNELS
from notifications.rules.reach import Reach
from notifications.services.queueing import notify_people


def choose(person: Person, reach: Reach, *, actor: Actor, now: datetime) -> None:
    """Keeps how a person wants to be reached. Runs under their lock; places are kept as they are registered."""
    locked = _lock(person)
    _keep(locked, Reach(reach.urgent, reach.other, reach.quiet, Reach.read(locked.reach).places))
    person.reach = locked.reach
    data = {name: person.reach[name] for name in ("urgent", "other", "quiet")}
    record(Fact("reach.chosen", "person", person.pk, now, actor, data=data))


def add_place(person: Person, channel: str, *, actor: Actor, now: datetime) -> None:
    """Something was registered on this channel: urgent messages take it from now on."""
    locked = _lock(person)
    _keep(locked, Reach.read(locked.reach).with_place(channel))
    person.reach = locked.reach
    record(Fact("reach.place_added", "person", person.pk, now, actor, data={"channel": channel}))


def drop_place(person: Person, channel: str, *, actor: Actor, now: datetime) -> None:
    """Nothing is registered on this channel any more."""
    locked = _lock(person)
    _keep(locked, Reach.read(locked.reach).without_place(channel))
    person.reach = locked.reach
    record(Fact("reach.place_dropped", "person", person.pk, now, actor, data={"channel": channel}))


def lose_place(person: Person, channel: str, *, now: datetime) -> None:
    """The other side said that nothing arrives there any more: it is not used again, and the person reads so."""
    locked = _lock(person)
    if channel not in Reach.read(locked.reach).places:
        return
    _keep(locked, Reach.read(locked.reach).without_place(channel))
    person.reach = locked.reach
    if channel == "webhook":
        Webhook.objects.filter(person=person).delete()
    record(Fact("reach.place_lost", "person", person.pk, now, SYSTEM, data={"channel": channel}))
    notify_people(
        [person],
        kind="reach_lost",
        key=f"reach_lost:{channel}:{now.isoformat()}",
        context={"channel": CHANNELS[channel].label},
        topic_type="person",
        topic_id=person.pk,
        link="/reach/",
        now=now,
    )


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update().only("reach", "language").get(pk=person.pk)


def _keep(person: Person, reach: Reach) -> None:
    person.reach = reach.stored()
    person.save(update_fields=["reach"])
