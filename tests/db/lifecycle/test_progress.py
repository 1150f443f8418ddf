"""Taken on is not got on with: a rung that was answered and then left alone is escalated again (P-5.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.models import Event
from escalation.models import Step
from incidents.models import Incident
from lifecycle import finish, respond, tick
from notifications.models import Message
from tests.company import Company

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def taken(company: Company) -> Incident:
    """A critical incident that support has answered at nine and not touched since: 60 minutes are its time."""
    incident = company.incident(urgency="high", impact="high")
    return respond.acknowledge(incident.number, by=company.by("support"), now=company.now)


def newest() -> Step:
    return Step.objects.filter(chain="functional").latest("id")


def look(at: datetime) -> int:
    return tick.sweep(now=at).done["progress"]


def test_without_a_deed_for_the_documents_minutes_the_next_rung_is_entered(company: Company, taken: Incident) -> None:
    assert look(company.now + HOUR - MINUTE) == 0
    assert newest().to_level == 1
    assert look(company.now + HOUR) == 1
    step = newest()
    assert (step.to_level, step.reason, step.rule, step.state) == (2, "no_progress", "§5.1/1", "calling")
    assert set(step.calls.values_list("person__username", flat=True)) == {"dev", "dev2"}
    assert Incident.objects.get().functional_level == 2


def test_whatever_a_person_does_on_it_counts_from_then(company: Company, taken: Incident) -> None:
    respond.note(taken.number, text="Ich sehe nach.", by=company.by("support"), now=company.now + 30 * MINUTE)
    look(company.now + HOUR)
    assert newest().to_level == 1
    assert newest().progress_due_at == company.now + 90 * MINUTE
    look(company.now + 90 * MINUTE)
    assert newest().to_level == 2


def test_what_rules_do_by_themselves_is_no_deed(company: Company) -> None:
    incident = company.incident(urgency="high", impact="high", reporter_name="Petra Muster")
    respond.acknowledge(incident.number, by=company.by("support"), now=company.now)
    tick.sweep(now=company.now + 45 * MINUTE)
    assert Event.objects.filter(kind="sla.update_due").exists(), "a reminder stands on the incident meanwhile"
    look(company.now + HOUR)
    assert newest().to_level == 2


def test_waiting_is_no_standstill(company: Company, taken: Incident) -> None:
    respond.start(taken.number, by=company.by("support"), now=company.now)
    until = company.now + 3 * HOUR
    facts = {"reason": "awaiting_reporter", "until": until, "message": "Bitte ein Beispiel."}
    respond.hold(taken.number, by=company.by("support"), now=company.now, **facts)  # type: ignore[arg-type]
    for hour in (1, 2):
        look(company.now + hour * HOUR)
        assert newest().to_level == 1
    assert newest().progress_due_at == company.now + 3 * HOUR


def test_on_the_last_rung_everybody_there_is_called_once_more(company: Company, taken: Incident) -> None:
    at = company.now
    for who in ("dev", "lead"):
        at += HOUR
        look(at)
        respond.acknowledge(taken.number, by=company.by(who), now=at)
    assert newest().to_level == 3
    calls = Message.objects.filter(kind="escalation_call", channel="email", person=company.lead).count()
    look(at + HOUR)
    step = newest()
    assert (step.from_level, step.to_level, step.reason, step.state) == (3, 3, "no_progress", "calling")
    assert Message.objects.filter(kind="escalation_call", channel="email", person=company.lead).count() == calls + 1


@pytest.mark.parametrize("grade", ["medium", "low"])
def test_where_the_document_gives_no_minutes_nobody_asks(company: Company, grade: str) -> None:
    incident = company.incident(urgency=grade, impact=grade)
    respond.acknowledge(incident.number, by=company.by("support"), now=company.now)
    assert newest().progress_due_at is None


def test_what_has_ended_or_gone_up_is_not_asked_any_more(company: Company, taken: Incident) -> None:
    by, at = company.by("support"), company.now + MINUTE
    finish.resolve(taken.number, code="solved_permanently", text="Gelöst.", by=by, now=at)
    assert [look(company.now + HOUR), look(company.now + HOUR)] == [1, 0]
    assert newest().to_level == 1
    assert newest().progress_due_at is None


def test_two_looks_at_once_act_once(company: Company, taken: Incident) -> None:
    assert [look(company.now + HOUR), look(company.now + HOUR)] == [1, 0]
    assert Step.objects.filter(reason="no_progress").count() == 1
