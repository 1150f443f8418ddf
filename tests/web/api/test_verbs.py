"""Each verb as a POST: it works, says so when the state or the version is wrong, and refuses the wrong people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from core.models import Event
from directory.models import Person
from incidents.rules.states import Verb, allowed_states
from lifecycle import climb, finish, respond
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db

Untouched = Callable[[str], str]
PROBLEM = "urn:escola-im:problem:"
UNTIL = "2026-11-24T08:00:00Z"


@dataclass(frozen=True)
class Case:
    """A verb: who may do it, from which state, with what, and what it leads to."""

    verb: str
    by: str
    body: dict[str, Any]
    expected: dict[str, Any]
    start: str = "in_progress"
    wrong: str = "closed"
    forbidden: str = ""


CASES = [
    Case("acknowledge", "dev", {}, {"assignee": "dev", "status": "new"}, start="new"),
    Case("assign", "support", {"assignee": "dev", "team": "development"}, {"assignee": "dev"}, forbidden="board"),
    Case("start", "dev", {}, {"status": "in_progress", "assignee": "dev"}, start="new", forbidden="board"),
    Case("hold", "dev", {"reason": "agreed_appointment", "until": UNTIL}, {"status": "on_hold"}, forbidden="board"),
    Case("resume", "dev", {}, {"status": "in_progress"}, start="on_hold", forbidden="board"),
    Case("comment", "support", {"text": "Wir sind dran."}, {}, wrong="cancelled"),
    Case("note", "board", {"text": "Bitte beachten."}, {}, wrong=""),
    Case("escalate", "support", {"reason": "technical_incident"}, {"functional_level": 2, "team": "development"}),
    Case(
        "de-escalate",
        "lead",
        {"chain": "functional", "reason": "Anwenderfrage."},
        {"functional_level": 1, "team": "support"},
        start="at_development",
        forbidden="dpo",
    ),
    Case(
        "dissatisfied",
        "support",
        {"grade": "dissatisfied", "said": "Zum dritten Mal.", "channel": "phone"},
        {"management_level": 2, "customer_satisfaction": "dissatisfied"},
    ),
    Case("declare-major", "board", {"trigger": "acute_danger"}, {"is_major": True, "management_level": 2}),
    Case(
        "reject-major", "lead", {"reason": "Nur eine Schule."}, {"major_state": "rejected"}, "candidate", forbidden="it"
    ),
    Case("demote-major", "pm", {"reason": "Nur eine Schule."}, {"is_major": False}, "major", forbidden="support"),
    Case(
        "review-done",
        "lead",
        {"reference": "Im Projektraum."},
        {"status": "resolved"},
        "major_resolved",
        forbidden="it",
    ),
    Case("set-priority", "support", {"urgency": "high", "impact": "high"}, {"priority": "critical"}, forbidden="dpo"),
    Case(
        "set-due",
        "lead",
        {"clock": "resolution", "due_at": UNTIL, "reason": "Vereinbart."},
        {"status": "in_progress"},
        wrong="resolved",
        forbidden="support",
    ),
    Case(
        "resolve", "dev", {"code": "solved_permanently", "text": "Korrigiert."}, {"status": "resolved"}, forbidden="dpo"
    ),
    Case("reopen", "support", {"reason": "Wieder da."}, {"status": "in_progress"}, start="resolved", wrong="new"),
    Case("close", "dev", {}, {"status": "closed"}, start="resolved", wrong="new", forbidden="dpo"),
    Case("cancel", "support", {"code": "withdrawn", "reason": "Erledigt."}, {"status": "cancelled"}, forbidden="dev"),
    Case("feedback", "pm", {"text": "Danke"}, {"customer_feedback": "Danke"}, start="resolved", wrong="new"),
]


def brought_to(company: Company, state: str) -> str:
    """Number of an incident in that state."""
    triggers = {"candidate": "several_schools_down", "major": "acute_danger", "major_resolved": "acute_danger"}
    number = company.incident(major_triggers=[triggers[state]] if state in triggers else []).number
    by, now = company.by("support"), company.now
    if state in ("in_progress", "on_hold", "at_development"):
        respond.start(number, by=by, now=now)
    if state == "at_development":
        climb.escalate(number, chain="functional", reason="technical_incident", by=by, now=now)
    if state == "on_hold":
        until = now + timedelta(days=1)
        respond.hold(number, reason="agreed_appointment", until=until, by=by, now=now)
    if state in ("resolved", "closed", "major_resolved"):
        finish.resolve(number, code="solved_permanently", text="Korrigiert.", by=by, now=now)
    if state == "closed":
        finish.close(number, by=by, now=now)
    if state == "cancelled":
        finish.cancel(number, code="withdrawn", reason="Erledigt.", by=by, now=now)
    return number


@pytest.fixture
def untouched(company: Company) -> Untouched:
    """`untouched("closed")` is an incident in that state, the same each time: for what must be refused."""
    return cache(lambda state: brought_to(company, state))


def test_a_verb_does_what_it_says_and_answers_with_the_record(company: Company, programs: Programs) -> None:
    for case in CASES:
        number = brought_to(company, case.start)
        before = programs.board.get(f"incidents/{number}/").json()

        response = getattr(programs, case.by).post(f"incidents/{number}/{case.verb}/", case.body)

        record = response.json()
        assert (case.verb, response.status_code) == (case.verb, 200), record
        assert {name: record[name] for name in case.expected} == case.expected
        assert record["version"] > before["version"]
        assert response["ETag"] == f'"{record["version"]}"'
        latest = Event.objects.filter(via="api", subject_type="incident").latest("id")
        assert latest.actor_id == str(company.people[case.by].pk)


def test_a_verb_in_the_wrong_state_is_409_with_the_states_allowed(untouched: Untouched, programs: Programs) -> None:
    for case in CASES:
        if not case.wrong:
            continue
        number = untouched(case.wrong)

        response = getattr(programs, case.by).post(f"incidents/{number}/{case.verb}/", case.body)

        problem = response.json()
        assert (case.verb, response.status_code, problem["type"]) == (
            case.verb,
            409,
            "urn:escola-im:problem:wrong-state",
        )
        assert (problem["status"], problem["state"], problem["verb"]) == (409, case.wrong, case.verb)
        expected = allowed_states(Verb(case.verb.replace("-", "_")))
        assert problem["allowed"] == [state.value for state in expected]
        assert case.verb not in problem["allowed_verbs"]


def test_a_verb_against_another_version_is_409_with_both(untouched: Untouched, programs: Programs) -> None:
    for case in CASES:
        number = untouched(case.start)
        current = programs.board.get(f"incidents/{number}/").json()["version"]
        body = {**case.body, "version": current + 1}

        response = getattr(programs, case.by).post(f"incidents/{number}/{case.verb}/", body)

        problem = response.json()
        assert (case.verb, response.status_code, problem["type"]) == (
            case.verb,
            409,
            "urn:escola-im:problem:stale-version",
        )
        assert (problem["yours"], problem["theirs"]) == (current + 1, current)


def test_a_verb_under_a_condition_is_412_when_the_record_moved_on(untouched: Untouched, programs: Programs) -> None:
    for case in CASES:
        number = untouched(case.start)

        refused = getattr(programs, case.by).post(f"incidents/{number}/{case.verb}/", case.body, If_Match='"77"')

        assert (case.verb, refused.status_code) == (case.verb, 412)


def test_a_verb_under_a_condition_that_holds_is_carried_out(company: Company, programs: Programs) -> None:
    number = company.incident().number
    tag = programs.dev.get(f"incidents/{number}/")["ETag"]

    accepted = programs.dev.post(f"incidents/{number}/start/", {}, If_Match=tag)

    assert (accepted.status_code, accepted.json()["status"]) == (200, "in_progress")


def test_a_verb_by_the_wrong_role_is_403_and_changes_nothing(untouched: Untouched, programs: Programs) -> None:
    for case in CASES:
        if not case.forbidden:
            continue
        number = untouched(case.start)
        before = programs.board.get(f"incidents/{number}/").json()

        response = getattr(programs, case.forbidden).post(f"incidents/{number}/{case.verb}/", case.body)

        assert (case.verb, response.status_code) == (case.verb, 403)
        assert response["Content-Type"] == "application/problem+json"
        assert programs.board.get(f"incidents/{number}/").json() == before


def test_a_fact_a_verb_does_not_know_is_400_naming_it(company: Company, programs: Programs) -> None:
    number = company.incident().number
    for case in CASES:
        response = getattr(programs, case.by).post(f"incidents/{number}/{case.verb}/", {**case.body, "nonsense": 1})

        assert (case.verb, response.status_code) == (case.verb, 400)
        assert [entry["field"] for entry in response.json()["errors"]] == ["nonsense"]


def test_a_verb_on_a_record_one_may_not_see_is_404(company: Company, programs: Programs) -> None:
    number = company.incident().number
    company.people["teacher"] = Person.objects.create_user("teacher")
    for case in CASES:
        unseen = programs.teacher.post(f"incidents/{number}/{case.verb}/", case.body)
        missing = getattr(programs, case.by).post(f"incidents/INC-1999-000001/{case.verb}/", case.body)

        assert (case.verb, unseen.status_code, missing.status_code) == (case.verb, 404, 404)
