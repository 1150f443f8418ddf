"""The room of a major by API: its verbs, and how it stands with it."""

from __future__ import annotations

import pytest

from lifecycle import major
from tests.company import Company
from tests.web.api.conftest import Programs


@pytest.fixture
def number(company: Company) -> str:
    number = company.incident().number
    major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    return number


def test_the_room_is_run_and_read(company: Company, programs: Programs, number: str) -> None:
    desk = programs.support
    said = {
        "take-role": {"role": "communications"},
        "hand-over": {"role": "lead", "person": "pm"},
        "situation-note": {"kind": "action", "text": "Neu starten"},
        "decide": {"decision": "Umschalten"},
        "schools-hit": {"add": ["Schule Musterwil"]},
    }
    for verb, facts in said.items():
        assert desk.post(f"incidents/{number}/{verb}/", facts).status_code == 200, verb
    seen = programs.dev.get(f"incidents/{number}/room/").json()
    assert {row["role"]: row["person"] for row in seen["roles"]} == {
        "lead": "pm",
        "communications": "support",
        "scribe": None,
    }
    [note] = seen["situation"]
    assert desk.post(f"incidents/{number}/situation-done/", {"note": note["id"]}).status_code == 200
    seen = programs.dev.get(f"incidents/{number}/room/").json()
    assert (seen["situation"][0]["done_by"], seen["decisions"][0]["text"]) == ("support", "Umschalten")
    assert seen["schools"] == [{"school": "Schule Musterwil", "project_manager": None, "added_by": "support"}]
    [listed] = programs.dev.get("majors/").json()["results"]
    assert listed["roles"] == seen["roles"]


def test_what_was_never_a_major_has_no_room(company: Company, programs: Programs) -> None:
    number = company.incident().number
    assert programs.dev.get(f"incidents/{number}/room/").status_code == 404
    refused = programs.support.post(f"incidents/{number}/take-role/", {"role": "lead"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "number")


def test_a_message_is_drafted_by_one_key_and_released_by_the_key_of_somebody_else(
    company: Company, programs: Programs, number: str
) -> None:
    path = f"incidents/{number}/"
    body = {"template": "first_information", "audiences": ["staff"], "subject_de": "Störung"}
    assert programs.support.post(f"{path}stakeholder-update/", body).status_code == 200
    [waiting] = programs.dev.get(f"{path}room/").json()["updates"]
    assert (waiting["state"], waiting["author"], waiting["subject_de"]) == ("in_review", "support", "Störung")
    assert "Wir arbeiten mit allen Kräften daran." in waiting["body_de"]
    named = {"message": waiting["id"]}
    assert programs.support.post(f"{path}release-update/", named).status_code == 403
    assert programs.dev.post(f"{path}release-update/", named).status_code == 403, "who is not of the room"
    company.dev.holdings.update(role="head_of_development")
    assert programs.dev.post(f"{path}release-update/", named).status_code == 200
    [sent] = programs.dev.get(f"{path}room/").json()["updates"]
    assert (sent["state"], sent["reviewer"], sent["recipients"] > 3) == ("sent", "dev", True)
    assert sent["receipts"]["queued"] == sent["recipients"]
    again = programs.dev.post(f"{path}release-update/", named)
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "message")
