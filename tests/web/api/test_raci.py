"""`raci/` is §14 as it stands today, `incidents/{number}/raci/` what has happened of it: the proof (P-14.1)."""

from __future__ import annotations

from typing import Any

import pytest

from directory.models import Person
from lifecycle import climb, respond
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db


def tasks(program: Program, path: str = "raci/") -> dict[str, Any]:
    response = program.get(path)
    assert response.status_code == 200, response.content
    return {task["task"]: task for task in response.json()["tasks"]}


def test_the_table_names_who_stands_behind_each_letter_today(company: Company, programs: Programs) -> None:
    row = tasks(programs.pm)["functional_escalation"]
    assert (row["label"], row["paragraph"], row["gaps"]) == ("Funktionale Eskalation", "§14/4", [])
    assert row["responsible"] == [{"role": "support", "people": ["Sina Muster", "Silas Beispiel"]}]
    assert [role["role"] for role in row["accountable"] + row["informed"]] == ["development", "head_of_development"]
    assert row["consulted"] == []


def test_rows_without_an_a_with_two_or_with_a_role_nobody_holds_say_so(company: Company, programs: Programs) -> None:
    company.dpo.holdings.all().delete()
    gaps = {key: row["gaps"] for key, row in tasks(programs.pm).items()}
    assert gaps["identification"] == ["nobody_accountable"]
    assert gaps["training"] == ["nobody_responsible", "several_accountable"]
    assert gaps["data_protection_incidents"] == ["unmanned"]
    assert gaps["communication"] == []


def test_an_incident_proves_task_by_task_who_acted_and_who_was_told(company: Company, programs: Programs) -> None:
    number = company.incident().number
    by, now = company.by("support"), company.now
    climb.escalate(number, chain="functional", reason="technical_incident", by=by, now=now)
    respond.acknowledge(number, by=company.by("dev"), now=now)
    found = tasks(programs.board, f"incidents/{number.lower()}/raci/")
    assert list(found) == ["identification", "initial_diagnosis", "prioritisation", "functional_escalation", "handling"]
    climbed = found["functional_escalation"]
    assert (climbed["times"], climbed["done_by"]) == (1, ["Sina Muster"])
    told = {(entry["name"], entry["way"]): entry["seen_at"] is not None for entry in climbed["told"]}
    assert told == {("Devi Erfunden", "call"): True, ("Lea Leitung", "inform"): False}


def test_a_question_is_asked_and_answered_by_programs_too(company: Company, programs: Programs) -> None:
    number = company.incident().number
    path = f"incidents/{number}/"
    facts = {"task": "handling", "question": "Seit wann?", "role": "development"}
    assert programs.support.post(f"{path}consult/", facts).status_code == 200
    asked = tasks(programs.support, f"{path}raci/")["handling"]["questions"][0]
    assert (asked["question"], asked["role"], asked["answer"]) == ("Seit wann?", "development", None)
    answer = {"question": asked["id"], "answer": "Seit gestern."}
    assert programs.pm.post(f"{path}advise/", answer).status_code == 403
    assert programs.dev.post(f"{path}advise/", answer).status_code == 200
    again = programs.dev.post(f"{path}advise/", answer)
    assert (again.status_code, [error["field"] for error in again.json()["errors"]]) == (400, ["question"])
    asked = tasks(programs.support, f"{path}raci/")["handling"]["questions"][0]
    assert (asked["answer"], asked["answered_by"]) == ("Seit gestern.", "dev")


def test_both_are_for_those_who_work_here(company: Company, programs: Programs) -> None:
    number = company.incident().number
    company.people["teacher"] = Person.objects.create_user("teacher", "t@schule.example", "demo")
    assert programs.teacher.get("raci/").status_code == 403
    assert programs.teacher.get(f"incidents/{number}/raci/").status_code == 404


def test_the_proof_costs_the_same_however_long_the_story_is(
    company: Company, programs: Programs, django_assert_max_num_queries: Any
) -> None:
    number = company.incident().number
    for _time in range(30):
        respond.note(number, text="Noch dran.", by=company.by("support"), now=company.now)
    with django_assert_max_num_queries(16):
        tasks(programs.support, f"incidents/{number}/raci/")
