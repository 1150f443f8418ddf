"""Contacts through the API: taken in, classified (again), answered; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Event
from incidents.models import Contact, Incident
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db

MAIL: dict[str, Any] = {
    "channel": "email",
    "subject": "Noten weg",
    "body": "Seit heute fehlen alle Noten.",
    "reporter": {"name": "Rita Beispiel", "email": "rita@musterwil.example"},
    "school": "Schule Musterwil",
    "feedback_channel": "email",
}


@pytest.fixture
def number(programs: Programs) -> str:
    """A contact just taken in."""
    taken: str = programs.support.post("contacts/", MAIL).json()["number"]
    return taken


def test_a_contact_is_taken_in_with_all_that_was_said(programs: Programs) -> None:
    response = programs.support.post("contacts/", MAIL)

    contact = response.json()
    assert response.status_code == 201
    assert response["Location"].endswith(f"/api/v1/contacts/{contact['number']}/")
    assert {name: contact[name] for name in ("state", "kind", "subject", "body", "incident")} == {
        "state": "new",
        "kind": "",
        "subject": "Noten weg",
        "body": "Seit heute fehlen alle Noten.",
        "incident": None,
    }
    assert contact["reporter"]["school"] == "Schule Musterwil"
    assert contact["taken_by"] == "support"


def test_a_contact_about_nothing_is_refused(programs: Programs) -> None:
    problem = programs.support.post("contacts/", {"channel": "phone"}).json()

    assert [entry["field"] for entry in problem["errors"]] == ["subject"]


def test_becoming_an_incident_it_brings_what_is_known(programs: Programs, number: str) -> None:
    facts = {"category": "data_integrity_security", "urgency": "high", "impact": "high"}

    contact = programs.support.post(f"contacts/{number}/classify/", {"kind": "incident", "incident": facts}).json()

    record = programs.support.get(f"incidents/{contact['incident']}/").json()
    assert (contact["state"], contact["kind"]) == ("incident", "incident")
    assert (record["title"], record["symptom"]) == (MAIL["subject"], MAIL["body"])
    assert (record["channel"], record["reporter"]["name"], record["priority"]) == ("email", "Rita Beispiel", "critical")
    assert Contact.objects.count() == 1


def test_joining_needs_an_incident_that_exists(programs: Programs, company: Company, number: str) -> None:
    existing = company.incident().number
    path = f"contacts/{number}/classify/"

    refused = programs.support.post(path, {"kind": "incident", "join": "INC-1999-000001"})
    joined = programs.support.post(path, {"kind": "incident", "join": existing})

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "join")
    assert joined.json()["incident"] == existing
    assert Incident.objects.count() == 1


def test_an_incident_without_its_facts_is_refused_and_the_contact_stays_new(programs: Programs, number: str) -> None:
    nothing = programs.support.post(f"contacts/{number}/classify/", {"kind": "incident"})
    partly = programs.support.post(f"contacts/{number}/classify/", {"kind": "incident", "incident": {"urgency": "x"}})

    assert nothing.json()["errors"][0]["field"] == "incident"
    assert {entry["field"] for entry in partly.json()["errors"]} == {"incident.category", "incident.urgency"}
    assert Contact.objects.get().state == "new"


def test_classifying_again_keeps_the_story(programs: Programs, number: str) -> None:
    for kind in ("feature_request", "support"):
        programs.support.post(f"contacts/{number}/classify/", {"kind": kind})

    contact = programs.support.get(f"contacts/{number}/").json()
    assert (contact["kind"], contact["handed_to"]) == ("support", "support")
    kinds = [event.data["kind"] for event in Event.objects.filter(kind="contact.classified").order_by("id")]
    assert kinds == ["feature_request", "support"]


def test_an_answer_is_kept_and_says_when(programs: Programs, number: str) -> None:
    programs.support.post(f"contacts/{number}/classify/", {"kind": "support"})

    contact = programs.support.post(f"contacts/{number}/answer/", {"text": "So geht es."}).json()

    assert (contact["state"], contact["answer"]) == ("answered", "So geht es.")
    assert contact["answered_at"] == "2026-11-23T08:00:00Z"


def test_a_stale_version_is_409_or_412(programs: Programs, number: str) -> None:
    programs.support.post(f"contacts/{number}/classify/", {"kind": "support"})
    path = f"contacts/{number}/answer/"

    in_body = programs.support.post(path, {"text": "So.", "version": 1})
    as_condition = programs.support.post(path, {"text": "So."}, If_Match='"1"')
    present = programs.support.get(f"contacts/{number}/", If_None_Match='"2"')

    assert (in_body.status_code, as_condition.status_code, present.status_code) == (409, 412, 304)
    assert (in_body.json()["yours"], in_body.json()["theirs"]) == (1, 2)


def test_the_board_may_read_but_not_classify(programs: Programs, number: str) -> None:
    assert programs.board.get(f"contacts/{number}/").status_code == 200
    assert programs.board.post(f"contacts/{number}/classify/", {"kind": "support"}).status_code == 403


def test_the_list_takes_filters(programs: Programs, number: str) -> None:
    expected = {
        "state=new": 1,
        "state=new&state=answered": 1,
        "kind=support": 0,
        "channel=email": 1,
        "channel=phone": 0,
    }

    found = {query: len(programs.support.get(f"contacts/?{query}").json()["results"]) for query in expected}

    assert found == expected


def test_a_repeated_mail_under_one_key_is_one_contact(programs: Programs) -> None:
    answers = [programs.support.post("contacts/", MAIL, **{"Idempotency-Key": "message-id-1"}) for _ in range(3)]

    assert {answer.json()["number"] for answer in answers} == {Contact.objects.get().number}
