"""`incidents/{number}/ladders/` shows both chains with who was called; `…/duties/` ticks what is to do there."""

from __future__ import annotations

from typing import Any

import pytest

from directory.models import Person
from incidents.models import Incident
from lifecycle import climb, finish, respond
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db


def chains(program: Program, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    response = program.get(f"incidents/{number}/ladders/")
    assert response.status_code == 200, response.content
    functional, management = response.json()["chains"]
    return functional, management


def test_both_chains_say_where_it_stands_and_who_was_called_and_answered(company: Company, programs: Programs) -> None:
    number = company.incident().number
    by, now = company.by("support"), company.now
    facts: dict[str, Any] = {"reason": "technical_incident", "note": "Nur mit Safari."}
    climb.escalate(number, chain="functional", by=by, now=now, **facts)
    respond.acknowledge(number, by=company.by("dev"), now=now)

    functional, management = chains(programs.board, number.lower())

    assert (functional["chain"], functional["level"], functional["top"]) == ("functional", 2, 3)
    assert (functional["level_label"], functional["role"]) == ("2. Level: Entwicklung", "development")
    first, second = functional["steps"]
    assert (first["from"], first["to"], first["reason"], first["state"]) == (0, 1, "recorded", "superseded")
    called = second.pop("called")
    assert second == {
        "from": 1,
        "to": 2,
        "role": "development",
        "reason": "technical_incident",
        "reason_label": "Technischer Incident",
        "rule": "§5.1/1e",
        "note": "Nur mit Safari.",
        "by": "Sina Muster",
        "at": "2026-11-23T08:00:00Z",
        "state": "acknowledged",
        "acknowledged_by": "dev",
        "acknowledged_at": "2026-11-23T08:00:00Z",
    }
    [call] = called
    assert (call["username"], call["acknowledged_at"]) == ("dev", "2026-11-23T08:00:00Z")
    assert (management["level"], management["role"], management["steps"]) == (1, "support", [])


def test_a_duty_is_ticked_and_taken_back_without_a_new_version(company: Company, programs: Programs) -> None:
    number = company.incident().number
    path, facts = f"incidents/{number}/duties/", {"chain": "functional", "key": "document"}

    ticked = programs.support.post(path, {**facts, "done": True}, Idempotency_Key="tick-1")
    again = programs.support.post(path, {**facts, "done": True}, Idempotency_Key="tick-1")

    assert (ticked.status_code, again.json()) == (200, ticked.json())
    functional, management = chains(programs.dev, number)
    duty = next(duty for duty in functional["duties"] if duty["key"] == "document")
    assert (duty["done"], duty["by"], duty["at"]) == (True, "support", "2026-11-23T08:00:00Z")
    assert duty["paragraph"] == "§5.1/1b"
    assert not any(duty["done"] for duty in management["duties"])
    assert programs.dev.get(f"incidents/{number}/").json()["version"] == Incident.objects.get().version == 1
    back = programs.dev.post(path, {**facts, "done": False}).json()["chains"][0]
    assert not any(duty["done"] for duty in back["duties"])


def test_what_cannot_be_ticked_is_refused(company: Company, programs: Programs) -> None:
    number = company.incident().number
    path = f"incidents/{number}/duties/"

    other = programs.support.post(path, {"key": "contain", "done": True})
    missing = programs.support.post(path, {"key": "analyse"})
    finish.resolve(number, code="solved_permanently", text="Gut.", by=company.by("support"), now=company.now)
    over = programs.support.post(path, {"key": "analyse", "done": True})

    assert (other.status_code, [entry["field"] for entry in other.json()["errors"]]) == (400, ["key"])
    assert (missing.status_code, [entry["field"] for entry in missing.json()["errors"]]) == (400, ["done"])
    assert (over.status_code, over.json()["type"]) == (409, "urn:escola-im:problem:wrong-state")


def test_ladders_are_for_those_who_work_here_and_need_the_scope(company: Company, programs: Programs) -> None:
    number = company.incident().number
    company.people["teacher"] = Person.objects.create_user("teacher")

    assert programs.teacher.get(f"incidents/{number}/ladders/").status_code == 404
    Incident.objects.update(reporter=company.people["teacher"])
    assert programs.teacher.get(f"incidents/{number}/ladders/").status_code == 403
    reader = programs.of("support", "incidents:read")
    assert reader.get(f"incidents/{number}/ladders/").status_code == 200
    assert reader.post(f"incidents/{number}/duties/", {"key": "analyse", "done": True}).status_code == 403


def test_giving_back_is_allowed_to_who_holds_a_level_above_the_first(company: Company, programs: Programs) -> None:
    ground, above = company.incident().number, company.incident().number
    by = company.by("support")
    climb.escalate(above, chain="functional", reason="technical_incident", by=by, now=company.now)

    def may(name: str, number: str) -> bool:
        return "de-escalate" in getattr(programs, name).get(f"incidents/{number}/").json()["allowed_verbs"]

    assert [may(name, above) for name in ("dev", "lead", "board", "support")] == [True, True, True, False]
    assert not may("lead", ground)
