"""`majors/`: what was declared, who was called for the team and answered, and the review that is owed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lifecycle import finish, major, respond, team, tick
from lifecycle.major_end import demote_major
from tests.company import Company
from tests.web.api.conftest import Programs

DOWN = "whole_software_down"


@pytest.fixture
def seated(company: Company) -> Company:
    facts = {"by": company.by("it"), "now": company.now}
    team.save_seat("developer_1", people=[company.dev, company.dev2], **facts)  # type: ignore[arg-type]
    team.save_seat("owner_it", people=[company.it], **facts)  # type: ignore[arg-type]
    return company


def declared(company: Company) -> str:
    incident = company.incident()
    return major.declare_major(incident.number, trigger=DOWN, by=company.by("support"), now=company.now).number


def test_a_major_is_declared_once_by_a_trigger_of_the_process(company: Company, programs: Programs) -> None:
    number = company.incident().number

    unknown = programs.support.post(f"incidents/{number}/declare-major/", {"trigger": "bad_mood"})
    body = {"trigger": "several_schools_down", "note": "Auch Winterthur"}
    record = programs.support.post(f"incidents/{number}/declare-major/", body).json()
    again = programs.support.post(f"incidents/{number}/declare-major/", body)

    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "trigger")
    assert (record["major_state"], record["major_trigger"]) == ("declared", "several_schools_down")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "trigger")


def test_a_major_shows_its_team_its_calls_and_what_it_owes(seated: Company, programs: Programs) -> None:
    number = declared(seated)
    tick.sweep(now=seated.now + timedelta(minutes=10))
    respond.acknowledge(number, by=seated.by("dev2"), now=seated.now + timedelta(minutes=12))

    [found] = programs.support.get("majors/").json()["results"]

    assert (found["number"], found["state"], found["trigger"], found["rule"]) == (number, "declared", DOWN, "§6.1")
    assert (found["declared_by"], found["demoted_at"]) == ("Sina Muster", None)
    seats = {seat["seat"]: seat for seat in found["team"]}
    assert len(seats) == 6
    assert {key: seat["standing"] for key, seat in seats.items() if seat["calls"]} == {
        "developer_1": "answered",
        "owner_it": "unanswered",
    }
    assert [(call["username"], call["state"]) for call in seats["developer_1"]["calls"]] == [
        ("dev", "passed"),
        ("dev2", "acknowledged"),
    ]
    assert seats["developer_1"]["answered_by"] == "dev2"
    assert seats["head_of_development"]["standing"] == "vacant"
    assert (found["review"]["state"], found["review"]["owner"]) == ("owed", "lead")


def test_open_and_past_ones_are_told_apart(seated: Company, programs: Programs) -> None:
    company, now = seated, seated.now
    going, over, none = declared(company), declared(company), declared(company)
    finish.resolve(over, code="recovered", text="Läuft.", by=company.by("support"), now=now)
    demote_major(none, reason="Nur eine Schule.", by=company.by("lead"), now=now)
    company.incident()

    def listed(query: str) -> set[str]:
        return {row["number"] for row in programs.dev.get(f"majors/{query}").json()["results"]}

    assert listed("") == {going, over, none}
    assert listed("?open=true") == {going}
    assert listed("?open=false") == {over, none}
    refused = programs.dev.get("majors/?open=maybe")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "open")
    demoted = next(row for row in programs.dev.get("majors/").json()["results"] if row["number"] == none)
    assert (demoted["state"], demoted["demoted_by"], demoted["review"]) == ("demoted", "Lea Leitung", None)
    assert demoted["demoted_because"] == "Nur eine Schule."


def test_the_number_of_queries_does_not_grow_with_the_majors(seated: Company, programs: Programs) -> None:
    programs.dev.get("majors/")  # what is worked out once per key or process is not the list's cost
    programs.dev.get("majors/")  # what is asked once and kept
    counts = []
    for _turn in range(2):
        for _major in range(3):
            declared(seated)
        with CaptureQueriesContext(connection) as asked:
            programs.dev.get("majors/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_candidates_and_rejected_ones_are_a_filter_of_the_incidents(company: Company, programs: Programs) -> None:
    candidate = company.incident(major_triggers=("several_schools_down",)).number
    company.incident()
    found = programs.dev.get("incidents/?major_state=candidate").json()["results"]
    assert [row["number"] for row in found] == [candidate]
    refused = programs.dev.post(f"incidents/{candidate}/reject-major/", {"reason": "Nur eine Schule."})
    assert (refused.status_code, "§14/17" in refused.json()["detail"]) == (403, True)
    programs.lead.post(f"incidents/{candidate}/reject-major/", {"reason": "Nur eine Schule."})
    assert programs.dev.get("incidents/?major_state=candidate").json()["results"] == []
