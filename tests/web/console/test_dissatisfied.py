"""A dissatisfied customer in the console: two grades, evidence, and what becomes of it on the incident."""

from __future__ import annotations

from incidents.models import Incident
from tests.company import Company
from tests.web.console.conftest import Entering

FACTS = {"grade": "especially_dissatisfied", "said": "Ich rufe den Gemeinderat an.", "channel": "phone", "said_at": ""}


def test_it_is_recorded_with_its_evidence_and_the_board_is_called(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    support = enter("support")
    assert f"{path}dissatisfied/" in support.get(path).content.decode()
    form = support.get(f"{path}dissatisfied/").content.decode()
    assert form.count('type="radio" name="grade"') == 2
    assert "Unzufriedene Kundschaft → 2. Level: Zuständiger Projektmanager (§5.2/2c)" in form
    assert "Überwachungstool" not in form
    answer = support.post(f"{path}dissatisfied/", FACTS, follow=True).content.decode()
    assert "das Management weiss es" in answer
    assert Incident.objects.get().management_level == 3
    page = enter("board").get(path).content.decode()
    assert "Kundschaft: Besonders unzufrieden (Telefonanruf, 23.11.2026, 09:00)" in page
    assert "Ich rufe den Gemeinderat an." in page
    assert "Besonders unzufriedene Kundschaft" in page
    for stream in ("talk", "climb"):
        assert "Kundschaft: Besonders" in support.get(f"{path}?show={stream}").content.decode()


def test_what_is_missing_is_said_beside_its_field(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/dissatisfied/"
    for wrong, field in [
        ({"said": ""}, "said"),
        ({"grade": ""}, "grade"),
        ({"said_at": "2027-01-01T08:00"}, "said_at"),
    ]:
        answer = enter("support").post(path, {**FACTS, **wrong})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert Incident.objects.get().management_level == 1
