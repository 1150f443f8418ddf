"""What nobody acknowledges in time goes on to the next person and then to the next level (P-5.3)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core.models import Event
from directory.models import Person, RoleHolding
from escalation.models import Call
from escalation.selectors import unheard
from escalation.services import call_next, claim_due
from notifications.models import Message
from tests.db.escalation.conftest import MINUTE, Ladders

pytestmark = pytest.mark.django_db


def test_before_its_time_nobody_else_is_called(ladders: Ladders) -> None:
    step = ladders.enter(ladders.incidents()[0])

    ladders.sweep(30 * MINUTE - timedelta(seconds=1))

    assert ladders.called(step) == ["dev"]


def test_after_it_the_next_person_is_called_and_after_the_last_one_the_rung_is_left(ladders: Ladders) -> None:
    step = ladders.enter(ladders.incidents()[0])

    assert ladders.sweep(30 * MINUTE) == []
    step.refresh_from_db()
    assert (ladders.called(step), step.next_call_at) == (["dev", "dev2"], ladders.now + 60 * MINUTE)

    [exhausted] = ladders.sweep(60 * MINUTE)
    assert (exhausted.incident_id, exhausted.chain, exhausted.to_level, exhausted.next_level) == (
        step.incident_id,
        "functional",
        2,
        3,
    )
    step.refresh_from_db()
    assert (step.state, step.next_call_at) == ("exhausted", None)
    assert ladders.sweep(90 * MINUTE) == []


def test_who_left_meanwhile_is_passed_and_who_came_is_called(ladders: Ladders) -> None:
    step = ladders.enter(ladders.incidents()[0])
    RoleHolding.objects.filter(person=ladders.company.dev2).delete()
    newcomer = Person.objects.create_user("neu", "neu@escola.example")
    RoleHolding.objects.create(person=newcomer, role="development", rank=200)

    ladders.sweep(30 * MINUTE)

    assert ladders.called(step) == ["dev", "neu"]


def test_on_the_last_rung_everybody_is_called_again_three_times_and_then_the_log_says_so(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    step = ladders.enter(incident, to_level=3, reason="time_critical", rule="§5.1/2g")
    for round_ in (1, 2, 3):
        assert ladders.sweep(round_ * 30 * MINUTE) == []
        step.refresh_from_db()
        assert (step.rounds, step.state) == (round_, "calling")

    assert ladders.sweep(120 * MINUTE) == []

    step.refresh_from_db()
    assert step.state == "exhausted"
    assert ladders.called(step) == ["lead"]
    calls = Message.objects.filter(kind="escalation_call")
    assert calls.filter(person=ladders.company.lead, channel="email").count() == 4
    assert Message.objects.filter(subject__contains="Erneut", channel="email").count() == 3
    assert Event.objects.filter(kind="escalation.called", subject_id=incident.pk).count() == 4
    assert Event.objects.get(kind="escalation.exhausted").data["level"] == 3
    assert unheard() == [step]
    assert ladders.sweep(timedelta(days=1)) == []


def test_claiming_a_step_leaves_those_whose_incident_somebody_works_on(ladders: Ladders) -> None:
    step = ladders.enter(ladders.incidents()[0])

    assert [claimed.pk for claimed in claim_due(now=ladders.now + 30 * MINUTE, limit=10)] == [step.pk]
    assert claim_due(now=ladders.now, limit=10) == []


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_call_each_person_once(ladders: Ladders) -> None:
    steps = [ladders.enter(incident) for incident in ladders.incidents(24)]
    at = ladders.now + 30 * MINUTE
    start = threading.Barrier(3)

    def sweep() -> None:
        start.wait()
        while True:
            with transaction.atomic():
                claimed = claim_due(now=at, limit=5)
                call_next(claimed, now=at)
            if not claimed:
                break
        connection.close()

    sweepers = [threading.Thread(target=sweep) for _ in range(3)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join()

    called = Counter(Call.objects.values_list("step_id", "person__username"))
    assert called == {(step.pk, name): 1 for step in steps for name in ("dev", "dev2")}
    assert Event.objects.filter(kind="escalation.called").count() == 48
