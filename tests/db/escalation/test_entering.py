"""Entering a rung (P-5.1, P-5.2): who is called, what is kept, and what happens where nobody is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.models import Event
from directory.models import RoleHolding
from directory.services import set_absence
from escalation.models import Call, Step
from escalation.selectors import ladders_for, reason_label, steps_of, unheard, waiting_for
from escalation.services import enter
from incidents.models import Incident
from notifications.models import Message
from tests.db.escalation.conftest import FUNCTIONAL, MANAGEMENT, MINUTE, Ladders

pytestmark = pytest.mark.django_db


def events(incident: Incident, kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind, subject_type="incident", subject_id=incident.pk).order_by("id"))


def test_the_first_holder_is_called_in_the_app_and_by_mail_and_gets_the_documents_minutes(ladders: Ladders) -> None:
    [incident] = ladders.incidents()

    step = ladders.enter(incident)

    assert (step.from_level, step.to_level, step.role, step.state) == (0, 2, "development", "calling")
    assert step.next_call_at == ladders.now + 30 * MINUTE
    assert ladders.called(step) == ["dev"]
    assert waiting_for(ladders.company.dev) == [step]
    assert waiting_for(ladders.company.dev2) == []
    messages = Message.objects.filter(topic_type="incident", topic_id=incident.pk)
    assert {(row.person, row.channel, row.needs_ack, row.is_urgent) for row in messages} == {
        (ladders.company.dev, "in_app", True, True),
        (ladders.company.dev, "email", True, True),
    }
    assert "Technischer Incident (§5.1/1e)" in messages[0].body
    assert messages[0].link == f"/incidents/{incident.number}/"


def test_every_step_is_recorded_with_reason_rule_and_who_was_reached(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    actor = Actor("person", "7", "Sina Muster", "console")

    [step] = enter([ladders.entry(incident, note="Bitte rasch")], now=ladders.now, actor=actor)

    assert (step.actor_label, step.note) == ("Sina Muster", "Bitte rasch")
    [stepped], [called] = events(incident, "escalation.stepped"), events(incident, "escalation.called")
    assert stepped.rule == called.rule == "§5.1/1e"
    assert stepped.actor_label == "Sina Muster"
    assert stepped.data == {
        "chain": "functional",
        "step": step.pk,
        "from": 0,
        "to": 2,
        "role": "development",
        "reason": "technical_incident",
        "passed": [],
    }
    assert (called.data["people"], called.data["names"]) == ([ladders.company.dev.pk], "Devi Erfunden")
    assert "Bitte rasch" not in str(stepped.data)


def test_critical_incidents_and_rungs_that_say_so_call_everyone_at_once(ladders: Ladders) -> None:
    critical, medium = ladders.incidents(priority="critical") + ladders.incidents(priority="medium")

    assert ladders.called(ladders.enter(critical)) == ["dev", "dev2"]
    assert ladders.called(ladders.enter(medium)) == ["dev"]
    assert ladders.called(ladders.enter(medium, to_level=1)) == ["support", "support2"]


def test_whoever_has_the_incident_is_called_first_if_they_hold_the_role(ladders: Ladders) -> None:
    [theirs] = ladders.incidents(assignee=ladders.company.dev2)
    [not_theirs] = ladders.incidents(assignee=ladders.company.support)

    assert ladders.called(ladders.enter(theirs)) == ["dev2"]
    assert ladders.called(ladders.enter(not_theirs)) == ["dev"]


def test_the_two_ladders_run_side_by_side(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    up = ladders.enter(incident)
    beside = ladders.enter(incident, MANAGEMENT, reason="sla_breached", rule="§5.2/2a")

    assert (beside.from_level, beside.to_level) == (1, 2)
    assert ladders_for([incident.pk]) == {incident.pk: {"functional": up, "management": beside}}
    assert set(Step.objects.values_list("state", flat=True)) == {"calling"}


def test_a_step_up_takes_over_from_the_one_before_and_its_pending_notices_go(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    management = ladders.enter(incident, MANAGEMENT, reason="sla_breached", rule="§5.2/2a")
    first = ladders.enter(incident)
    second = ladders.enter(incident, to_level=3, reason="time_critical", rule="§5.1/2g")

    first.refresh_from_db()
    assert (first.state, first.next_call_at) == ("superseded", None)
    assert (second.from_level, second.to_level) == (2, 3)
    assert steps_of(incident) == [management, first, second]
    state_of = {(row.person, row.channel): row.state for row in Message.objects.all()}
    assert state_of[ladders.company.dev, "email"] == state_of[ladders.company.dev, "in_app"] == "skipped"
    assert state_of[ladders.company.pm, "email"] == state_of[ladders.company.lead, "email"] == "queued"


def test_a_rung_nobody_can_be_reached_on_is_passed_and_the_gap_is_told(ladders: Ladders) -> None:
    for person in (ladders.company.dev, ladders.company.dev2):
        set_absence(person, until=ladders.now + timedelta(days=1), actor=SYSTEM, now=ladders.now)
    [incident] = ladders.incidents()

    step = ladders.enter(incident, note="Bitte rasch")

    assert (step.to_level, step.role, step.state) == (3, "head_of_development", "calling")
    assert step.note == "Niemand erreichbar: 2. Level: Entwicklung (2). Bitte rasch"
    assert ladders.called(step) == ["lead"]
    assert events(incident, "escalation.stepped")[0].data["passed"] == [2]


def test_a_ladder_without_anybody_is_exhausted_at_once_and_the_log_says_so(ladders: Ladders) -> None:
    RoleHolding.objects.filter(role__in=["development", "head_of_development"]).delete()
    [incident] = ladders.incidents()

    step = ladders.enter(incident)

    assert (step.to_level, step.state, step.next_call_at) == (3, "exhausted", None)
    assert "Leitung Entwicklung (3)" in step.note
    assert not Call.objects.exists()
    [event] = events(incident, "escalation.exhausted")
    data = {"chain": "functional", "step": step.pk, "level": 3, "alarmed": "Silas Beispiel, Sina Muster"}
    assert (event.rule, event.data) == ("§5.1/1e", data)
    assert unheard() == [step]


def test_of_two_wishes_for_one_ladder_the_higher_counts(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    wishes = [ladders.entry(incident, MANAGEMENT, level, reason="crisis") for level in (2, 3, 2)]

    [step] = enter(wishes, now=ladders.now, actor=SYSTEM)

    assert step.to_level == 3


def test_nobody_wishing_anything_asks_the_database_nothing(ladders: Ladders) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert enter([], now=ladders.now, actor=SYSTEM) == []
    assert len(queries) == 0


def test_entering_many_takes_as_many_statements_as_entering_few(ladders: Ladders) -> None:
    def statements(number: int) -> int:
        entries = [ladders.entry(incident, MANAGEMENT) for incident in ladders.incidents(number)]
        with CaptureQueriesContext(connection) as queries:
            assert len(enter(entries, now=ladders.now, actor=SYSTEM)) == number
        return len(queries)

    assert statements(300) == statements(2) <= 9


def test_calling_on_for_many_takes_as_many_statements_as_for_few(ladders: Ladders) -> None:
    def statements(number: int) -> int:
        entries = [ladders.entry(incident) for incident in ladders.incidents(number)]
        enter(entries, now=ladders.now, actor=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            assert ladders.sweep(30 * MINUTE) == []
        Step.objects.update(next_call_at=None)
        return len(queries)

    statements(1)  # the document is read once per process
    assert statements(60) == statements(2) <= 9


@pytest.mark.parametrize(
    ("reason", "german", "english"),
    [
        ("technical_incident", "Technischer Incident", "Technical incident"),
        ("recorded", "Incident erfasst", None),
        ("something_else", "something_else", "something_else"),
    ],
)
def test_a_reason_reads_as_the_document_names_it(
    ladders: Ladders, reason: str, german: str, english: str | None
) -> None:
    step = ladders.enter(ladders.incidents()[0], reason=reason)

    assert reason_label(ladders.document, step, "de") == german
    if english:
        assert reason_label(ladders.document, step, "en") == english


def test_functional_entry_from_the_first_level_counts_from_there(ladders: Ladders) -> None:
    [incident] = ladders.incidents()
    assert ladders.enter(incident, FUNCTIONAL, 1).from_level == 0
    assert ladders.enter(incident, FUNCTIONAL, 2).from_level == 1
    assert ladders.enter(incident, FUNCTIONAL, 3, from_level=1).from_level == 1
