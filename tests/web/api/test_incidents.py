"""Incidents through the API: recorded, read, listed, corrected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.models import Event
from directory.models import Person
from incidents.models import Contact, Incident
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db

CALL: dict[str, Any] = {
    "channel": "phone",
    "symptom": "Noten lassen sich nicht speichern",
    "category": "software",
    "urgency": "high",
    "impact": "medium",
    "module": "grades_reports",
    "reporter": {"name": "Rita Beispiel", "email": "rita@musterwil.example", "school": "Schule Musterwil"},
    "feedback_channel": "email",
}
FIXED_NAMES = {
    "number",
    "status",
    "channel",
    "contact_kind",
    "reporter",
    "feedback_channel",
    "symptom",
    "module",
    "category",
    "urgency",
    "impact",
    "priority",
    "priority_reason",
    "priority_proposal",
    "is_major",
    "functional_level",
    "management_level",
    "team",
    "assignee",
    "links",
    "sla",
    "process_version",
    "resolution",
    "customer_feedback",
    "created_at",
    "reported_at",
    "acknowledged_at",
    "resolved_at",
    "closed_at",
    "version",
}


def test_a_recorded_incident_has_every_field_of_the_record(programs: Programs, now: datetime) -> None:
    response = programs.support.post("incidents/", CALL)

    record = response.json()
    assert response.status_code == 201
    assert FIXED_NAMES - record.keys() == set()
    assert response["Location"].endswith(f"/api/v1/incidents/{record['number']}/")
    assert response["ETag"] == f'"{record["version"]}"'
    assert record["reporter"] == {
        "name": "Rita Beispiel",
        "email": "rita@musterwil.example",
        "phone": "",
        "school": "Schule Musterwil",
    }
    assert (record["status"], record["priority"], record["contact_kind"]) == ("new", "high", "incident")
    assert (record["module"], record["team"], record["process_version"]) == ("grades_reports", "support", 1)
    assert record["created_at"] == now.isoformat().replace("+00:00", "Z")
    assert Contact.objects.get().incident_id == Incident.objects.get().pk


def test_what_a_program_detected_goes_straight_to_development(programs: Programs) -> None:
    """P-2.3 holds for every monitoring tool, also for one that reports through the API."""
    record = programs.support.post("incidents/", {**CALL, "channel": "monitoring"}).json()

    assert (record["functional_level"], record["team"]) == (2, "development")
    steps = Event.objects.filter(kind="escalation.stepped", data__chain="functional")
    assert [(step.rule, step.data["to"]) for step in steps] == [("§2", 2)]


def test_the_clocks_say_what_was_promised_and_what_is_used(programs: Programs) -> None:
    record = programs.support.post("incidents/", CALL).json()

    assert [clock["kind"] for clock in record["sla"]] == ["response", "resolution"]
    for clock in record["sla"]:
        assert set(clock) == {"kind", "state", "target_s", "elapsed_s", "due_at", "manual"}
        assert clock["manual"] is False
        assert clock["state"] == "running"
        assert clock["elapsed_s"] == 0 < clock["target_s"]
        assert clock["due_at"]


def test_a_running_clock_moves_without_a_new_version(programs: Programs, clock: Any, now: datetime) -> None:
    number = programs.support.post("incidents/", CALL).json()["number"]
    clock.write_text((now + timedelta(minutes=10)).isoformat())

    record = programs.support.get(f"incidents/{number}/").json()

    assert [entry["elapsed_s"] for entry in record["sla"]] == [600, 600]


def test_criteria_make_the_priority_and_stand_in_its_reason(programs: Programs) -> None:
    body = {name: value for name, value in CALL.items() if name not in ("urgency", "impact")}
    body |= {"urgency_criteria": ["data_security_endangered"], "impact_criteria": ["many_schools"]}

    record = programs.support.post("incidents/", body).json()

    assert record["priority"] == "critical"
    reason = record["priority_reason"]
    assert reason["computed"] == "critical"
    assert [criterion["key"] for criterion in reason["urgency_criteria"]] == ["data_security_endangered"]
    assert reason["impact_criteria"][0]["paragraph"].startswith("§4.2")
    assert "§4.3" in reason["text"]
    assert reason["override"] is None


def test_a_reporter_may_be_just_a_name_or_an_address(programs: Programs) -> None:
    by_name = programs.support.post("incidents/", {**CALL, "reporter": "Rita", "feedback_channel": "phone"}).json()
    by_mail = programs.support.post("incidents/", {**CALL, "reporter": "rita@musterwil.example"}).json()

    assert by_name["reporter"]["name"] == "Rita"
    assert by_mail["reporter"]["email"] == "rita@musterwil.example"


def test_everything_wrong_is_said_at_once_with_its_field(programs: Programs) -> None:
    body = {**CALL, "module": "nonsense", "urgency": "very", "reporter": {"email": "no"}, "school": "Nirgendwo"}

    response = programs.support.post("incidents/", body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert {entry["field"] for entry in problem["errors"]} == {"module", "urgency", "reporter.email", "school"}
    assert (problem["status"], problem["type"]) == (400, "urn:escola-im:problem:invalid")


def test_what_the_process_refuses_is_said_with_its_field(programs: Programs) -> None:
    response = programs.support.post("incidents/", {**CALL, "channel": "pigeon", "category": "weather"})

    assert response.status_code == 400
    assert {entry["field"] for entry in response.json()["errors"]} == {"channel", "category"}


def test_an_unknown_field_is_named_instead_of_dropped(programs: Programs) -> None:
    response = programs.support.post("incidents/", {**CALL, "urgncy": "high", "status": "closed"})

    assert response.status_code == 400
    assert {entry["field"] for entry in response.json()["errors"]} == {"urgncy", "status"}
    assert not Incident.objects.exists()


def test_the_present_version_is_not_sent_again(programs: Programs, company: Company) -> None:
    incident = company.incident()
    first = programs.dev.get(f"incidents/{incident.number}/")

    again = programs.dev.get(f"incidents/{incident.number}/", If_None_Match=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert programs.dev.get(f"incidents/{incident.number}/", If_None_Match='"99"').status_code == 200


def test_numbers_are_read_in_any_case(programs: Programs, company: Company) -> None:
    incident = company.incident()

    assert programs.dev.get(f"incidents/{incident.number.lower()}/").json()["number"] == incident.number


def test_a_correction_changes_only_what_is_given(programs: Programs, company: Company) -> None:
    incident = company.incident(reporter_name="Rita", reporter_phone="0446681800")

    response = programs.support.patch(
        f"incidents/{incident.number}/", {"title": "Neu", "module": "Stundenplan", "reporter": {"name": "Ruth"}}
    )

    record = response.json()
    assert response.status_code == 200
    assert (record["title"], record["module"]) == ("Neu", "timetable")
    assert (record["reporter"]["name"], record["reporter"]["phone"]) == ("Ruth", "0446681800")
    assert record["version"] == incident.version + 1


def test_a_correction_under_a_condition_that_fails_is_412_with_both_versions(
    programs: Programs, company: Company
) -> None:
    incident = company.incident()
    programs.support.post(f"incidents/{incident.number}/note/", {"text": "Inzwischen"})

    response = programs.support.patch(f"incidents/{incident.number}/", {"title": "Neu"}, If_Match='"1"')

    assert response.status_code == 412
    problem = response.json()
    assert (problem["yours"], problem["theirs"]) == (1, 2)
    assert problem["fields"] == {"title": {"yours": "Neu", "theirs": incident.title}}
    assert response["ETag"] == '"2"'


def test_a_correction_against_a_stale_version_in_the_body_is_409(programs: Programs, company: Company) -> None:
    incident = company.incident()
    programs.support.post(f"incidents/{incident.number}/note/", {"text": "Inzwischen"})

    response = programs.support.patch(f"incidents/{incident.number}/", {"title": "Neu", "version": 1})

    assert response.status_code == 409
    assert response.json()["type"] == "urn:escola-im:problem:stale-version"
    assert response.json()["fields"]["title"]["theirs"] == incident.title


def test_a_condition_that_is_no_tag_of_ours_is_400(programs: Programs, company: Company) -> None:
    path = f"incidents/{company.incident().number}/"
    for condition in ["3", 'W/"1"', '"1", "2"', '"99999999999"']:
        response = programs.support.patch(path, {"title": "Neu"}, If_Match=condition)

        assert (condition, response.status_code) == (condition, 400)
        assert response.json()["errors"][0]["field"] == "If-Match"


def test_a_correction_of_nothing_or_of_a_computed_field_is_400(programs: Programs, company: Company) -> None:
    path = f"incidents/{company.incident().number}/"

    assert programs.support.patch(path, {}).status_code == 400
    assert programs.support.patch(path, {"priority": "low"}).json()["errors"][0]["field"] == "priority"


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [record["number"] for record in response.json()["results"]]


@pytest.fixture
def three(company: Company) -> list[str]:
    """A low, a critical and a medium one, in this order."""
    ranks = [("low", "low"), ("high", "high"), ("medium", "medium")]
    return [company.incident(urgency=urgency, impact=impact).number for urgency, impact in ranks]


FILTERS: list[tuple[str, list[int]]] = [
    ("", [2, 1, 0]),
    ("sort=oldest", [0, 1, 2]),
    ("sort=queue", [1, 2, 0]),
    ("priority=critical&priority=low", [1, 0]),
    ("status=closed", []),
    ("open=true&urgency=medium", [2]),
    ("assignee=none", [2, 1, 0]),
    ("assignee=dev", []),
    ("team=support", [2, 1, 0]),
    ("q=noten", [2, 1, 0]),
    ("is_major=true", []),
    ("reported_after=2026-11-24T00:00:00Z", []),
]


def test_the_list_takes_the_filters_of_the_console(programs: Programs, three: list[str]) -> None:
    for query, expected in FILTERS:
        found = numbers(programs.dev.get(f"incidents/?{query}"))
        assert (query, found) == (query, [three[index] for index in expected])


WRONG = [
    ("priorty=high", "priorty"),
    ("priority=urgent", "priority"),
    ("team=nobody", "team"),
    ("sort=loudest", "sort"),
    ("page_size=0", "page_size"),
    ("page_size=201", "page_size"),
    ("page_size=1e3", "page_size"),
    ("cursor=nonsense", "cursor"),
    ("reported_after=yesterday", "reported_after"),
    ("school=99999999999999999999999", "school"),
]


def test_a_wrong_parameter_is_named(programs: Programs) -> None:
    for query, field in WRONG:
        response = programs.dev.get(f"incidents/?{query}")

        assert (query, response.status_code) == (query, 400)
        assert [entry["field"] for entry in response.json()["errors"]] == [field]


def test_somebody_without_a_role_sees_only_what_they_reported(programs: Programs, company: Company) -> None:
    company.incident()
    nobody = Person.objects.create_user("teacher", "teacher@musterwil.example", "demo")
    company.people["teacher"] = nobody

    assert numbers(programs.of("teacher").get("incidents/")) == []
    assert programs.teacher.get(f"incidents/{Incident.objects.get().number}/").status_code == 404


def test_the_timeline_tells_who_did_what_and_shows_the_text(programs: Programs, company: Company) -> None:
    incident = company.incident()
    programs.dev.post(f"incidents/{incident.number}/note/", {"text": "Nur mit Safari <script>"})

    events = programs.support.get(f"incidents/{incident.number}/events/").json()["results"]

    assert events[0]["kind"] == "incident.opened"
    noted = next(event for event in events if event["kind"] == "incident.noted")
    assert noted["actor"] == {"kind": "person", "id": str(company.dev.pk), "label": "Devi Erfunden"}
    assert (noted["via"], noted["rule"], noted["text"]) == ("api", "§14/7", "Interne Notiz")
    assert noted["comment"]["body"] == "Nur mit Safari <script>"
    assert events[0]["comment"] is None


def test_somebody_unknown_is_asked_for_a_key(company: Company) -> None:
    response = Program("").get("incidents/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_a_time_set_back_needs_a_reason_which_the_timeline_keeps(programs: Programs, now: datetime) -> None:
    late = {**CALL, "reported_at": (now - timedelta(hours=2)).isoformat()}

    refused = programs.support.post("incidents/", late)
    record = programs.support.post("incidents/", {**late, "recorded_late_because": "Am Samstag angerufen"}).json()
    opened = programs.support.get(f"incidents/{record['number']}/events/").json()["results"][0]

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "recorded_late_because")
    assert record["reported_at"] == "2026-11-23T06:00:00Z"
    assert (opened["kind"], opened["data"]["recorded_late_because"]) == ("incident.opened", "Am Samstag angerufen")
