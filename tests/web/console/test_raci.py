"""§14 in the console: a question is asked and answered, and one page proves who was what."""

from __future__ import annotations

from incidents.models import Consultation
from lifecycle import climb
from tests.company import Company
from tests.web.console.conftest import Entering


def test_a_question_goes_from_the_incident_to_the_day_of_those_asked_and_back(
    enter: Entering, company: Company
) -> None:
    path = f"/incidents/{company.incident().number}/"
    support, dev = enter("support"), enter("dev")
    form = support.get(f"{path}consult/").content.decode()
    assert "Incident Bearbeitung (§14/6)" in form
    support.post(f"{path}consult/", {"way": "handling/development", "question": "Seit <b>wann</b>?"})
    asked = Consultation.objects.get()
    day = dev.get("/").content.decode()
    assert "Rückfragen an Sie" in day
    assert f"{path}advise/?question={asked.pk}" in day
    assert "Seit &lt;b&gt;wann&lt;/b&gt;?" in day
    assert "Antworten" in dev.get(path).content.decode()
    assert f"advise/?question={asked.pk}" not in support.get(path).content.decode()
    reply = {"question": asked.pk, "answer": "Seit gestern."}
    assert "beantwortet" in dev.post(f"{path}advise/", reply, follow=True).content.decode()
    assert "Rückfragen an Sie" not in dev.get("/").content.decode()
    page = support.get(path).content.decode()
    assert "Seit gestern." in page
    assert "Rückfrage an Entwicklung: Incident Bearbeitung" in page


def test_what_is_missing_is_said_beside_its_field(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    answer = enter("support").post(f"{path}consult/", {"way": "handling/support", "question": ""})
    assert answer.status_code == 422
    assert 'id="id_way_error"' in answer.content.decode()
    assert 'id="id_question_error"' in answer.content.decode()
    assert enter("dev").post(f"{path}advise/", {"question": "77", "answer": "Ja."}).status_code == 422


def test_one_page_proves_who_was_responsible_asked_and_told(enter: Entering, company: Company) -> None:
    incident = company.incident()
    climb.escalate(
        incident.number, chain="management", reason="especially_complex", by=company.by("support"), now=company.now
    )
    page = enter("pm").get(f"/incidents/{incident.number}/raci/").content.decode()
    for words in ("Management Eskalation", "§14/5", "Pia Projekt", "gerufen", "Bea Geschäft", "informiert"):
        assert words in page
    assert "niemand rechenschaftspflichtig (A)" in page
    assert "Noch nichts geschehen bei:" in page
