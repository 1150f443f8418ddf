"""Who would be called at 03:00 on 1 August, if Dario does not answer?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.chains import EXAMPLE
from api.models import IdempotencyKey
from core.actors import SYSTEM
from core.models import Event
from directory.services import set_absence
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
NIGHT = "2027-08-01T03:00:00+02:00"


def simulate(programs: Programs, company: Company, chain: str = "functional", **facts: Any) -> Any:
    body = {"incident": company.incident(urgency="high").number, "at": NIGHT, **facts}
    return programs.support.post(f"chains/{chain}/simulate/", body)


def told(answer: Any) -> list[tuple[str, int, str, list[str]]]:
    return [
        (step["at"], step["level"], step["move"], [called["username"] for called in step["called"]])
        for step in answer.json()["steps"]
    ]


def test_it_tells_the_night_until_somebody_answers(programs: Programs, company: Company) -> None:
    answer = simulate(programs, company, unavailable=["support", "support2", "dev"])

    assert answer.status_code == 200, answer.content
    assert told(answer) == [
        ("2027-08-01T01:00:00Z", 1, "call", ["support", "support2"]),
        ("2027-08-01T01:30:00Z", 2, "call", ["dev"]),
        ("2027-08-01T02:00:00Z", 2, "call", ["dev2"]),
    ]
    assert (answer.json()["answered_by"], answer.json()["ends_at"]) == ("dev2", "2027-08-01T02:00:00Z")
    second = answer.json()["steps"][1]
    assert (second["reason"], second["rule"]) == ("not_acknowledged", "§5.1")
    assert second["called"] == [
        {
            "username": "dev",
            "name": "Devi Erfunden",
            "channels": ["in_app", "email"],
            "on_call": False,
            "answers": False,
            "held_until": None,
        }
    ]


def test_with_nobody_answering_it_goes_to_the_end(programs: Programs, company: Company) -> None:
    answer = simulate(programs, company, unavailable=["*"], level=3)

    assert [move for _at, _level, move, _people in told(answer)] == ["call", "again", "again", "again", "give_up"]
    assert answer.json()["answered_by"] is None
    assert [called["username"] for called in answer.json()["steps"][-1]["alarmed"]] == ["lead"]


def test_who_is_away_is_named_and_not_called_and_an_empty_level_is_passed(programs: Programs, company: Company) -> None:
    set_absence(company.pm, until=company.now + timedelta(days=300), actor=SYSTEM, now=company.now)
    set_absence(company.support, until=company.now + timedelta(days=300), actor=SYSTEM, now=company.now)

    management = simulate(programs, company, "management").json()
    functional = simulate(programs, company).json()["steps"][0]

    assert (management["level"], management["steps"][0]["passed"], management["steps"][0]["level"]) == (2, [2], 3)
    assert (functional["absent"], [called["username"] for called in functional["called"]]) == (
        ["support"],
        ["support2"],
    )


def test_nothing_is_stored_not_even_a_key(programs: Programs, company: Company) -> None:
    number, program = company.incident().number, programs.support
    before = Event.objects.count()

    answer = program.post("chains/functional/simulate/", {"incident": number}, Idempotency_Key="once")

    assert answer.status_code == 200
    assert answer.json()["at"] == "2026-11-23T08:00:00Z"
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"incident": "INC-1999-000001"}, "incident"),
        ({"at": "2037-08-01T03:00:00+02:00"}, "at"),
        ({"at": "morgen"}, "at"),
        ({"unavailable": ["dev", "nobody"]}, "unavailable"),
        ({"level": 4}, "level"),
        ({"who": "dev"}, "who"),
    ],
)
def test_what_cannot_be_asked_is_refused_beside_its_field(
    programs: Programs, company: Company, facts: dict[str, Any], field: str
) -> None:
    answer = simulate(programs, company, **facts)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]


def test_a_key_that_may_read_incidents_is_enough_and_there_are_two_chains(programs: Programs, company: Company) -> None:
    body = {"incident": company.incident().number}

    assert programs.of("support", "incidents:read").post("chains/management/simulate/", body).status_code == 200
    assert programs.of("support", "directory:read").post("chains/management/simulate/", body).status_code == 403
    assert programs.support.post("chains/other/simulate/", body).status_code == 404
    assert programs.support.get("chains/management/simulate/").status_code == 405


def test_somebody_without_a_role_may_not_ask(programs: Programs, company: Company) -> None:
    number = company.incident().number
    company.dpo.holdings.all().delete()

    assert programs.dpo.post("chains/functional/simulate/", {"incident": number}).status_code == 403


def test_the_example_is_an_answer(programs: Programs, company: Company) -> None:
    answer = simulate(programs, company).json()

    assert EXAMPLE.value.keys() == answer.keys()
    [step, _other], [found] = EXAMPLE.value["steps"], answer["steps"]
    assert step.keys() == found.keys()
    assert step["called"][0].keys() == found["called"][0].keys()
