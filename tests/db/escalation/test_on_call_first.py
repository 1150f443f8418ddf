"""Whoever is on call is called first; without an answer it goes on as ever (P-5.3)."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import Event
from directory.models import Person, RoleHolding
from directory.services import deactivate_person, set_absence, set_roles
from escalation.models import Rota
from escalation.on_call import plans
from escalation.roster import Roster
from escalation.rotas import add_overrides, save_layer, save_rota
from escalation.rules.oncall import Layer, Override
from escalation.services import enter
from tests.db.escalation.conftest import MINUTE, Ladders

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def on_rota(ladders: Ladders, *people: Person, role: str = "development", first: date = date(2026, 11, 16)) -> Rota:
    rota = save_rota(role=role, time_zone="Europe/Zurich", actor=SYSTEM, now=ladders.now)
    facts = Layer((), first, time(8))
    save_layer(rota, facts=facts, people=people, actor=SYSTEM, now=ladders.now)
    return rota


def test_the_person_on_call_is_called_before_those_of_lower_rank(ladders: Ladders) -> None:
    on_rota(ladders, ladders.company.dev2)
    [incident] = ladders.incidents()

    step = ladders.enter(incident)

    assert ladders.called(step) == ["dev2"]
    called = Event.objects.get(kind="escalation.called")
    assert (called.data["names"], called.data["on_call"]) == (
        "Dario Erdacht (Pikett)",
        ladders.company.dev2.pk,
    )


def test_without_an_answer_the_others_follow_by_rank(ladders: Ladders) -> None:
    on_rota(ladders, ladders.company.dev2)
    [incident] = ladders.incidents()
    step = ladders.enter(incident)

    assert ladders.sweep(30 * MINUTE) == []
    assert ladders.called(step) == ["dev2", "dev"]
    assert [exhausted.next_level for exhausted in ladders.sweep(60 * MINUTE)] == [3]


def test_whoever_works_on_it_is_still_called_before_the_person_on_call(ladders: Ladders) -> None:
    on_rota(ladders, ladders.company.dev2)
    [incident] = ladders.incidents(assignee=ladders.company.dev)

    assert ladders.called(ladders.enter(incident)) == ["dev"]


def test_a_rota_of_one_role_changes_no_other(ladders: Ladders) -> None:
    on_rota(ladders, ladders.company.dev2)

    roster = Roster(ladders.now)
    assert roster.reachable("support") == (ladders.company.support.pk, ladders.company.support2.pk)
    assert roster.on_call == {}


@pytest.mark.parametrize("gone", ["absent", "inactive", "without the role"])
def test_somebody_who_is_gone_is_passed(ladders: Ladders, gone: str) -> None:
    dev, dev2 = ladders.company.dev, ladders.company.dev2
    on_rota(ladders, dev2, dev)
    if gone == "absent":
        set_absence(dev2, until=ladders.now + DAY, actor=SYSTEM, now=ladders.now)
    elif gone == "inactive":
        deactivate_person(dev2, actor=SYSTEM, now=ladders.now)
    else:
        set_roles(dev2, roles=["support"], actor=SYSTEM, now=ladders.now)
    [incident] = ladders.incidents()

    assert ladders.called(ladders.enter(incident)) == ["dev"]


def test_an_override_counts_at_its_instant_only(ladders: Ladders) -> None:
    dev, dev2 = ladders.company.dev, ladders.company.dev2
    rota = on_rota(ladders, dev)
    night = Override(dev2.pk, ladders.now + DAY, ladders.now + 2 * DAY)
    add_overrides(rota, [night], people=[dev2], reason="", made_by=dev, actor=SYSTEM, now=ladders.now)

    first = {at: Roster(ladders.now + at).reachable("development")[0] for at in (0 * DAY, DAY, 2 * DAY)}

    assert first == {0 * DAY: dev.pk, DAY: dev2.pk, 2 * DAY: dev.pk}


def test_rotas_are_asked_for_once_however_many_incidents_need_them(ladders: Ladders) -> None:
    rota = on_rota(ladders, ladders.company.dev2)
    on_rota(ladders, ladders.company.support, ladders.company.support2, role="support")
    assert RoleHolding.objects.count() > 2

    def asked(number: int) -> int:
        entries = [ladders.entry(incident) for incident in ladders.incidents(number)]
        with CaptureQueriesContext(connection) as captured:
            enter(entries, now=ladders.now, actor=SYSTEM)
        return sum("escalation_rota" in query["sql"] for query in captured)

    assert (asked(2), asked(200)) == (3, 3)
    with CaptureQueriesContext(connection) as captured:
        assert plans(since=ladders.now)[rota.role].people == {ladders.company.dev2.pk: ladders.company.dev2}
    assert len(captured) == 3
