"""The officer's room: a case is answered for, read, shared and dismissed, in the browser and by the API (§7)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from core.actors import SYSTEM
from directory.keys import create_key
from incidents.models import Incident
from notifications.answer_links import path_of
from notifications.models import Message
from privacy.models import Case, Reading
from tests.company import Company

pytestmark = pytest.mark.django_db
SECRET = "Notenliste der Klasse 3b ist im Netz"


@pytest.fixture
def case(company: Company) -> Case:
    """Suspected as it was recorded."""
    return Case.objects.get(incident=company.incident(symptom=SECRET, data_protection=True))


@pytest.fixture
def officer(company: Company) -> Client:
    """The officer's browser."""
    browser = Client()
    browser.force_login(company.dpo)
    return browser


def program(company: Company, name: str, *scopes: str) -> Client:
    _key, plain = create_key(owner=company.people[name], name="test", scopes=scopes, actor=SYSTEM, now=company.now)
    return Client(headers={"Authorization": f"Bearer {plain}"})


def test_the_board_leads_to_the_case_and_reading_it_is_kept(officer: Client, company: Company, case: Case) -> None:
    board = officer.get("/privacy/").content.decode()
    assert f"/privacy/{case.number}/" in board
    page = officer.get(f"/privacy/{case.number}/").content.decode()
    assert SECRET in page
    assert "ab 09:30 auch die Geschäftsleitung" in page
    [reading] = Reading.objects.filter(case=case)
    assert (reading.person, reading.via) == (company.dpo, "console")


def test_an_empty_board_says_when_it_fills(officer: Client) -> None:
    assert "Kein Fall" in officer.get("/privacy/").content.decode()


def test_it_is_answered_for_and_noted_in(officer: Client, company: Company, case: Case) -> None:
    officer.post(f"/privacy/{case.number}/acknowledge/")
    officer.post(f"/privacy/{case.number}/note/", {"text": "Anbieter hat gesichert"})
    case.refresh_from_db()
    assert (case.state, case.officer) == ("dpo_notified", company.dpo)
    assert "Anbieter hat gesichert" in officer.get(f"/privacy/{case.number}/").content.decode()


def test_a_dismissal_without_a_reason_or_of_what_has_changed_keeps_what_was_typed(officer: Client, case: Case) -> None:
    path = f"/privacy/{case.number}/dismiss/"
    form = officer.get(path).content.decode()
    seen = re.search(r'name="version" value="(\d+)"', form)
    assert seen is not None
    assert officer.post(path, {"version": seen[1], "reason": ""}).status_code == 422
    officer.post(f"/privacy/{case.number}/note/", {"text": "Neues"})
    stale = officer.post(path, {"version": seen[1], "reason": "Es waren Übungsdaten"})
    assert stale.status_code == 422
    assert "Es waren Übungsdaten" in stale.content.decode()
    officer.post(path, {"reason": "Es waren Übungsdaten"})
    assert Incident.objects.get().symptom == SECRET


def test_who_is_named_reads_until_it_is_ended(officer: Client, company: Company, case: Case) -> None:
    path = f"/privacy/{case.number}/"
    officer.post(f"{path}let-read/", {"person": company.dev.pk, "reason": "Behebt die Ursache"})
    browser = Client()
    browser.force_login(company.dev)
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}dismiss/").status_code == 404
    assert "/privacy/" in browser.get("/").content.decode()
    officer.post(f"{path}stop-reading/", {"person": company.dev.pk})
    assert browser.get(path).status_code == 404


def test_the_call_is_answered_by_its_link_without_a_login(company: Company, case: Case) -> None:
    message = Message.objects.get(topic_type="privacy_case", channel="email")
    browser = Client()
    asked = browser.get(path_of(message)).content.decode()
    assert case.number in asked
    assert SECRET not in asked
    case.refresh_from_db()
    assert case.acknowledged_at is None, "looking changes nothing: mail programs open links by themselves"
    answered = browser.post(path_of(message), follow=True).content.decode()
    assert "Weitere Rufe sind gestoppt" in answered
    case.refresh_from_db()
    assert case.officer == company.dpo


def test_whoever_takes_a_call_ticks_it_and_reads_no_more_than_the_others(company: Company) -> None:
    browser = Client()
    browser.force_login(company.support)
    facts: dict[str, Any] = {
        "reporter_name": "Mia Muster",
        "subject": "Noten",
        "body": SECRET,
        "kind": "incident",
        "channel": "phone",
    }
    facts |= {"category": "software", "urgency_criteria": ["prevents_major"], "impact_criteria": ["many_schools"]}
    facts |= {"data_protection": "on", "neutral": "Mailversand anhalten"}
    answer = browser.post("/inbox/new/", facts, follow=True)
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    assert Incident.objects.get().title == "Mailversand anhalten"
    assert Case.objects.get().suspected_by == company.support


def test_a_suspicion_that_comes_later_is_a_verb_of_the_incident(company: Company) -> None:
    number = company.incident(symptom=SECRET).number
    browser = Client()
    browser.force_login(company.dev)
    assert browser.post(f"/incidents/{number}/suspect-breach/", {"grounds": ""}).status_code == 422
    browser.post(f"/incidents/{number}/suspect-breach/", {"grounds": "Die Liste ist öffentlich"})
    page = browser.get(f"/incidents/{number}/").content.decode()
    assert SECRET not in page
    assert "Angaben zurückgehalten" in page


def test_a_program_opens_one_and_the_officers_program_handles_it(company: Company) -> None:
    desk = program(company, "support", "incidents:write")
    body = {"channel": "phone", "symptom": SECRET, "category": "data_integrity_security", "urgency": "high"}
    made = desk.post("/api/v1/incidents/", body | {"impact": "low", "data_protection": True}, "application/json")
    assert made.status_code == 201, made.content
    assert SECRET not in made.content.decode()

    officers = program(company, "dpo", "privacy:write")
    [listed] = _json(officers.get("/api/v1/privacy/cases/"))["results"]
    assert (listed["incident"], listed["state"]) == (made.json()["number"], "suspected")
    path = f"/api/v1/privacy/cases/{listed['number']}/"
    taken = officers.post(f"{path}acknowledge/", {}, "application/json")
    assert (taken.json()["state"], taken.json()["officer"]) == ("dpo_notified", "dpo")
    stale = officers.post(f"{path}note/", {"text": "x", "version": 1}, "application/json")
    assert stale.status_code == 409
    assert officers.post(f"{path}note/", {"text": "Gesichert"}, "application/json").status_code == 200
    shown = _json(officers.get(path))
    assert SECRET in {written["text"] for written in shown["withheld"]}
    assert [note["text"] for note in shown["notes"]] == ["Gesichert"]
    assert {reading["via"] for reading in shown["readings"]} == {"api"}
    wrong = officers.post(f"{path}dismiss/", {"reason": " "}, "application/json")
    assert wrong.status_code == 400
    right = officers.post(f"{path}dismiss/", {"reason": "Übungsdaten"}, "application/json")
    assert right.json()["state"] == "dismissed"
    assert desk.get(f"/api/v1/incidents/{made.json()['number']}/").json()["symptom"] == SECRET


def _json(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()
