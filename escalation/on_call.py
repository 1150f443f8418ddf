"""Reads of the rotas: as the rules want them with the people at hand, and who would be called first at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from directory.models import Person, RoleHolding
from directory.selectors import holders
from escalation.models import Rota, RotaLayer, RotaMember, RotaOverride
from escalation.rules import oncall
from process.schema import Document

FURTHEST = timedelta(days=366)
"""How far from now one may ask who would be called: further on no rota is kept."""
BY_RANK = "rank"
"""Why somebody is called first who has no turn."""


@dataclass(slots=True)
class Plan:
    """A rota as the rules want it, and the people its numbers stand for."""

    rota: oncall.Rota
    people: dict[int, Person] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coming:
    """Who is on call next, and from when."""

    person: Person
    start: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """Who of a role would be called first at an instant: whoever has the turn, else (no turn) the first by rank."""

    role: str
    has_rota: bool
    person: Person | None = None
    turn: oncall.Turn | None = None
    instead_of: Person | None = None
    coming: Coming | None = None

    @property
    def why(self) -> str:
        """The reason of the turn, or BY_RANK."""
        return self.turn.duty.why.value if self.turn else BY_RANK

    @property
    def layer(self) -> int | None:
        """The layer whose turn it is, counted from 1 at the bottom."""
        layer = self.turn.duty.layer if self.turn else None
        return None if layer is None else layer + 1

    @property
    def until(self) -> datetime | None:
        """When the turn ends, or begins where there is none; None when that is not in sight."""
        if self.turn is None:
            return self.coming.start if self.coming else None
        return self.turn.end if self.turn.end - self.turn.start < oncall.LOOK_AHEAD else None


class _Place(Protocol):
    """A row that names a person of a rota."""

    person: Person
    holds: bool


def rotas() -> QuerySet[Rota]:
    """All rotas."""
    return Rota.objects.order_by("id")


def layers_of(rota: Rota) -> list[RotaLayer]:
    """The layers of a rota from the bottom up, with their people at hand."""
    return list(rota.layers.order_by("position").prefetch_related("members__person"))


def overrides_of(rota: Rota, *, since: datetime) -> list[RotaOverride]:
    """Overrides that are not over, by beginning."""
    rows = rota.overrides.filter(ends_at__gt=since).select_related("person", "made_by")
    return list(rows.order_by("starts_at", "id"))


def plans(*, since: datetime) -> dict[str, Plan]:
    """Role → its rota, with the overrides that are not over at `since`. Three queries; one where there is none.

    Somebody who is inactive or lost the role keeps their place and is never there. Rotas without people are missing.
    """
    known = list(rotas())
    if not known:
        return {}
    members = _holding("layer__rota__role", RotaMember.objects.select_related("layer", "person"))
    rows = RotaOverride.objects.filter(ends_at__gt=since).select_related("person")
    overrides = _holding("rota__role", rows.order_by("id"))
    with_people = {member.layer.rota_id for member in members} | {override.rota_id for override in overrides}
    return {
        rota.role: _plan(
            rota,
            [member for member in members if member.layer.rota_id == rota.pk],
            [override for override in overrides if override.rota_id == rota.pk],
        )
        for rota in known
        if rota.pk in with_people
    }


def plan_of(rota: Rota, *, since: datetime) -> Plan:
    """One rota; empty as long as nobody is in it."""
    return plans(since=since).get(rota.role) or Plan(oncall.Rota(ZoneInfo(rota.time_zone)))


def watches(document: Document, *, at: datetime) -> list[Watch]:
    """Every role that a chain calls or that has a rota, in the document's order, and who is called first at `at`.

    Somebody who already works on an incident is called before them, if they hold the role.
    """
    found, manned = plans(since=at), set(rotas().values_list("role", flat=True))
    wanted = manned | {level.role for chain in document.chains for level in chain.levels}
    return [
        _watch(role.key, found.get(role.key), role.key in manned, at) for role in document.roles if role.key in wanted
    ]


def _watch(role: str, plan: Plan | None, has_rota: bool, at: datetime) -> Watch:
    turn, following = oncall.now_and_next(plan.rota, at) if plan else (None, None)
    people = plan.people if plan else {}
    coming = Coming(people[following.person], following.start) if following else None
    if turn is not None:
        return Watch(role, has_rota, people[turn.person], turn, people.get(turn.duty.instead_of or 0), coming)
    return Watch(role, has_rota, next(iter(holders(role, now=at)), None), coming=coming)


def _holding(role: str, rows: QuerySet[Any]) -> list[Any]:
    """The rows, each with whether its person still holds the role that stands under that name."""
    held = RoleHolding.objects.filter(person=OuterRef("person"), role=OuterRef(role))
    return list(rows.annotate(holds=Exists(held)))


def _plan(rota: Rota, members: list[RotaMember], overrides: list[RotaOverride]) -> Plan:
    members.sort(key=lambda member: (member.layer.position, member.position))
    layers: dict[RotaLayer, list[int]] = {}
    for member in members:
        layers.setdefault(member.layer, []).append(member.person_id)
    places: list[Any] = [*members, *overrides]
    rules = oncall.Rota(
        zone=ZoneInfo(rota.time_zone),
        layers=tuple(_layer(layer, people) for layer, people in layers.items()),
        overrides=tuple(oncall.Override(row.person_id, row.starts_at, row.ends_at) for row in overrides),
        absent_until=_absences(places),
    )
    return Plan(rules, {place.person.pk: place.person for place in places})


def _layer(layer: RotaLayer, people: Iterable[int]) -> oncall.Layer:
    return oncall.Layer(
        people=tuple(people),
        first=layer.first,
        hand_over=layer.hand_over,
        every_days=layer.every_days,
        weekdays=frozenset(layer.weekdays),
        opens=layer.opens,
        closes=layer.closes,
    )


def _absences(places: Iterable[_Place]) -> dict[int, datetime]:
    absences = {}
    for place in places:
        person = place.person
        if not (place.holds and person.is_active):
            absences[person.pk] = oncall.NEVER_BACK
        elif person.absent_until is not None:
            absences[person.pk] = person.absent_until
    return absences
