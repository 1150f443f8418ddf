"""A major incident, found by a trigger at opening or declared by hand: the same record, calls and messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from core.models import Event
from escalation.models import Call, Step
from incidents.models import Incident
from lifecycle import climb, finish, major, ranking, respond
from lifecycle.errors import Conflict, Invalid, WrongState
from lifecycle.integrity import findings
from notifications.models import Message
from tests.company import Company, spoken
from tests.together import at_once

DOWN = "whole_software_down"
SCHOOLS = "several_schools_down"


def declare(
    company: Company, incident: Incident, *, by: str = "support", trigger: str = DOWN, **facts: Any
) -> Incident:
    return major.declare_major(incident.number, trigger=trigger, by=company.by(by), now=company.now, **facts)


def told_of(incident: Incident) -> set[str]:
    messages = Message.objects.filter(kind="incident_major", topic_id=incident.pk, channel="in_app")
    return {message.person.username for message in messages if message.person}


def consequences(incident: Incident) -> tuple[Any, ...]:
    """Everything a major incident brings, whoever found it."""
    incident.refresh_from_db()
    step = Step.objects.get(incident=incident, chain="management")
    event = Event.objects.get(kind="incident.major_declared", subject_id=incident.pk)
    return (
        (incident.is_major, incident.major_state, incident.major_trigger, incident.management_level),
        (step.to_level, step.reason, step.rule),
        {call.person.username for call in Call.objects.filter(step=step)},
        (event.rule, event.data["trigger"], event.data["set"]["is_major"], event.data["set"]["major_state"]),
        told_of(incident),
    )


def test_by_trigger_or_by_hand_it_is_the_same_major_incident(company: Company) -> None:
    found = company.incident(by="support2", urgency="high", impact="high", major_triggers=(DOWN,))
    by_hand = declare(company, company.incident(urgency="high", impact="high"), by="support2")
    assert consequences(found) == consequences(by_hand)
    assert consequences(by_hand) == (
        (True, "declared", DOWN, 2),
        (2, "major_incident", "§6.1"),
        {"pm"},
        ("§6.1", DOWN, True, "declared"),
        {"support", "board"},
    )
    assert [finding for finding in findings(now=company.now) if finding.row.startswith("INC-")] == []


@pytest.mark.parametrize("who", ["support", "dev", "lead", "dpo", "it", "pm", "board"])
def test_whoever_works_here_may_declare_one(company: Company, who: str) -> None:
    assert declare(company, company.incident(), by=who).is_major
    assert who not in told_of(Incident.objects.get())


def test_a_trigger_that_only_proposes_leaves_the_word_to_a_person(company: Company) -> None:
    incident = company.incident(major_triggers=(SCHOOLS,))
    assert (incident.is_major, incident.major_state, incident.management_level) == (False, "candidate", 1)
    assert told_of(incident) == set()
    declare(company, incident, trigger=SCHOOLS)
    incident.refresh_from_db()
    assert (incident.is_major, incident.major_state, incident.major_trigger) == (True, "declared", SCHOOLS)
    kinds = Event.objects.filter(kind__startswith="incident.major_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["incident.major_proposed", "incident.major_declared"]
    assert [finding for finding in findings(now=company.now) if finding.row.startswith("INC-")] == []


def test_a_trigger_that_declares_outweighs_one_that_proposes(company: Company) -> None:
    assert company.incident(major_triggers=(SCHOOLS, DOWN)).major_trigger == DOWN


def test_only_triggers_of_the_document_count(company: Company) -> None:
    with pytest.raises(Invalid) as refused:
        declare(company, company.incident(), trigger="bad_mood")
    [text] = refused.value.errors["trigger"]
    assert DOWN in text
    assert not Incident.objects.get().is_major


def test_it_is_declared_once(company: Company) -> None:
    incident = declare(company, company.incident())
    with pytest.raises(Invalid) as refused:
        declare(company, incident, trigger=SCHOOLS)
    assert refused.value.errors == {"trigger": ["Dieser Incident ist bereits ein Major Incident."]}
    assert Event.objects.filter(kind="incident.major_declared").count() == 1


def test_who_stands_higher_already_stays_there_and_is_not_called_anew(company: Company) -> None:
    incident, by = company.incident(), company.by("support")
    climb.escalate(incident.number, chain="management", reason="dissatisfied_customer", by=by, now=company.now)
    declare(company, incident, note="Auch das Backup ist weg")
    assert Step.objects.get(incident=incident, chain="management").reason == "dissatisfied_customer"
    assert spoken(Event.objects.get(kind="incident.major_declared"))["note"] == "Auch das Backup ist weg"
    assert told_of(incident) == {"support2", "board"}


def test_what_is_over_or_was_changed_meanwhile_is_not_declared(company: Company) -> None:
    incident, by = company.incident(), company.by("support")
    respond.note(incident.number, text="Neu gestartet", by=by, now=company.now)
    ranking.set_priority(incident.number, urgency="high", by=by, now=company.now)
    with pytest.raises(Conflict):
        declare(company, incident, version=1)
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=by, now=company.now)
    with pytest.raises(WrongState):
        declare(company, incident)


@pytest.mark.django_db(transaction=True)
def test_declared_by_many_at_once_it_is_declared_once(company: Company, now: datetime) -> None:
    incident = company.incident()
    answers = at_once(8, lambda _n: declare(company, incident))
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert sum(isinstance(answer, Invalid) for answer in answers) == 7
    assert Step.objects.filter(incident=incident, chain="management").count() == 1
