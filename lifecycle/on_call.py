"""Who is on call: rotas are edited by leads and IT, turns are given away or swapped by whoever has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Person
from directory.selectors import people_with_any_role, roles_of
from escalation import rotas
from escalation.models import Rota, RotaLayer, RotaOverride
from escalation.on_call import Plan, plan_of
from escalation.rules.oncall import DAILY, WEEKLY, Layer, Override, Turn, holds, swap, turns
from escalation.shifts import BadCalendar, read_shifts
from lifecycle import correspondence
from lifecycle.access import EDIT_ROTAS, By, may, require
from lifecycle.errors import Forbidden, Invalid, NotFound
from process.selectors import current_document

FURTHEST = timedelta(days=366)
"""What lies further ahead is a slip of the pen."""


@transaction.atomic
def save_rota(pk: int | None = None, *, role: str = "", time_zone: str, by: By, now: datetime) -> Rota:
    """Gives a role a rota (None), or changes a rota's time zone. Raises Forbidden, NotFound, Invalid."""
    require(by, EDIT_ROTAS)
    rota = _in_hand(pk) if pk is not None else None
    if time_zone not in available_timezones():
        raise Invalid.field("time_zone", _("Diese Zeitzone gibt es nicht. Beispiel: Europe/Zurich."))
    if rota is None:
        if role not in {known.key for known in current_document()[1].roles}:
            raise Invalid.field("role", _("Diese Rolle gibt es im Prozess nicht."))
        if Rota.objects.filter(role=role).exists():
            raise Invalid.field("role", _("Diese Rolle hat schon ein Pikett."))
    return rotas.save_rota(rota, role=role, time_zone=time_zone, actor=by.actor, now=now)


@transaction.atomic
def remove_rota(pk: int, *, by: By, now: datetime) -> None:
    """Removes a rota: people of its role are called by rank again."""
    require(by, EDIT_ROTAS)
    rotas.remove_rota(_in_hand(pk), actor=by.actor, now=now)


@transaction.atomic
def save_layer(
    rota_pk: int, layer_pk: int | None = None, *, facts: Layer, people: Sequence[Person], by: By, now: datetime
) -> RotaLayer:
    """Puts a layer on top of a rota (None), or changes one; `people` take turns in this order.

    Raises Forbidden, NotFound, and Invalid unless everybody is active and holds the rota's role.
    """
    require(by, EDIT_ROTAS)
    rota = _in_hand(rota_pk)
    layer = _layer_in_hand(rota, layer_pk) if layer_pk is not None else None
    if not people:
        raise Invalid.field("people", _("Mindestens eine Person."))
    for person in people:
        _check_person(rota, person, "people")
    if not facts.weekdays:
        raise Invalid.field("weekdays", _("Mindestens ein Wochentag."))
    if facts.every_days not in (DAILY, WEEKLY):
        raise Invalid.field("every_days", _("Die Übergabe ist täglich oder wöchentlich."))
    return rotas.save_layer(rota, layer, facts=facts, people=people, actor=by.actor, now=now)


@transaction.atomic
def remove_layer(rota_pk: int, layer_pk: int, *, by: By, now: datetime) -> None:
    """Takes a layer out of a rota."""
    require(by, EDIT_ROTAS)
    rotas.remove_layer(_layer_in_hand(_in_hand(rota_pk), layer_pk), actor=by.actor, now=now)


@transaction.atomic
def put_in(
    rota_pk: int, *, person: Person, start: datetime, end: datetime, by: By, now: datetime, reason: str = ""
) -> RotaOverride:
    """Somebody is on call from `start` (at the earliest from now) to `end`, whoever's turn it is; they are told.

    Leads and IT may put in anybody, everybody else may give away a stretch that is all their own. Raises Forbidden,
    NotFound, Invalid.
    """
    rota = _in_hand(rota_pk)
    wanted = Override(person.pk, max(start, now).replace(second=0, microsecond=0), end)
    _check_stretch(wanted, now)
    _check_person(rota, person, "person")
    if person.absent_until is not None and person.absent_until > wanted.start:
        raise Invalid.field("person", _("%(name)s ist dann abwesend.") % {"name": person.display_name})
    if not _may_edit(by) and not _is_mine(plan_of(rota, since=now), by, wanted.start, wanted.end):
        raise Forbidden(EDIT_ROTAS, _("Sie können nur Ihren eigenen Pikett-Dienst abgeben."))
    [row] = _store(rota, [wanted], [person], reason, by=by, now=now)
    return row


@transaction.atomic
def swap_turns(
    rota_pk: int, *, one: datetime, other: datetime, by: By, now: datetime, reason: str = ""
) -> list[RotaOverride]:
    """The people whose turns hold the two instants take each other's turn, what is left of it; both are told.

    One of the turns has to be one's own, unless one edits rotas. Raises Forbidden, NotFound, Invalid.
    """
    rota = _in_hand(rota_pk)
    plan = plan_of(rota, since=now)
    mine, theirs = _turn_at(plan, one, now, "one"), _turn_at(plan, other, now, "other")
    if mine.person == theirs.person:
        raise Invalid.field("other", _("Beide Dienste hat dieselbe Person."))
    if not _may_edit(by) and (by.person is None or by.person.pk not in (mine.person, theirs.person)):
        raise Forbidden(EDIT_ROTAS, _("Sie können nur Ihren eigenen Pikett-Dienst tauschen."))
    people = [plan.people[turn.person] for turn in (theirs, mine)]
    for person, begin in zip(people, (mine.start, theirs.start), strict=True):
        if not plan.rota.is_there(person.pk, begin):
            raise Invalid.field("other", _("%(name)s ist dann abwesend.") % {"name": person.display_name})
    return _store(rota, swap(mine, theirs), people, reason, by=by, now=now)


@transaction.atomic
def take_back(rota_pk: int, override_pk: int, *, by: By, now: datetime) -> None:
    """Takes an override back: whoever made it may, who edits rotas, and whoever got it from a colleague, because nobody
    agreed to it yet. What is over stays. Whoever it concerns is told. Raises Forbidden, NotFound."""
    rota = _in_hand(rota_pk)
    override = rota.overrides.select_related("person", "made_by").filter(pk=override_pk, ends_at__gt=now).first()
    if override is None:
        raise NotFound(str(override_pk))
    if not may_take_back(by, override):
        raise Forbidden(EDIT_ROTAS, _("Das kann, wer den Einsatz eingetragen hat, oder eine Leitung."))
    concerned = {person.pk: person for person in (override.person, override.made_by) if person is not None}
    rotas.remove_override(override, actor=by.actor, now=now)
    correspondence.tell(
        [person for pk, person in concerned.items() if by.person is None or pk != by.person.pk],
        kind="on_call_taken_back",
        key=f"override:{override_pk}:taken-back",
        context={
            "by": by.actor.label,
            "name": override.person.display_name,
            "start": override.starts_at,
            "end": override.ends_at,
        },
        topic=("rota", rota.pk),
        link="/on-call/",
        now=now,
    )


def may_take_back(by: By, override: RotaOverride) -> bool:
    """Whether somebody may take an override back; a lead's entry is not given back by whoever it names."""
    if _may_edit(by):
        return True
    made_by, me = override.made_by, by.person
    if me is None or made_by is None:
        return False
    return me.pk == made_by.pk or (me.pk == override.person_id and not may(made_by, EDIT_ROTAS))


@transaction.atomic
def take_over_calendar(rota_pk: int, *, raw: bytes, by: By, now: datetime) -> list[RotaOverride]:
    """Takes the shifts of another program's calendar over as overrides; those that stand already are not doubled.

    Nobody is told: whoever keeps that calendar has. All or nothing; returns what is new. Raises Forbidden, NotFound,
    and Invalid that names every unclear entry.
    """
    require(by, EDIT_ROTAS)
    rota = _in_hand(rota_pk)
    people = people_with_any_role([rota.role])
    try:
        shifts = read_shifts(raw, people=people, zone=ZoneInfo(rota.time_zone), now=now)
    except BadCalendar as error:
        raise Invalid({"file": error.problems}) from None
    if any(shift.end - now > FURTHEST for shift in shifts):
        raise Invalid.field("file", _("Höchstens ein Jahr im Voraus."))
    known = set(rota.overrides.values_list("person_id", "starts_at", "ends_at"))
    fresh = [shift for shift in dict.fromkeys(shifts) if (shift.person, shift.start, shift.end) not in known]
    return rotas.add_overrides(
        rota, fresh, people=people, reason=_("Aus einem Kalender"), made_by=by.person, actor=by.actor, now=now
    )


def _in_hand(pk: int) -> Rota:
    rota = Rota.objects.select_for_update().filter(pk=pk).first()
    if rota is None:
        raise NotFound(str(pk))
    return rota


def _layer_in_hand(rota: Rota, pk: int) -> RotaLayer:
    layer = rota.layers.filter(pk=pk).first()
    if layer is None:
        raise NotFound(str(pk))
    return layer


def _may_edit(by: By) -> bool:
    return by.actor.kind == "system" or may(by.person, EDIT_ROTAS)


def _is_mine(plan: Plan, by: By, start: datetime, end: datetime) -> bool:
    return by.person is not None and holds(plan.rota, by.person.pk, start, end)


def _check_person(rota: Rota, person: Person, field: str) -> None:
    if not person.is_active or rota.role not in roles_of(person):
        raise Invalid.field(field, _("%(name)s hat diese Rolle nicht.") % {"name": person.display_name})


def _check_stretch(wanted: Override, now: datetime) -> None:
    if wanted.end <= wanted.start:
        raise Invalid.field("end", _("Das Ende liegt nicht nach dem Anfang und nach jetzt."))
    if wanted.end - now > FURTHEST:
        raise Invalid.field("end", _("Höchstens ein Jahr im Voraus."))


def _turn_at(plan: Plan, at: datetime, now: datetime, field: str) -> Turn:
    """The whole turn in which an instant lies, as far as it is still to come."""
    if not now <= at <= now + FURTHEST:
        raise Invalid.field(field, _("Dieser Dienst ist vorbei oder liegt zu weit voraus."))
    around = turns(plan.rota, max(now, at - timedelta(weeks=2)), at + timedelta(weeks=2))
    found = next((turn for turn in around if turn.start <= at < turn.end), None)
    if found is None:
        raise Invalid.field(field, _("Dann hat niemand Dienst."))
    return replace(found, start=found.start.replace(microsecond=0))


def _store(
    rota: Rota, wanted: Sequence[Override], people: Sequence[Person], reason: str, *, by: By, now: datetime
) -> list[RotaOverride]:
    rows = rotas.add_overrides(rota, wanted, people=people, reason=reason, made_by=by.person, actor=by.actor, now=now)
    for row in rows:
        if by.person is None or row.person_id != by.person.pk:
            correspondence.tell(
                [row.person],
                kind="on_call_changed",
                key=f"override:{row.pk}",
                context={"by": by.actor.label, "start": row.starts_at, "end": row.ends_at, "reason": row.reason},
                topic=("rota", rota.pk),
                link="/on-call/",
                now=now,
            )
    return rows
