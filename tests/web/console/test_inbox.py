"""What comes in is taken in, classified, answered; nothing is lost."""

from __future__ import annotations

import pytest

from incidents.models import Contact, Incident
from lifecycle.intake import ContactDraft, take_contact
from tests.company import Company
from tests.web.console.conftest import Entering

CALL = {"channel": "phone", "subject": "Noten lassen sich nicht sichern", "reporter_name": "Petra Muster"}
FACTS = {
    "category": "software",
    "urgency_criteria": ["damage_grows_fast"],
    "impact_criteria": ["many_schools"],
}


def test_a_call_becomes_a_contact_for_later(enter: Entering, company: Company) -> None:
    answer = enter("support").post("/inbox/new/", {**CALL, "school": "schule musterwil"})
    assert answer["Location"] == "/inbox/"
    contact = Contact.objects.get()
    assert (contact.state, contact.school.name if contact.school else "") == ("new", "Schule Musterwil")


def test_a_call_becomes_an_incident_in_one_step(enter: Entering, company: Company) -> None:
    answer = enter("support").post("/inbox/new/", {**CALL, "kind": "incident", **FACTS})
    incident = Incident.objects.get()
    assert answer["Location"] == f"/incidents/{incident.number}/"
    assert incident.priority == "critical"
    assert Contact.objects.get().incident == incident


def test_a_call_told_late_asks_why_and_says_so_on_the_record(enter: Entering, company: Company) -> None:
    client, late = enter("support"), {**CALL, "kind": "incident", **FACTS, "received_at": "2026-11-23T08:00"}
    assert '<details class="earlier">' in client.get("/inbox/new/").content.decode()
    refused = client.post("/inbox/new/", late)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<details class="earlier" open>' in page
    assert 'id="id_recorded_late_because_error"' in page
    assert 'value="2026-11-23T08:00"' in page
    assert client.post("/inbox/new/", {**late, "recorded_late_because": "Im Zug angenommen"}).status_code == 302
    story = client.get(f"/incidents/{Incident.objects.get().number}/").content.decode()
    assert "Incident erfasst, gemeldet schon 23.11.2026, 08:00" in story
    assert "Im Zug angenommen" in story


def test_a_contact_told_late_asks_why(enter: Entering, company: Company) -> None:
    client, late = enter("support"), {**CALL, "received_at": "2026-11-20T16:00"}
    assert 'id="id_recorded_late_because_error"' in client.post("/inbox/new/", late).content.decode()
    assert (
        'id="id_received_at_error"'
        in client.post("/inbox/new/", {**late, "received_at": "2026-11-01T16:00"}).content.decode()
    )
    client.post("/inbox/new/", {**late, "recorded_late_because": "Zettel vom Freitag"})
    assert Contact.objects.get().received_at.isoformat() == "2026-11-20T15:00:00+00:00"


def test_a_school_nobody_knows_is_said_and_the_rest_stays(enter: Entering, company: Company) -> None:
    answer = enter("support").post("/inbox/new/", {**CALL, "school": "Schule Nirgends", "kind": "incident", **FACTS})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "nicht erfasst" in page
    assert "Petra Muster" in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize("kind", ["support", "feature_request", "management_request"])
def test_one_click_classifies(kind: str, enter: Entering, company: Company) -> None:
    number = _contact(company)
    answer = enter("support").post(f"/inbox/{number}/", {"kind": kind, "next": "/inbox/"})
    assert answer["Location"] == "/inbox/"
    assert Contact.objects.get().kind == kind


def test_a_contact_becomes_an_incident_or_joins_one(enter: Entering, company: Company) -> None:
    client = enter("support")
    first, second = _contact(company), _contact(company)
    client.post(f"/inbox/{first}/", {"kind": "incident", **FACTS})
    incident = Incident.objects.get()
    client.post(f"/inbox/{second}/", {"kind": "incident", "join": incident.number})
    assert incident.contacts.count() == 2


def test_an_incident_without_its_facts_is_asked_for_them(enter: Entering, company: Company) -> None:
    answer = enter("support").post(f"/inbox/{_contact(company)}/", {"kind": "incident"})
    assert answer.status_code == 422
    assert not Incident.objects.exists()


def test_who_was_slower_learns_that_it_is_classified(enter: Entering, company: Company) -> None:
    number = _contact(company)
    enter("support2").post(f"/inbox/{number}/", {"kind": "support", "version": 1})
    answer = enter("support").post(f"/inbox/{number}/", {"kind": "feature_request", "version": 1})
    assert answer.status_code == 409
    assert Contact.objects.get().kind == "support"


def test_a_call_of_a_kind_nobody_knows_is_not_half_recorded(enter: Entering, company: Company) -> None:
    answer = enter("support").post("/inbox/new/", {**CALL, "kind": "gossip"})
    assert answer.status_code == 422
    assert not Contact.objects.exists()


def test_similar_incidents_stand_beside_the_form(enter: Entering, company: Company) -> None:
    company.incident(title="Noten lassen sich nicht speichern")
    page = enter("support").get("/inbox/similar/?subject=Noten+speichern").content.decode()
    assert "Noten lassen sich nicht speichern" in page


def test_a_classified_contact_is_answered(enter: Entering, company: Company) -> None:
    number = _contact(company)
    client = enter("support")
    client.post(f"/inbox/{number}/", {"kind": "support"})
    client.post(f"/inbox/{number}/answer/", {"text": "So geht es."})
    assert Contact.objects.get().answer == "So geht es."


def test_who_answers_is_told_whether_somebody_must_still_call(enter: Entering, company: Company) -> None:
    client = enter("support")
    reporter = {"reporter_name": "Petra Muster", "reporter_phone": "044 123 45 67", "reporter_email": "a@b.example"}
    for channel, said in [
        ("email", "Antwort gesendet."),
        (
            "phone",
            "Antwort festgehalten. Es geht nichts von selbst hinaus. Bitte rufen Sie Petra Muster an: 044 123 45 67",
        ),
        ("", "Es geht nichts von selbst hinaus: «Rückmeldung über» ist leer."),
    ]:
        call = {**CALL, **reporter, "feedback_channel": channel, "kind": "support"}
        client.post("/inbox/new/", call)
        number = Contact.objects.latest("pk").number
        assert ("Es geht nichts von selbst hinaus" in client.get(f"/inbox/{number}/").content.decode()) is (
            channel != "email"
        )
        answer = client.post(f"/inbox/{number}/answer/", {"text": "Läuft wieder"}, follow=True)
        assert said in answer.content.decode()


def test_a_request_lies_on_the_day_of_whoever_answers_it(enter: Entering, company: Company) -> None:
    number = _contact(company)
    enter("support").post(f"/inbox/{number}/", {"kind": "feature_request"})
    assert "Zu beantworten" in enter("pm").get("/").content.decode()
    assert number not in enter("support").get("/").content.decode().partition("<main")[2].partition("</main>")[0]
    enter("pm").post(f"/inbox/{number}/answer/", {"text": "Steht auf der Liste."})
    assert "Zu beantworten" not in enter("pm").get("/").content.decode()


def _contact(company: Company) -> str:
    draft = ContactDraft(channel="email", subject="Noten", body="Sichern geht nicht", reporter_email="a@b.example")
    return take_contact(draft, by=company.by("support"), now=company.now).number
