"""Writes to the rotas. Only `lifecycle` calls these, inside its transaction and with the rota locked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.actors import Actor
from core.audit import Fact, record
from core.text import clean
from directory.models import Person
from escalation.models import Rota, RotaLayer, RotaMember, RotaOverride
from escalation.rules import oncall


def save_rota(rota: Rota | None = None, *, role: str, time_zone: str, actor: Actor, now: datetime) -> Rota:
    """Creates the rota of a role (None) or changes its time zone. IntegrityError when the role has one already."""
    rota = rota or Rota(role=role)
    rota.time_zone = time_zone
    rota.save()
    record(_fact("saved", rota, now, actor, role=rota.role, time_zone=time_zone))
    return rota


def remove_rota(rota: Rota, *, actor: Actor, now: datetime) -> None:
    """Removes a rota with its layers and overrides; from then on people of the role are called by rank only."""
    record(_fact("removed", rota, now, actor, role=rota.role))
    rota.delete()


def save_layer(
    rota: Rota,
    layer: RotaLayer | None = None,
    *,
    facts: oncall.Layer,
    people: Sequence[Person],
    actor: Actor,
    now: datetime,
) -> RotaLayer:
    """Puts a new layer on top (None) or changes one. `people` in the order of their turns stand for `facts.people`."""
    if layer is None:
        top = rota.layers.order_by("-position").first()
        layer = RotaLayer(rota=rota, position=top.position + 1 if top else 1)
    layer.every_days, layer.first, layer.hand_over = facts.every_days, facts.first, facts.hand_over
    layer.weekdays, layer.opens, layer.closes = sorted(facts.weekdays), facts.opens, facts.closes
    layer.save()
    layer.members.all().delete()
    RotaMember.objects.bulk_create(
        RotaMember(layer=layer, position=position, person=person) for position, person in enumerate(people)
    )
    names = ", ".join(person.display_name for person in people)
    ids = [person.pk for person in people]
    record(_fact("layer_saved", rota, now, actor, layer=layer.position, names=names, people=ids))
    return layer


def remove_layer(layer: RotaLayer, *, actor: Actor, now: datetime) -> None:
    """Takes a layer out; those above keep their positions."""
    record(_fact("layer_removed", layer.rota, now, actor, layer=layer.position))
    layer.delete()


def add_overrides(
    rota: Rota,
    overrides: Iterable[oncall.Override],
    *,
    people: Iterable[Person],
    reason: str,
    made_by: Person | None,
    actor: Actor,
    now: datetime,
) -> list[RotaOverride]:
    """Stores overrides; each newer one wins over the older. `people` are those the overrides name."""
    known = {person.pk: person for person in people}
    rows = RotaOverride.objects.bulk_create(
        RotaOverride(
            rota=rota,
            person=known[override.person],
            starts_at=override.start,
            ends_at=override.end,
            reason=clean(reason.strip(), limit=200),
            made_by=made_by,
            made_at=now,
        )
        for override in overrides
    )
    for row in rows:
        record(_fact("overridden", rota, now, actor, reason=row.reason, **_said(row)))
    return rows


def remove_override(override: RotaOverride, *, actor: Actor, now: datetime) -> None:
    """Takes an override back: it is again whoever's turn it is without it."""
    record(_fact("override_removed", override.rota, now, actor, **_said(override)))
    override.delete()


def _said(override: RotaOverride) -> dict[str, object]:
    return {
        "override": override.pk,
        "person": override.person_id,
        "name": override.person.display_name,
        "from": override.starts_at.isoformat(timespec="minutes"),
        "until": override.ends_at.isoformat(timespec="minutes"),
    }


def _fact(what: str, rota: Rota, now: datetime, actor: Actor, **data: object) -> Fact:
    return Fact(f"rota.{what}", "rota", rota.pk, now, actor, "§5", data)
