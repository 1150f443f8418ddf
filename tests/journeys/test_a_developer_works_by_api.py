"""A developer does a whole incident through the REST API of the running product, with a key from the command line."""

import io

import pytest
import requests
from django.core.management import call_command

from tests.journeys.house import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
REPORT = {
    "channel": "phone",
    "symptom": "Zeugnisse lassen sich nicht drucken",
    "urgency": "high",
    "impact": "high",
    "category": "availability",
    "reporter": {"name": "Frau Probe", "email": "probe@schule.example"},
    "feedback_channel": "email",
}


class Desk:
    """A program with a key."""

    def __init__(self, house, username):
        out = io.StringIO()
        call_command("api_key", username, stdout=out)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {out.getvalue().strip()}"
        self.base = f"{house.url}/api/v1/"

    def get(self, path, **query):
        return self.session.get(self.base + path, params=query, timeout=30)

    def post(self, path, body=None, **headers):
        return self.session.post(self.base + path, json=body or {}, headers=headers, timeout=30)


def test_from_a_report_to_a_closed_incident(house, company):
    house.start("web", "worker")
    desk = Desk(house, "dev")
    assert requests.get(desk.base + "incidents/", timeout=30).status_code == 401

    made = desk.post("incidents/", REPORT, **{"Idempotency-Key": "story-1"})
    assert made.status_code == 201, made.text
    again = desk.post("incidents/", REPORT, **{"Idempotency-Key": "story-1"})
    assert again.json()["number"] == made.json()["number"]
    incident = made.json()
    number = incident["number"]
    assert (incident["status"], incident["priority"], incident["functional_level"]) == ("new", "critical", 1)
    assert {clock["kind"]: clock["state"] for clock in incident["sla"]} == {
        "response": "running",
        "resolution": "running",
    }

    wrong = desk.post(f"incidents/{number}/reopen/", {"reason": "?"})
    assert wrong.status_code == 409
    assert wrong.headers["Content-Type"].startswith("application/problem+json")
    assert wrong.json()["allowed"] == ["resolved"]

    for verb, facts in [
        ("acknowledge", {}),
        ("escalate", {"chain": "functional", "reason": "technical_incident"}),
        ("start", {}),
        ("comment", {"text": "Wir sind daran."}),
        ("note", {"text": "Druckdienst neu gestartet"}),
        ("set-priority", {"impact": "low"}),
        ("hold", {"reason": "monitoring_fix", "until": "2026-11-23T12:00:00Z"}),
        ("resume", {}),
        ("resolve", {"code": "solved_permanently", "text": "Druckdienst repariert"}),
    ]:
        answer = desk.post(f"incidents/{number}/{verb}/", facts)
        assert answer.status_code == 200, (verb, answer.text)

    read = desk.get(f"incidents/{number}/")
    assert read.headers["ETag"]
    stale = desk.post(f"incidents/{number}/reopen/", {"reason": "doch nicht"}, **{"If-Match": '"1"'})
    assert stale.status_code in (409, 412)
    state = read.json()
    assert (state["status"], state["priority"], state["functional_level"]) == ("resolved", "medium", 2)
    assert state["resolution"]
    assert {clock["state"] for clock in state["sla"]} == {"met"}

    support = Desk(house, "support")
    assert support.post(f"incidents/{number}/close/").json()["status"] == "closed"

    told = desk.get(f"incidents/{number}/events/").json()["results"]
    kinds = {event["kind"] for event in told}
    assert {"incident.opened", "incident.escalated", "incident.prioritised", "incident.closed"} <= kinds
    assert all(event["rule"] for event in told if event["kind"].startswith("incident."))

    wrong_filter = desk.get("incidents/", colour="red")
    assert wrong_filter.status_code == 400
    assert "colour" in wrong_filter.text
    found = desk.get("incidents/", q="Zeugnis").json()["results"]
    assert [row["number"] for row in found] == [number]

    schema = requests.get(desk.base + "schema/?format=json", timeout=60)
    assert schema.json()["openapi"].startswith("3.1")

    house.ring("lifecycle.tasks.deliver")
    mails = house.folder / "mail"
    wait_until(
        lambda: any("probe@schule.example" in mail.read_text() for mail in mails.glob("*")), what="reporter's mail"
    )
