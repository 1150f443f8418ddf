"""`escalations/`: what is being called now, over all incidents, and what was."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import Person
from lifecycle import climb, respond, tick
from tests.company import Company
from tests.web.api.conftest import Programs


def test_it_lists_moves_of_all_incidents_with_who_was_called_and_why(company: Company, programs: Programs) -> None:
    number, other = company.incident().number, company.incident().number
    climb.escalate(number, chain="functional", reason="technical_incident", by=company.by("support"), now=company.now)
    respond.acknowledge(number, by=company.by("dev"), now=company.now + timedelta(minutes=1))

    newest, *_ = rows = programs.support.get("escalations/").json()["results"]

    assert {row["incident"] for row in rows} == {number, other}
    assert (newest["incident"], newest["chain"], newest["from"], newest["to"]) == (number, "functional", 1, 2)
    assert (newest["reason_label"], newest["rule"], newest["state"]) == (
        "Technischer Incident",
        "§5.1/1e",
        "acknowledged",
    )
    assert [call["username"] for call in newest["called"]] == ["dev"]


def test_it_is_filtered_by_chain_state_level_incident_and_person(company: Company, programs: Programs) -> None:
    quiet, urgent = company.incident().number, company.incident(urgency="high", impact="high").number
    tick.sweep(now=company.now + timedelta(minutes=31))

    def found(**query: str) -> set[tuple[str, int]]:
        rows = programs.support.get(f"escalations/?{urlencode(query)}").json()["results"]
        return {(row["incident"], row["to"]) for row in rows}

    assert found(chain="management") == {(urgent, 2)}
    assert found(called="pm") == {(urgent, 2)}
    assert found(incident=quiet.lower()) == {(quiet, 1)}
    assert found(state="calling", level="1") == {(quiet, 1)}
    assert programs.support.get("escalations/?chain=sideways").status_code == 400
    assert programs.support.get("escalations/?colour=red").status_code == 400


def test_who_has_no_role_reads_none(company: Company, programs: Programs) -> None:
    company.incident()
    company.people["teacher"] = Person.objects.create_user("teacher")

    assert programs.teacher.get("escalations/").status_code == 403


def test_the_number_of_queries_does_not_grow(company: Company, programs: Programs) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            programs.support.get("escalations/")
        return len(asked)

    company.incident()
    queries()
    few = queries()
    for _ in range(4):
        company.incident(urgency="high", impact="high")
    assert queries() == few
