"""Rotas are edited by leads and IT; a turn is given away or swapped by whoever has it, and who gets it is told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from directory.models import Person
from directory.services import set_absence
from escalation.models import Rota, RotaOverride
from escalation.on_call import plan_of
from escalation.rules.oncall import Layer, on_call
from lifecycle.errors import Forbidden, Invalid, NotFound
from lifecycle.on_call import put_in, remove_layer, remove_rota, save_layer, save_rota, swap_turns, take_back
from notifications.models import Message
from tests.company import Company

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
WEEKLY = Layer((), date(2026, 11, 16), time(8))


@pytest.fixture
def rota(company: Company, now: datetime) -> Rota:
    """Development: Dario has the week of the test (from 08:00, an hour ago), Devi the next one."""
    rota = save_rota(role="development", time_zone="Europe/Zurich", by=company.by("lead"), now=now)
    people = [company.dev, company.dev2]
    save_layer(rota.pk, facts=WEEKLY, people=people, by=company.by("lead"), now=now)
    return rota


def who(rota: Rota, at: datetime) -> Person | None:
    plan = plan_of(rota, since=at)
    duty = on_call(plan.rota, at)
    return plan.people[duty.person] if duty else None


def test_a_rota_begins_with_its_first_layer(company: Company, rota: Rota, now: datetime) -> None:
    assert who(rota, now) == company.dev2
    assert who(rota, now + WEEK) == company.dev
    kinds = Event.objects.filter(subject_type="rota", subject_id=rota.pk).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["rota.saved", "rota.layer_saved"]


@pytest.mark.parametrize("name", ["support", "dev", "dpo", "board"])
def test_only_leads_and_it_edit_rotas(company: Company, rota: Rota, now: datetime, name: str) -> None:
    by = company.by(name)
    for attempt in (
        lambda: save_rota(role="support", time_zone="Europe/Zurich", by=by, now=now),
        lambda: save_rota(rota.pk, time_zone="UTC", by=by, now=now),
        lambda: save_layer(rota.pk, facts=WEEKLY, people=[company.dev], by=by, now=now),
        lambda: remove_layer(rota.pk, rota.layers.get().pk, by=by, now=now),
        lambda: remove_rota(rota.pk, by=by, now=now),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert (Rota.objects.count(), rota.layers.count()) == (1, 1)


def test_what_cannot_work_is_refused_beside_its_field(company: Company, rota: Rota, now: datetime) -> None:
    by = company.by("it")
    nobody, never = Layer((), date(2026, 11, 16), time(8)), Layer((), date(2026, 11, 16), time(8), 7, frozenset())
    attempts = {
        "role": lambda: save_rota(role="development", time_zone="UTC", by=by, now=now),
        "time_zone": lambda: save_rota(rota.pk, time_zone="Europe/Bern", by=by, now=now),
        "people": lambda: save_layer(rota.pk, facts=nobody, people=[], by=by, now=now),
        "weekdays": lambda: save_layer(rota.pk, facts=never, people=[company.dev], by=by, now=now),
        "end": lambda: put_in(rota.pk, person=company.dev, start=now - DAY, end=now - HOUR, by=by, now=now),
        "person": lambda: put_in(rota.pk, person=company.support, start=now, end=now + DAY, by=by, now=now),
    }
    for field, attempt in attempts.items():
        with pytest.raises(Invalid) as refused:
            attempt()
        assert list(refused.value.errors) == [field]
    with pytest.raises(Invalid, match="Rolle"):
        save_layer(rota.pk, facts=WEEKLY, people=[company.dev, company.support], by=by, now=now)
    with pytest.raises(NotFound):
        save_layer(rota.pk, 0, facts=WEEKLY, people=[company.dev], by=by, now=now)


def test_a_changed_layer_takes_the_new_order(company: Company, rota: Rota, now: datetime) -> None:
    layer = rota.layers.get()
    save_layer(rota.pk, layer.pk, facts=WEEKLY, people=[company.dev2, company.dev], by=company.by("pm"), now=now)

    assert who(rota, now) == company.dev
    assert rota.layers.count() == 1


def test_ones_own_turn_can_be_given_away_and_who_gets_it_is_told(company: Company, rota: Rota, now: datetime) -> None:
    row = put_in(
        rota.pk, person=company.dev, start=now - DAY, end=now + DAY, by=company.by("dev2"), now=now, reason="Zahnarzt"
    )

    assert (row.starts_at, row.made_by) == (now, company.dev2)
    assert who(rota, now) == company.dev
    assert who(rota, now + DAY) == company.dev2
    told = Message.objects.filter(kind="on_call_changed")
    assert {(message.person, message.channel) for message in told} == {(company.dev, "in_app"), (company.dev, "email")}
    assert "Dario Erdacht hat Sie für Pikett eingetragen: von 23.11.2026 09:00 bis 24.11.2026 09:00" in told[0].body
    event = Event.objects.get(kind="rota.overridden")
    assert (event.data["name"], event.data["reason"]) == ("Devi Erfunden", "Zahnarzt")


def test_somebody_elses_turn_can_not(company: Company, rota: Rota, now: datetime) -> None:
    stretches = {"dev": (now, now + DAY), "dev2": (now, now + WEEK), "support": (now, now + DAY)}
    for name, (start, end) in stretches.items():
        with pytest.raises(Forbidden):
            put_in(rota.pk, person=company.dev, start=start, end=end, by=company.by(name), now=now)
    put_in(rota.pk, person=company.dev, start=now, end=now + 3 * WEEK, by=company.by("lead"), now=now)
    assert who(rota, now + 2 * WEEK) == company.dev


def test_two_people_swap_what_is_left_of_their_turns(company: Company, rota: Rota, now: datetime) -> None:
    swap_turns(rota.pk, one=now, other=now + WEEK, by=company.by("dev2"), now=now)

    hand_over = now.replace(hour=7) + WEEK
    assert [who(rota, at) for at in (now, hand_over - HOUR, hand_over, hand_over + WEEK - HOUR)] == [
        company.dev,
        company.dev,
        company.dev2,
        company.dev2,
    ]
    assert who(rota, hand_over + WEEK) == company.dev2
    assert RotaOverride.objects.count() == 2
    assert set(Message.objects.values_list("person__username", flat=True)) == {"dev"}


def test_a_swap_needs_a_turn_of_ones_own_and_two_people(company: Company, rota: Rota, now: datetime) -> None:
    with pytest.raises(Forbidden):
        swap_turns(rota.pk, one=now, other=now + WEEK, by=company.by("support"), now=now)
    for one, other in ((now, now + 2 * WEEK), (now - DAY, now + WEEK), (now, now + 2 * 366 * DAY)):
        with pytest.raises(Invalid):
            swap_turns(rota.pk, one=one, other=other, by=company.by("dev2"), now=now)
    set_absence(company.dev, until=now + DAY, actor=SYSTEM, now=now)
    with pytest.raises(Invalid, match="abwesend"):
        swap_turns(rota.pk, one=now, other=now + WEEK, by=company.by("dev2"), now=now)
    assert not RotaOverride.objects.exists()


def test_what_a_colleague_gave_one_goes_back_to_them_and_they_read_so(
    company: Company, rota: Rota, now: datetime
) -> None:
    row = put_in(rota.pk, person=company.dev, start=now, end=now + DAY, by=company.by("dev2"), now=now)
    with pytest.raises(Forbidden):
        take_back(rota.pk, row.pk, by=company.by("support"), now=now)

    take_back(rota.pk, row.pk, by=company.by("dev"), now=now)

    assert who(rota, now) == company.dev2
    [told] = Message.objects.filter(kind="on_call_taken_back", channel="in_app")
    assert told.person == company.dev2
    assert "Devi Erfunden hat" in told.body


def test_an_override_is_taken_back_by_who_made_it_or_a_lead(company: Company, rota: Rota, now: datetime) -> None:
    row = put_in(rota.pk, person=company.dev, start=now, end=now + DAY, by=company.by("lead"), now=now)
    with pytest.raises(Forbidden):
        take_back(rota.pk, row.pk, by=company.by("dev"), now=now)

    take_back(rota.pk, row.pk, by=company.by("pm"), now=now)

    assert who(rota, now) == company.dev2
    over = put_in(rota.pk, person=company.dev, start=now, end=now + DAY, by=company.by("lead"), now=now)
    with pytest.raises(NotFound):
        take_back(rota.pk, over.pk, by=company.by("lead"), now=now + DAY)
    take_back(rota.pk, over.pk, by=company.by("it"), now=now)
    assert Event.objects.filter(kind="rota.override_removed").count() == 2


def test_without_layers_or_rota_nobody_is_on_call(company: Company, rota: Rota, now: datetime) -> None:
    remove_layer(rota.pk, rota.layers.get().pk, by=company.by("lead"), now=now)
    assert who(rota, now) is None

    remove_rota(rota.pk, by=company.by("lead"), now=now)
    assert not Rota.objects.exists()
    assert Event.objects.filter(kind="rota.removed").exists()
