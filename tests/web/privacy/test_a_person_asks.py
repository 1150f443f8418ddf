"""The officer answers a person who asks what we know of them, in the browser and by the API; nobody else can."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from core.actors import SYSTEM
from directory.keys import create_key
from incidents.models import Incident
from lifecycle import connect, finish, respond, retention
from privacy.models import LegalHold, PersonalDeed
from tests.company import PEOPLE, Company

pytestmark = pytest.mark.django_db
MAIL = "mia.quastel@schule.example"
ROUTES = ("persons/", "persons/copy/", "persons/erase/", "persons/hold/")
API_ROUTES = ("persons/search/", "persons/export/", "persons/erase/", "holds/", "holds/release/")


@pytest.fixture
def incident(company: Company) -> Incident:
    """Reported by Mia Quastel, with a talk and a file, and over."""
    by, now = company.by("support"), company.now
    who: dict[str, Any] = {"reporter_name": "Mia Quastel", "reporter_email": MAIL, "feedback_channel": "email"}
    incident = company.incident(symptom="Ich komme nicht hinein", **who)
    respond.comment(incident.number, text="Guten Tag Frau Quastel", by=by, now=now)
    connect.attach(incident.number, upload=ContentFile(b"bild"), name="../../bild.png", by=by, now=now)
    finish.cancel(incident.number, code="withdrawn", reason="Geht wieder", by=by, now=now)
    return incident


def browser_of(company: Company, name: str) -> Client:
    browser = Client()
    browser.force_login(company.people[name])
    return browser


def program_of(company: Company, name: str, *scopes: str) -> Client:
    _key, plain = create_key(owner=company.people[name], name="test", scopes=scopes, actor=SYSTEM, now=company.now)
    return Client(headers={"Authorization": f"Bearer {plain}"})


def unpacked(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_searched_handed_out_and_erased_in_the_browser(company: Company, incident: Incident) -> None:
    officer = browser_of(company, "dpo")
    assert "/privacy/persons/" in officer.get("/privacy/").content.decode()
    page = officer.post("/privacy/persons/", {"email": MAIL}).content.decode()
    assert incident.number in page
    assert "Mia Quastel" in page
    assert "In den gefundenen Einträgen steht auch:" in page
    mine = re.findall(r'name="record" value="([^"]+)"[^>]* checked', page)
    assert incident.number in mine
    files = unpacked(officer.post("/privacy/persons/copy/", {"email": MAIL, "record": mine}))
    data = json.loads(files.pop("data.json"))
    assert data["incidents"][0]["messages"][0]["body"] == "Guten Tag Frau Quastel"
    assert list(files.values()) == [b"bild"]
    assert all(name.startswith("files/") and ".." not in name for name in files), "it unpacks where it is"

    nothing = unpacked(officer.post("/privacy/persons/copy/", {"email": MAIL}))
    assert json.loads(nothing["data.json"])["incidents"] == [], "what is a namesake's does not leave the house"

    named = officer.post("/privacy/persons/erase/", {"email": MAIL, "reason": "Frau Quastel will es"})
    assert named.status_code == 422
    assert "ohne Angaben zur Person" in named.content.decode()
    facts = {"email": MAIL, "reason": "Gesuch", "reference": "G-7", "record": mine}
    done = officer.post("/privacy/persons/erase/", facts, follow=True)
    assert "2 Vorgänge anonymisiert" in done.content.decode()
    assert "gibt es hier nichts" in officer.post("/privacy/persons/", {"email": MAIL}).content.decode()
    page = officer.get(f"/incidents/{incident.number}/").content.decode()
    assert "Quastel" not in page
    assert "Angaben gelöscht am" in page
    assert "Geht wieder" in page, "the words about the work are still told"
    assert list(PersonalDeed.objects.values_list("kind", flat=True))[:2] == ["search", "erase"]


def test_a_legal_hold_is_set_seen_and_ended(company: Company, incident: Incident) -> None:
    officer = browser_of(company, "dpo")
    wrong = officer.post("/privacy/persons/hold/", {"number": "INC-2026-999999", "reason": "Verfahren"})
    assert wrong.status_code == 422
    assert "INC-2026-999999" in wrong.content.decode(), "what was typed is still there"
    officer.post("/privacy/persons/hold/", {"number": incident.number.lower(), "reason": "Verfahren 12/26"})
    assert "Verfahren 12/26" in officer.get("/privacy/persons/").content.decode()
    assert "Löschsperre (2)" in officer.post("/privacy/persons/", {"email": MAIL}).content.decode()
    officer.post("/privacy/persons/hold/", {"release": incident.number})
    hold = LegalHold.objects.get()
    assert hold.ended_by == company.dpo


@pytest.mark.parametrize("typed", [{}, {"phone": "12"}, {"name": "x"}])
def test_too_little_to_know_somebody_by_is_said_beside_the_field(company: Company, typed: dict[str, str]) -> None:
    answer = browser_of(company, "dpo").post("/privacy/persons/", typed)
    assert answer.status_code == 422
    assert not PersonalDeed.objects.exists()


def test_the_same_by_the_api(company: Company, incident: Incident) -> None:
    officers = program_of(company, "dpo", "privacy:write")
    path = "/api/v1/privacy/persons/"
    found = officers.post(f"{path}search/", {"email": MAIL}, "application/json").json()
    assert (found["counts"]["incidents"], found["held"]) == (1, {})
    assert found["data"]["incidents"][0]["number"] == incident.number
    assert "data.json" in unpacked(officers.post(f"{path}export/", {"email": MAIL}, "application/json"))
    holds = "/api/v1/privacy/holds/"
    assert officers.post(holds, {"number": incident.number, "reason": "x"}, "application/json").status_code == 201
    assert [hold["number"] for hold in officers.get(holds).json()] == [incident.number]
    erase = {"email": MAIL, "reason": "Gesuch"}
    assert officers.post(f"{path}erase/", erase, "application/json").json()["held"] == {"legal_hold": 2}
    assert officers.post(f"{holds}release/", {"number": incident.number}, "application/json").status_code == 204
    assert officers.post(f"{path}erase/", erase, "application/json").json()["counts"]["incidents"] == 1
    assert officers.post(f"{path}search/", {"email": ""}, "application/json").status_code == 400


def test_for_everybody_else_there_is_nothing(company: Company, incident: Incident) -> None:
    facts = {"email": MAIL, "reason": "x", "number": incident.number}
    for name in PEOPLE:
        if name == "dpo":
            continue
        browser, program = browser_of(company, name), program_of(company, name, "privacy:write")
        assert browser.get("/privacy/persons/").status_code == 404
        assert {browser.post(f"/privacy/{route}", facts).status_code for route in ROUTES} == {404}
        for route in API_ROUTES:
            told = {**facts} if "erase" in route else {"number": incident.number, "reason": "x"}
            told = {"email": MAIL} if route in API_ROUTES[:2] else told
            told = {"number": incident.number} if "release" in route else told
            told = {"email": MAIL, "reason": "x"} if "erase" in route else told
            answer = program.post(f"/api/v1/privacy/{route}", told, "application/json")
            assert answer.status_code == 404, (name, route, answer.content)
    assert not PersonalDeed.objects.exists()
    assert not LegalHold.objects.exists()


def test_what_the_night_erased_is_shown_to_officer_and_administrators(company: Company, incident: Incident) -> None:
    LegalHold.objects.create(incident=incident, reason="x", by=company.dpo, since=company.now)
    retention.run(now=company.now.replace(year=2030))
    officers = browser_of(company, "dpo").get("/health/retention/").content.decode()
    assert "36 Monate" in officers
    assert "Löschsperre" in officers.split("<tbody>")[1]
    administrators = browser_of(company, "it").get("/health/retention/").content.decode()
    assert "36 Monate" in administrators
    assert "Löschsperre" not in administrators.split("<tbody>")[1], "why is the officer's to know"
    assert browser_of(company, "support").get("/health/retention/").status_code == 403
    rows = program_of(company, "dpo", "health:read").get("/api/v1/health/retention/").json()
    assert {row["key"]: row["held"] for row in rows}["incidents"] == {"legal_hold": 1}
    seen = program_of(company, "it", "health:read").get("/api/v1/health/retention/").json()
    assert all(row["held"] is None for row in seen)
