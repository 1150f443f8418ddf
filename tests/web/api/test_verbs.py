"""Each verb as a POST: it works, says so when the state or the version is wrong, and refuses the wrong people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.models import Event
from directory.models import Person
from incidents.rules.states import Status, Verb, allowed_states
from lifecycle import climb, finish, respond
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db

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


def test_a_verb_in_the_wrong_state_is_409_with_the_states_allowed(company: Company, programs: Programs) -> None:
    for case in CASES:
        if not case.wrong:
            continue
        number = brought_to(company, case.wrong)

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


def test_a_verb_against_another_version_is_409_with_both(company: Company, programs: Programs) -> None:
    for case in CASES:
        number = brought_to(company, case.start)
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


def test_a_verb_under_a_condition_is_412_when_the_record_moved_on(company: Company, programs: Programs) -> None:
    for case in CASES:
        number = brought_to(company, case.start)
        program = getattr(programs, case.by)
        tag = program.get(f"incidents/{number}/")["ETag"]

        refused = program.post(f"incidents/{number}/{case.verb}/", case.body, If_Match='"77"')
        accepted = program.post(f"incidents/{number}/{case.verb}/", case.body, If_Match=tag)

        assert (case.verb, refused.status_code, accepted.status_code) == (case.verb, 412, 200)


def test_a_verb_by_the_wrong_role_is_403_and_changes_nothing(company: Company, programs: Programs) -> None:
    for case in CASES:
        if not case.forbidden:
            continue
        number = brought_to(company, case.start)
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

    assert of_support == {"comment", "note", "consult", "advise", "link", "unlink", "reopen", "close", "feedback"}
    assert of_support - of_dpo == {"close", "unlink", "feedback"}


def test_an_empty_body_without_a_content_type_is_enough_where_nothing_is_asked(
    company: Company, programs: Programs
) -> None:
    number = company.incident().number

    response = programs.dev.http.post(f"/api/v1/incidents/{number}/acknowledge/", content_type="")

    assert response.status_code == 200
