"""Taking a call (P-5.3): whose answer counts, and what falls silent with it."""

from __future__ import annotations

import pytest

from core.actors import Actor
from core.models import Event
from directory.models import Person
from escalation.models import Step
from escalation.selectors import waiting_for
from escalation.services import acknowledge, close_all
from incidents.models import Incident
from notifications.models import Message
from notifications.selectors import bell, is_pending
from process.schema import ChainName
from tests.db.escalation.conftest import MANAGEMENT, MINUTE, Ladders

pytestmark = pytest.mark.django_db


def answer(ladders: Ladders, incident: Incident, person: Person, chain: ChainName | None = None) -> list[Step]:
    actor = Actor.person(person, via="console")
    return acknowledge(incident=incident, person=person, now=ladders.now + MINUTE, actor=actor, chain=chain)


def test_an_answer_ends_the_calls_and_is_recorded(ladders: Ladders) -> None:
    [incident] = ladders.incidents(priority="critical")
    step = ladders.enter(incident)
    dev, dev2 = ladders.company.dev, ladders.company.dev2

    assert answer(ladders, incident, dev) == [step]

    step.refresh_from_db()
    assert (step.state, step.acknowledged_by, step.acknowledged_at) == ("acknowledged", dev, ladders.now + MINUTE)
    assert step.next_call_at is None
    assert step.calls.get(person=dev).acknowledged_at == ladders.now + MINUTE
    assert step.calls.get(person=dev2).acknowledged_at is None
    assert ladders.sweep(600 * MINUTE) == []
    assert waiting_for(dev) == waiting_for(dev2) == []
    event = Event.objects.get(kind="escalation.acknowledged")
    assert (event.actor_label, event.rule, event.subject_id) == ("Devi Erfunden", "§5.1/1e", incident.pk)


def test_pending_notices_fall_silent_for_them_and_for_everybody_else(ladders: Ladders) -> None:
    [incident] = ladders.incidents(priority="critical")
    ladders.enter(incident)
    dev, dev2 = ladders.company.dev, ladders.company.dev2

    answer(ladders, incident, dev)

    assert not Message.objects.filter(state="queued").exists()
    [mine], [theirs] = bell(dev), bell(dev2)
    assert (mine.state, mine.acknowledged_at, mine.read_at) == ("sent", ladders.now + MINUTE, ladders.now + MINUTE)
    assert (theirs.state, theirs.error) == ("skipped", "acknowledged")
    assert not is_pending(mine)
    assert not is_pending(theirs)


def test_a_second_answer_changes_nothing(ladders: Ladders) -> None:
    [incident] = ladders.incidents(priority="critical")
    step = ladders.enter(incident)
    answer(ladders, incident, ladders.company.dev)

    assert answer(ladders, incident, ladders.company.dev2) == []

    step.refresh_from_db()
    assert step.acknowledged_by == ladders.company.dev
    assert Event.objects.filter(kind="escalation.acknowledged").count() == 1


def test_somebody_of_the_role_may_answer_before_being_called(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    step = ladders.enter(incident)

    assert answer(ladders, incident, ladders.company.dev2) == [step]


def test_the_answer_of_somebody_else_does_not_silence_a_rung(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    ladders.enter(incident)

    assert answer(ladders, incident, ladders.company.support) == []
    assert waiting_for(ladders.company.dev) != []


def test_one_ladders_answer_leaves_the_other_calling(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    functional = ladders.enter(incident)
    management = ladders.enter(incident, MANAGEMENT, reason="sla_breached", rule="§5.2/2a")

    assert answer(ladders, incident, ladders.company.dev) == [functional]

    management.refresh_from_db()
    assert management.state == "calling"
    assert Message.objects.filter(person=ladders.company.pm, state="queued").count() == 1
    assert answer(ladders, incident, ladders.company.board, MANAGEMENT) == [management]


def test_a_late_answer_counts_when_the_ladder_went_up_only_because_nobody_answered(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    first = ladders.enter(incident)
    ladders.sweep(30 * MINUTE)
    ladders.sweep(60 * MINUTE)
    second = ladders.enter(incident, to_level=3, reason="not_acknowledged", rule="§5.1", now=ladders.now + 60 * MINUTE)

    assert answer(ladders, incident, ladders.company.dev) == [second]

    first.refresh_from_db()
    assert first.state == "exhausted"
    assert first.calls.get(person=ladders.company.dev).acknowledged_at is not None
    assert not Message.objects.filter(state="queued").exists()


def test_a_rung_left_for_a_reason_of_the_document_cannot_answer_for_the_next(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    ladders.enter(incident)
    ladders.enter(incident, to_level=3, reason="time_critical", rule="§5.1/2g")

    assert answer(ladders, incident, ladders.company.dev) == []


def test_closing_ends_calls_on_both_ladders_and_their_notices(ladders: Ladders) -> None:
    incident, other = ladders.incidents(2)
    for chain in ChainName:
        ladders.enter(incident, chain)
    ladders.enter(other)

    assert close_all([incident.pk], now=ladders.now) == 2
    assert close_all([incident.pk], now=ladders.now) == 0

    assert set(Step.objects.filter(incident=incident).values_list("state", flat=True)) == {"superseded"}
    assert Step.objects.get(incident=other).state == "calling"
    assert not Message.objects.filter(topic_id=incident.pk, state="queued").exists()
    assert Message.objects.filter(topic_id=other.pk, state="queued").count() == 1
