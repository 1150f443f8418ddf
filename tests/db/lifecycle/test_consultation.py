"""Who §14 consults is asked in words and answers in words; who it informs hears of an escalation (P-14.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from incidents.models import Comment, Consultation, Incident
from incidents.selectors import questions_to
from lifecycle import climb, consultation, finish
from lifecycle.access import By
from lifecycle.errors import Forbidden, Invalid, WrongState
from notifications.models import Message
from notifications.services import MOST_AT_ONCE
from process.schema import ChainName
from tests.company import Company

QUESTION = "Hängt das mit dem Update von gestern zusammen?"


def ask(company: Company, incident: Incident, who: str = "support", **facts: object) -> list[Consultation]:
    given = {"task": "handling", "question": QUESTION, "now": company.now, **facts}
    consultation.consult(incident.number, by=company.by(who), **given)  # type: ignore[arg-type]
    return list(Consultation.objects.filter(incident=incident).order_by("id"))


def answer(company: Company, asked: Consultation, who: str, text: str = "Ja, wir nehmen es zurück.") -> None:
    later = company.now + timedelta(minutes=5)
    consultation.advise(asked.incident.number, question=asked.pk, answer=text, by=company.by(who), now=later)


def mailed(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind, channel="email").values_list("person__username", flat=True))


def test_everybody_who_is_consulted_on_the_task_is_asked_and_told(company: Company) -> None:
    asked = ask(company, company.incident())
    assert [entry.role for entry in asked] == ["development", "project_manager"]
    assert mailed("consultation_asked") == {"dev", "dev2", "pm"}
    letter = Message.objects.filter(kind="consultation_asked", person=company.pm, channel="email").get()
    assert QUESTION in letter.body
    assert letter.link.endswith(f"/advise/?question={asked[1].pk}")


def test_one_role_alone_is_asked_when_it_is_named(company: Company) -> None:
    assert [entry.role for entry in ask(company, company.incident(), role="project_manager")] == ["project_manager"]
    assert mailed("consultation_asked") == {"pm"}


def test_the_log_names_task_role_and_paragraph_and_holds_no_text(company: Company) -> None:
    incident = company.incident()
    asked = ask(company, incident, role="development")[0]
    answer(company, asked, "dev")
    question, reply = Event.objects.filter(kind__in=["incident.consulted", "incident.advised"]).order_by("id")
    assert (question.rule, question.data["task"], question.data["role"]) == ("§14/6", "handling", "development")
    assert (question.data["comment"], reply.data["comment"]) == (asked.question_id, Comment.objects.last().pk)  # type: ignore[union-attr]
    assert QUESTION not in str(question.data)
    before = incident.version
    incident.refresh_from_db()
    assert incident.version == before, "a question is no new version of the record"


def test_the_first_answer_stands_and_whoever_asked_is_told(company: Company) -> None:
    asked = ask(company, company.incident(), role="development")[0]
    answer(company, asked, "dev")
    asked.refresh_from_db()
    assert asked.answer is not None
    assert (asked.answered_by, asked.answer.body) == (company.dev, "Ja, wir nehmen es zurück.")
    assert mailed("consultation_answered") == {"support"}
    with pytest.raises(Invalid, match="Devi Erfunden hat schon geantwortet"):
        answer(company, asked, "dev2")


def test_a_question_waits_on_the_day_of_those_asked_until_it_is_answered(company: Company) -> None:
    asked = ask(company, company.incident(), role="development")[0]
    assert list(questions_to(company.dev)) == list(questions_to(company.dev2)) == [asked]
    assert not questions_to(company.pm).exists()
    answer(company, asked, "dev2")
    assert not questions_to(company.dev).exists()


def test_only_who_holds_the_role_that_was_asked_answers(company: Company) -> None:
    asked = ask(company, company.incident(), role="project_manager")[0]
    with pytest.raises(Forbidden, match="Rolle, die Sie nicht haben"):
        answer(company, asked, "dev")
    with pytest.raises(Forbidden):
        consultation.consult(asked.incident.number, task="handling", question=QUESTION, by=By(SYSTEM), now=company.now)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"task": "identification"}, "task"),
        ({"task": "nonsense"}, "task"),
        ({"role": "support"}, "role"),
        ({"question": "  \n"}, "question"),
    ],
)
def test_what_cannot_be_asked_is_refused_beside_its_field(company: Company, facts: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(company, company.incident(), **facts)
    assert list(refused.value.errors) == [field]
    assert not Consultation.objects.exists()


def test_a_role_nobody_could_answer_for_is_not_asked(company: Company) -> None:
    company.pm.absent_until = company.now + timedelta(days=1)
    company.pm.save()
    incident = company.incident()
    with pytest.raises(Invalid, match="niemand, den Sie fragen könnten"):
        ask(company, incident, role="project_manager")
    assert [entry.role for entry in ask(company, incident)] == ["development"]


def test_no_questions_about_what_is_closed_but_an_answer_still_arrives(company: Company) -> None:
    incident = company.incident()
    asked = ask(company, incident, role="development")[0]
    finish.resolve(
        incident.number, code="solved_permanently", text="Gelöst.", by=company.by("support"), now=company.now
    )
    finish.close(incident.number, by=company.by("support"), now=company.now)
    with pytest.raises(WrongState):
        ask(company, incident)
    answer(company, asked, "dev")
    assert not questions_to(company.dev).exists()


def test_who_is_informed_of_an_escalation_hears_of_it_without_being_called(company: Company) -> None:
    incident = company.incident()
    by, now = company.by("support"), company.now
    climb.escalate(incident.number, chain="functional", reason="technical_incident", by=by, now=now)
    climb.escalate(incident.number, chain="management", reason="especially_complex", by=by, now=now)
    assert mailed("escalation_informed") == {"lead", "board"}
    assert mailed("escalation_call") >= {"dev", "pm"}
    assert not mailed("escalation_call") & {"lead", "board"}
    told = Event.objects.filter(kind="incident.escalated").order_by("id")
    assert [event.data["informed"] for event in told] == ["Lea Leitung", "Bea Geschäft"]


def test_who_is_called_or_acts_is_not_informed_as_well(company: Company) -> None:
    incident = company.incident()
    by, now = company.by("lead"), company.now
    climb.escalate(incident.number, chain="functional", reason="technical_incident", by=by, now=now)
    reason = "strategic_decision"
    climb.escalate(incident.number, chain="management", level=3, reason=reason, by=by, now=now)
    assert mailed("escalation_informed") == set()


def test_many_escalations_of_one_moment_are_one_message(company: Company) -> None:
    incidents = [company.incident() for _number in range(MOST_AT_ONCE + 1)]
    chosen = [climb.Climb(incident, ChainName.MANAGEMENT, 2, "especially_complex", "§5.2/2b") for incident in incidents]
    climb.climb_all(chosen, by=company.by("support"), now=company.now)
    letter = Message.objects.get(kind="escalation_many", channel="email")
    assert letter.person == company.board
    assert all(incident.number in letter.body for incident in incidents)
    assert mailed("escalation_informed") == set()
