"""Every room opens for whom it is meant, asks a constant number of questions, and stays shut for others."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from lifecycle.intake import ContactDraft, take_contact
from tests.company import Company
from tests.web.console.conftest import Entering

ROOMS = [
    "/",
    "/inbox/",
    "/inbox/?shelf=handed_on",
    "/inbox/new/",
    "/incidents/?open=true",
    "/incidents/?sort=newest",
    "/incidents/?q=noten",
    "/on-call/",
    "/on-call/new/",
    "/on-call/simulate/",
    "/health/",
    "/sla/what-if/",
    "/bell/",
    "/reach/",
    "/reach/webhook/",
    "/settings/people/",
    "/settings/people/new/",
    "/settings/teams/",
    "/settings/teams/new/",
    "/settings/major-team/",
    "/settings/major-team/developer_1/",
    "/settings/schools/",
    "/settings/schools/new/",
    "/settings/sources/",
    "/settings/sources/new/",
    "/settings/heartbeats/",
    "/settings/heartbeats/new/",
    "/settings/keys/",
    "/settings/keys/new/",
    "/settings/process/",
    "/accounts/2fa/",
    "/accounts/password/change/",
]
MOST_QUERIES = 12


def test_every_room_opens_for_the_it_manager(enter: Entering, company: Company) -> None:
    company.incident()
    client = enter("it")
    assert {path: client.get(path).status_code for path in ROOMS} == dict.fromkeys(ROOMS, 200)


def test_nobody_enters_without_a_login(company: Company) -> None:
    answers = {path: Client().get(path) for path in ROOMS}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(ROOMS, 302)
    assert all(answer["Location"].startswith("/accounts/login/?next=") for answer in answers.values())


def test_a_script_that_lost_its_session_is_told_so_instead_of_getting_a_login_page(company: Company) -> None:
    assert Client(headers={"HX-Request": "true", "HX-Target": "queue"}).get("/incidents/?open=true").status_code == 401


def test_who_may_not_change_settings_is_refused(enter: Entering) -> None:
    client = enter("support")
    for path in ("/settings/people/new/", "/settings/sources/new/", "/settings/teams/new/"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/", "/inbox/", "/incidents/?open=true", "/incidents/?q=noten"])
def test_a_list_asks_the_same_few_questions_however_long_it_is(path: str, enter: Entering, company: Company) -> None:
    client = enter("support")
    _fill(company, 2)
    client.get(path)  # what is worked out once per process or quarter minute is not the page's cost
    few = _queries(client, path)
    _fill(company, 20)
    assert _queries(client, path) == few
    assert few <= MOST_QUERIES


def test_one_incident_asks_the_same_few_questions_however_long_its_story_is(enter: Entering, company: Company) -> None:
    incident = company.incident()
    client = enter("support")
    path = f"/incidents/{incident.number}/"
    client.post(f"{path}note/", {"text": "Erste Notiz"})
    client.get(path)
    few = _queries(client, path)
    for text in "abcdefgh":
        client.post(f"{path}note/", {"text": text})
    assert _queries(client, path) == few
    assert few <= MOST_QUERIES


def test_a_number_nobody_has_is_not_found(enter: Entering) -> None:
    assert enter("support").get("/incidents/INC-2026-999999/").status_code == 404


def test_somebody_without_a_role_finds_no_incident_of_others(enter: Entering, company: Company) -> None:
    incident = company.incident()
    company.support2.holdings.all().delete()
    client = enter("support2")
    assert client.get(f"/incidents/{incident.number}/").status_code == 404
    assert incident.title not in client.get("/incidents/?sort=newest").content.decode()


@pytest.mark.parametrize("language", ["de", "en"])
def test_rooms_speak_the_language_of_the_person(language: str, enter: Entering, company: Company) -> None:
    company.support.language = language
    company.support.save()
    page = enter("support").get("/").content.decode()
    assert ("Was jetzt zu tun ist" in page) is (language == "de")
    assert ("What to do now" in page) is (language == "en")


def test_a_page_carries_no_inline_script_or_style(enter: Entering, company: Company) -> None:
    incident = company.incident()
    page = enter("support").get(f"/incidents/{incident.number}/").content.decode()
    assert " style=" not in page
    assert "onclick" not in page
    assert "<style" not in page


def _fill(company: Company, count: int) -> None:
    for place in range(count):
        company.incident(title=f"Noten {place}")
        draft = ContactDraft(channel="email", subject=f"Frage {place}", reporter_name="Muster")
        take_contact(draft, by=company.by("support"), now=company.now)
    Incident.objects.filter(pk__in=Incident.objects.order_by("pk")[:1]).update(assignee=company.support)


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len([query for query in asked if query["sql"].startswith(("SELECT", "("))])
