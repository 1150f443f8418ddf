"""Who would be called at T?"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.examples import ON_CALL
from core.actors import SYSTEM
from directory.models import Person
from directory.services import set_absence
from escalation.rules.oncall import Layer
from lifecycle.on_call import put_in, save_layer, save_rota
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DEV = {"username": "dev", "name": "Devi Erfunden"}
DEV2 = {"username": "dev2", "name": "Dario Erdacht"}


@pytest.fixture(autouse=True)
def _development_takes_turns(company: Company) -> None:
    """Dario has the week of the test, Devi the next one."""
    by = company.by("lead")
    rota = save_rota(role="development", time_zone="Europe/Zurich", by=by, now=company.now)
    layer = Layer((), date(2026, 11, 16), time(8))
    save_layer(rota.pk, facts=layer, people=[company.dev, company.dev2], by=by, now=company.now)
    start = company.now + 8 * DAY
    put_in(rota.pk, person=company.dev2, start=start, end=start + DAY, by=by, now=company.now)


def role(programs: Programs, name: str, at: str = "") -> dict[str, Any]:
    answer = programs.support.get("on-call/" + (f"?at={at}" if at else "")).json()
    found: dict[str, Any]
    [found] = [entry for entry in answer["roles"] if entry["role"] == name]
    return found


def test_now_and_who_comes_next(programs: Programs) -> None:
    assert programs.support.get("on-call/").json()["at"] == "2026-11-23T08:00:00Z"
    assert role(programs, "development") == {
        "role": "development",
        "has_rota": True,
        "on_call": DEV2,
        "why": "turn",
        "layer": 1,
        "instead_of": None,
        "until": "2026-11-30T07:00:00Z",
        "next": DEV | {"start": "2026-11-30T07:00:00Z"},
    }


def test_at_an_instant_with_an_override(programs: Programs) -> None:
    found = role(programs, "development", "2026-12-01T09:00:00%2B01:00")

    assert (found["on_call"], found["why"], found["layer"], found["instead_of"]) == (DEV2, "override", None, DEV)
    assert (found["until"], found["next"]) == ("2026-12-02T08:00:00Z", DEV | {"start": "2026-12-02T08:00:00Z"})


def test_at_an_instant_when_somebody_is_absent(programs: Programs, company: Company) -> None:
    set_absence(company.dev2, until=company.now + DAY, actor=SYSTEM, now=company.now)

    found = role(programs, "development")

    assert (found["on_call"], found["why"], found["instead_of"]) == (DEV, "stand_in", DEV2)
    assert (found["until"], found["next"]) == ("2026-11-24T08:00:00Z", DEV2 | {"start": "2026-11-24T08:00:00Z"})


def test_roles_of_the_chains_without_a_turn_show_who_is_first_by_rank(programs: Programs, company: Company) -> None:
    roles = [entry["role"] for entry in programs.support.get("on-call/").json()["roles"]]
    assert roles == ["support", "development", "head_of_development", "project_manager", "executive_board"]
    support = role(programs, "support")
    assert (support["has_rota"], support["on_call"]["username"], support["why"]) == (False, "support", "rank")

    before = role(programs, "development", "2026-11-15T12:00:00Z")
    assert (before["has_rota"], before["on_call"], before["why"]) == (True, DEV, "rank")
    assert before["until"] == "2026-11-16T07:00:00Z"

    set_absence(company.lead, until=company.now + DAY, actor=SYSTEM, now=company.now)
    assert role(programs, "head_of_development")["on_call"] is None


@pytest.mark.parametrize("query", ["at=tomorrow", "at=", "at=2036-01-01T00:00:00Z", "at=0001-01-01T00:00:00Z"])
def test_an_instant_that_is_none_or_too_far_is_refused(programs: Programs, query: str) -> None:
    answer = programs.support.get(f"on-call/?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "at")


def test_a_parameter_nobody_knows_is_refused_and_so_is_who_holds_no_role(programs: Programs, company: Company) -> None:
    assert programs.support.get("on-call/?when=now").status_code == 400
    assert programs.of("support", "incidents:read").get("on-call/").status_code == 403
    company.people["teacher"] = Person.objects.create_user("teacher")
    assert programs.teacher.get("on-call/").status_code == 403


def test_the_example_fits_the_answer(programs: Programs) -> None:
    answer, example = programs.support.get("on-call/").json(), ON_CALL.value

    assert example.keys() == answer.keys()
    assert {tuple(entry) for entry in example["roles"]} == {tuple(entry) for entry in answer["roles"]}


def test_it_asks_once_per_role_at_most(programs: Programs) -> None:
    programs.support.get("on-call/")
    with CaptureQueriesContext(connection) as captured:
        programs.support.get("on-call/")

    assert len([query for query in captured if "escalation_rota" in query["sql"]]) == 4


def test_a_turn_is_given_away_swapped_and_taken_back_by_programs_too(programs: Programs, company: Company) -> None:
    facts = {"role": "development", "person": "dev", "start": "2026-11-24T08:00:00Z", "end": "2026-11-25T08:00:00Z"}
    assert programs.dev.post("on-call/overrides/", facts).status_code == 403
    made = programs.dev2.post("on-call/overrides/", facts)
    assert (made.status_code, made.json()["made_by"]) == (201, "dev2")
    assert role(programs, "development", "2026-11-24T12:00:00Z")["on_call"] == DEV
    assert made.json() in programs.support.get("on-call/overrides/").json()["results"]

    assert programs.dev.post(f"on-call/overrides/{made.json()['id']}/take-back/").status_code == 204
    assert role(programs, "development", "2026-11-24T12:00:00Z")["on_call"] == DEV2
    assert programs.dev.post(f"on-call/overrides/{made.json()['id']}/take-back/").status_code == 404

    swap = {"role": "development", "one": "2026-11-25T08:00:00Z", "other": "2026-12-03T08:00:00Z"}
    assert [row["username"] for row in programs.dev.post("on-call/swap/", swap).json()] == ["dev", "dev2"]
    assert role(programs, "development", "2026-11-25T12:00:00Z")["on_call"] == DEV
    refused = programs.dev.post("on-call/swap/", swap | {"role": "nobody"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "role")
