"""What single verbs do beyond what all have in common (`test_verbs.py`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.rules.states import Status
from tests.company import Company
from tests.web.api.conftest import Programs
from tests.web.api.test_verbs import brought_to

pytestmark = pytest.mark.django_db


def test_links_stand_on_both_sides_and_can_be_taken_back(company: Company, programs: Programs) -> None:
    child, parent = company.incident().number, company.incident().number
    body = {"kind": "child", "target": parent}

    linked = programs.support.post(f"incidents/{child}/link/", body).json()
    other_side = programs.support.get(f"incidents/{parent}/").json()
    unlinked = programs.support.post(f"incidents/{child}/unlink/", body).json()

    assert linked["links"] == [{"kind": "child", "direction": "out", "number": parent}]
    assert other_side["links"] == [{"kind": "child", "direction": "in", "number": child}]
    assert unlinked["links"] == []


def test_a_link_to_nowhere_names_its_field(company: Company, programs: Programs) -> None:
    number = company.incident().number

    response = programs.support.post(f"incidents/{number}/link/", {"kind": "related", "target": "INC-1999-000001"})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "target")


def test_a_merge_cancels_as_duplicate_and_can_be_undone(company: Company, programs: Programs) -> None:
    copy, master = company.incident().number, company.incident().number

    merged = programs.support.post(f"incidents/{copy}/merge/", {"into": master}).json()
    again = programs.support.post(f"incidents/{copy}/unmerge/").json()

    assert (merged["status"], merged["closure_code"]) == ("cancelled", "duplicate")
    assert again["status"] == "new"


def test_an_override_keeps_both_values_and_who_and_why(company: Company, programs: Programs, now: datetime) -> None:
    number = company.incident().number
    body = {"override": "critical", "reason": "Zeugniskonferenz"}

    refused = programs.support.post(f"incidents/{number}/set-priority/", body)
    record = programs.lead.post(f"incidents/{number}/set-priority/", body).json()

    assert refused.status_code == 403
    assert (record["priority"], record["priority_reason"]["computed"]) == ("critical", "medium")
    override = record["priority_reason"]["override"]
    assert override == {"by": "lead", "at": "2026-11-23T08:00:00Z", "reason": "Zeugniskonferenz"}


def test_near_the_due_time_a_lower_priority_takes_two(company: Company, programs: Programs, clock: Path) -> None:
    number = company.incident(urgency="high", impact="high").number
    clock.write_text((company.now + timedelta(hours=3)).isoformat())
    body = {"urgency": "low", "impact": "low", "reason": "Umgehung wirkt"}
    address = f"incidents/{number}/"

    refused = programs.support.post(f"{address}set-priority/", {**body, "reason": ""})
    proposed = programs.support.post(f"{address}set-priority/", body)
    seen_by_others = programs.dev.get(address).json()
    by_oneself = programs.support.post(f"{address}confirm-priority/")
    confirmed = programs.dev.post(f"{address}confirm-priority/").json()
    again = programs.it.post(f"{address}confirm-priority/")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reason")
    assert (proposed.status_code, proposed.json()["priority"]) == (200, "critical")
    assert proposed.json()["priority_proposal"] == {
        "priority": "low",
        "urgency": "low",
        "impact": "low",
        "reason": "Umgehung wirkt",
        "by": "support",
        "at": "2026-11-23T11:00:00Z",
    }
    decisions = {"confirm-priority", "reject-priority"}
    assert decisions & set(proposed.json()["allowed_verbs"]) == {"reject-priority"}
    assert decisions <= set(seen_by_others["allowed_verbs"])
    assert (by_oneself.status_code, by_oneself.json()["detail"]) == (
        403,
        "Wer eine tiefere Priorität vorschlägt, entscheidet nicht selbst darüber.",
    )
    assert (confirmed["priority"], confirmed["priority_proposal"]) == ("low", None)
    assert decisions & set(confirmed["allowed_verbs"]) == set()
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "priority")


def test_a_rejected_proposal_is_gone_and_its_reason_stands_on_the_timeline(
    company: Company, programs: Programs, clock: Path
) -> None:
    number = company.incident(urgency="high", impact="high").number
    clock.write_text((company.now + timedelta(hours=3)).isoformat())
    programs.support.post(f"incidents/{number}/set-priority/", {"impact": "low", "reason": "Ein Fall"})

    silent = programs.dev.post(f"incidents/{number}/reject-priority/", {})
    rejected = programs.dev.post(f"incidents/{number}/reject-priority/", {"reason": "Drei Fälle"}).json()
    last = programs.dev.get(f"incidents/{number}/events/?sort=newest").json()["results"][0]

    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "reason")
    assert (rejected["priority"], rejected["priority_proposal"]) == ("critical", None)
    assert (last["kind"], last["data"]["reason"]) == ("incident.downgrade_rejected", "Drei Fälle")


def test_a_date_set_by_hand_is_marked_and_can_be_taken_back(company: Company, programs: Programs) -> None:
    address = f"incidents/{company.incident().number}/"
    ordinary = programs.lead.get(address).json()["sla"][1]
    body = {"clock": "resolution", "due_at": "2026-12-01T16:00:00+01:00", "reason": "Vereinbart."}

    by_hand = programs.lead.post(f"{address}set-due/", body).json()["sla"]
    taken_back = programs.lead.post(f"{address}set-due/", {**body, "due_at": None}).json()["sla"][1]
    last = programs.lead.get(f"{address}events/?sort=newest").json()["results"][0]

    assert [clock["manual"] for clock in by_hand] == [False, True]
    assert by_hand[1]["due_at"] == "2026-12-01T15:00:00Z"
    assert taken_back == ordinary
    assert (last["kind"], last["rule"], last["data"]["reason"]) == ("incident.due_cleared", "§9", "Vereinbart.")


def test_while_it_waits_a_date_set_by_hand_is_still_the_due_time(company: Company, programs: Programs) -> None:
    address = f"incidents/{brought_to(company, 'on_hold')}/"
    assert programs.lead.get(address).json()["sla"][1]["due_at"] is None
    body = {"clock": "resolution", "due_at": "2026-12-01T15:00:00Z", "reason": "Vereinbart."}

    record = programs.lead.post(f"{address}set-due/", body).json()

    assert record["sla"][1]["due_at"] == record["next_due_at"] == "2026-12-01T15:00:00Z"
    assert (record["sla"][1]["state"], record["sla"][1]["manual"]) == ("paused", True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_at": "2026-11-20T15:00:00Z"}, "due_at"),
        ({"due_at": "2026-11-30T23:59:60Z"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "due_at"),
        ({"clock": "lunch"}, "clock"),
        ({"reason": ""}, "reason"),
        ({"due_at": None}, "due_at"),
    ],
    ids=str,
)
def test_a_date_that_cannot_be_is_400(company: Company, programs: Programs, wrong: dict[str, Any], field: str) -> None:
    body = {"clock": "resolution", "due_at": "2026-12-01T15:00:00Z", "reason": "Vereinbart.", **wrong}
    response = programs.lead.post(f"incidents/{company.incident().number}/set-due/", body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, field)


def test_resolving_understands_the_names_of_the_record(company: Company, programs: Programs) -> None:
    number = company.incident().number
    body = {"closure_code": "workaround_provided", "resolution": "Anderer Browser."}

    record = programs.dev.post(f"incidents/{number}/resolve/", body).json()

    assert (record["closure_code"], record["resolution"]) == ("workaround_provided", "Anderer Browser.")


def test_giving_an_incident_back_needs_to_be_said(company: Company, programs: Programs) -> None:
    number = company.incident().number
    programs.dev.post(f"incidents/{number}/acknowledge/")

    nothing_said = programs.support.post(f"incidents/{number}/assign/", {})
    given_back = programs.support.post(f"incidents/{number}/assign/", {"assignee": None}).json()

    assert nothing_said.status_code == 400
    assert given_back["assignee"] is None


def test_me_is_whoever_calls(company: Company, programs: Programs) -> None:
    number = company.incident().number

    assert programs.dev.post(f"incidents/{number}/assign/", {"assignee": "me"}).json()["assignee"] == "dev"


def test_the_record_offers_the_verbs_this_caller_can_do_now(company: Company, programs: Programs) -> None:
    number = brought_to(company, Status.RESOLVED.value)

    of_support = set(programs.support.get(f"incidents/{number}/").json()["allowed_verbs"])
    of_dpo = set(programs.dpo.get(f"incidents/{number}/").json()["allowed_verbs"])

    assert of_support == {
        "comment",
        "note",
        "consult",
        "advise",
        "link",
        "suspect-breach",
        "unlink",
        "reopen",
        "close",
        "feedback",
    }
    assert of_support - of_dpo == {"close", "unlink", "feedback"}


def test_an_empty_body_without_a_content_type_is_enough_where_nothing_is_asked(
    company: Company, programs: Programs
) -> None:
    number = company.incident().number

    response = programs.dev.http.post(f"/api/v1/incidents/{number}/acknowledge/", content_type="")

    assert response.status_code == 200
