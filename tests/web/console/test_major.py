"""A major incident on screen: who decides about it, who of the team is there, what it owes, and who sits where."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import now as real_now
from escalation.models import TeamSeat
from incidents.models import Incident, Review
from lifecycle import finish, major, team, tick
from tests.company import Company
from tests.web.console.conftest import Entering

DOWN = "whole_software_down"


@pytest.fixture
def seated(company: Company) -> Company:
    facts = {"by": company.by("it"), "now": company.now}
    team.save_seat("developer_1", people=[company.dev, company.dev2], **facts)  # type: ignore[arg-type]
    team.save_seat("owner_it", people=[company.it], **facts)  # type: ignore[arg-type]
    return company


def declared(company: Company) -> Incident:
    incident = company.incident()
    return major.declare_major(incident.number, trigger=DOWN, by=company.by("support"), now=company.now)


def test_the_page_shows_the_team_seat_by_seat_and_the_review(enter: Entering, seated: Company) -> None:
    incident = declared(seated)
    tick.sweep(now=seated.now + timedelta(minutes=10))
    page = enter("support").get(f"/incidents/{incident.number}/").content.decode()
    for words in (
        *("Ausfall der gesamten Software", "Erklärt von Sina Muster", "0 von 6 da", "niemand zu rufen"),
        *("Devi Erfunden", "Dario Erdacht", "wird gerufen", "antwortet nicht", "die Stellvertretung folgt"),
        *("Post-Incident Review", "Lea Leitung", "Vorher lässt sich der Incident nicht schliessen."),
    ):
        assert words in page, words


def test_who_is_called_finds_it_on_start_and_answers_there(enter: Entering, seated: Company) -> None:
    incident = declared(seated)
    client = enter("it")
    start = client.get("/").content.decode()
    assert "Wartet auf Ihre Antwort" in start
    assert "Major Incident Team" in start
    assert client.post(f"/incidents/{incident.number}/acknowledge/").status_code == 302
    assert "1 von 6 da" in client.get(f"/incidents/{incident.number}/").content.decode()
    assert "Wartet auf Ihre Antwort" not in client.get("/").content.decode()


@pytest.mark.parametrize(("who", "may"), [("lead", True), ("support", False)])
def test_a_proposal_offers_what_the_reader_may_decide(enter: Entering, company: Company, who: str, may: bool) -> None:
    incident = company.incident(major_triggers=("several_schools_down",))
    path = f"/incidents/{incident.number}/"
    client = enter(who)
    page = client.get(path).content.decode()
    assert f"{path}declare-major/" in page
    assert (f"{path}reject-major/" in page) is may
    answer = client.post(f"{path}reject-major/", {"reason": "Nur eine Schule betroffen."})
    assert answer.status_code == (302 if may else 403)
    incident.refresh_from_db()
    assert incident.major_state == ("rejected" if may else "candidate")


def test_a_lead_demotes_with_a_reason_that_everybody_reads(enter: Entering, company: Company) -> None:
    incident = declared(company)
    path = f"/incidents/{incident.number}/"
    client = enter("lead")
    assert f"{path}demote-major/" in client.get(path).content.decode()
    short = client.post(f"{path}demote-major/", {"reason": "nö"})
    assert (short.status_code, "Warum ist es kein Major Incident?" in short.content.decode()) == (422, True)
    assert client.post(f"{path}demote-major/", {"reason": "Es war eine Schule."}).status_code == 302
    page = client.get(path).content.decode()
    assert "Kein Major Incident mehr" in page
    assert "Es war eine Schule." in page
    assert 'id="major"' not in page
    assert f"{path}demote-major/" not in page


def test_a_second_major_may_be_attached_to_the_first(enter: Entering, company: Company) -> None:
    main, other = declared(company), company.incident()
    client = enter("support")
    form = client.get(f"/incidents/{other.number}/declare-major/").content.decode()
    way = f"/incidents/{other.number}/link/?kind=child&amp;target={main.number}"
    assert way in form
    filled = client.get(way.replace("&amp;", "&")).content.decode()
    assert f'value="{main.number}"' in filled
    assert '<option value="child" selected>' in filled


def test_a_resolved_major_is_closed_after_its_review(enter: Entering, company: Company) -> None:
    incident = declared(company)
    by = company.by("support")
    finish.resolve(incident.number, code="recovered", text="Läuft.", by=by, now=real_now())
    path = f"/incidents/{incident.number}/"
    client = enter("lead")
    page = client.get(path).content.decode()
    assert f"{path}review-done/" in page
    assert f"{path}close/" not in page
    refused = client.post(f"{path}close/")
    assert (refused.status_code, "Zuerst der Post-Incident Review" in refused.content.decode()) == (422, True)
    assert client.post(f"{path}review-done/", {"reference": "Protokoll im Projektraum"}).status_code == 302
    assert Review.objects.get().reference == "Protokoll im Projektraum"
    assert client.post(f"{path}close/").status_code == 302


def test_a_lead_keeps_the_seats_and_everybody_sees_them(enter: Entering, seated: Company) -> None:
    page = enter("support").get("/settings/major-team/").content.decode()
    assert "Dario Erdacht" in page
    assert page.count("niemand</span>") == 4
    path = "/settings/major-team/developer_1/"
    assert enter("support").get(path).status_code == 403
    client = enter("lead")
    facts = {"person_0": seated.dev2.pk, "person_2": seated.dev.pk}
    assert client.post(path, facts).status_code == 302
    seats = TeamSeat.objects.filter(key="developer_1")
    assert [seat.person for seat in seats] == [seated.dev2, seated.dev]
    twice = client.post(path, {"person_0": seated.dev.pk, "person_1": seated.dev.pk})
    assert (twice.status_code, "nur einmal" in twice.content.decode()) == (422, True)
    assert client.get("/settings/major-team/barkeeper/").status_code == 404


def test_vacant_seats_stand_on_the_health_page(enter: Entering, seated: Company) -> None:
    page = enter("support").get("/health/").content.decode()
    assert "Niemand ist zu rufen für Gründer, Inhaber, Datenschutzverantwortlicher, Leitung Entwicklung" in page
