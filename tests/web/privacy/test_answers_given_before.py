"""What the API answered before a case began, or before somebody's reading ended, is not answered again (P-7.5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from api.models import IdempotencyKey
from core.actors import SYSTEM
from directory.keys import create_key
from lifecycle import data_protection
from lifecycle.withholding import STAND_IN
from privacy.models import Case
from tests.company import Company

pytestmark = pytest.mark.django_db
SAID = "Notenliste der Klasse 3b ist im Netz"


def program(company: Company, name: str, *scopes: str) -> Client:
    _key, plain = create_key(owner=company.people[name], name="x", scopes=[*scopes], actor=SYSTEM, now=company.now)
    return Client(headers={"Authorization": f"Bearer {plain}", "Idempotency-Key": "once"})


def test_a_text_that_was_withheld_since_is_not_repeated(company: Company) -> None:
    source = program(company, "support", "incidents:write")
    facts = {"symptom": SAID, "channel": "phone", "category": "software", "urgency": "low", "impact": "low"}

    def post() -> Any:
        return source.post("/api/v1/incidents/", facts, "application/json")

    made = post().json()
    assert SAID in str(made)
    data_protection.suspect_breach(made["number"], grounds="Im Netz", by=company.by("support"), now=company.now)
    again = post()
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (again.json()["number"], again.json()["symptom"]) == (made["number"], STAND_IN)
    assert not IdempotencyKey.objects.filter(body__icontains="Klasse 3b").exists()


def test_who_may_not_read_any_more_gets_no_answer_of_before(company: Company) -> None:
    number = Case.objects.get(incident=company.incident(symptom=SAID, data_protection=True)).number
    by, now = company.by("dpo"), company.now
    data_protection.let_read(number, person=company.dev, reason="Behebt es", by=by, now=now)
    reader = program(company, "dev", "privacy:write")

    def note() -> int:
        return reader.post(f"/api/v1/privacy/cases/{number}/note/", {"text": "Behoben"}, "application/json").status_code

    assert (note(), note()) == (200, 200)
    data_protection.stop_reading(number, person=company.dev, by=by, now=now)
    assert note() == 404
