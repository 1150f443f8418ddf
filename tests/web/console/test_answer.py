"""A call answered from the mail that brought it: no login, one act, once (P-5.3)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from core.models import Event
from escalation.models import Step
from escalation.selectors import waits_for
from incidents.models import Incident
from lifecycle import climb, finish, respond
from notifications.answer_links import VALID_FOR
from notifications.channels.email import compose
from notifications.models import Message
from tests.company import Company


def outside() -> Client:
    """A browser nobody is logged in with; forgery checks are on, as in the world."""
    return Client(enforce_csrf_checks=True)


def link_in_the_mail(incident: Incident, company: Company, name: str) -> str:
    """The path behind the button of the mail that called somebody."""
    message = Message.objects.get(
        topic_id=incident.pk, kind="escalation_call", channel="email", person=company.people[name]
    )
    found = re.search(r"https?://\S+/answer/\S+", str(compose(message).body))
    assert found
    return urlsplit(found[0]).path


def press(client: Client, path: str) -> str:
    """Press the one button of the page as a browser does; what the page then says."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(path).text)
    assert token
    return client.post(path, {"csrfmiddlewaretoken": token[1]}, follow=True).text


@pytest.fixture
def incident(company: Company) -> Incident:
    return company.incident()


def test_the_button_in_the_mail_takes_the_incident_on_without_a_login(company: Company, incident: Incident) -> None:
    client = outside()
    assert "Sie haben den Incident übernommen" in press(client, link_in_the_mail(incident, company, "support"))
    incident.refresh_from_db()
    assert incident.assignee == company.support
    assert incident.acknowledged_at is not None
    assert Event.objects.get(kind="escalation.acknowledged").via == "mail"


def test_answering_opens_nothing_else(company: Company, incident: Incident) -> None:
    client = outside()
    press(client, link_in_the_mail(incident, company, "support"))
    assert client.get(f"/incidents/{incident.number}/").status_code == 302
    assert client.get("/").status_code == 302


def test_a_mail_program_that_fetches_the_link_answers_nothing(company: Company, incident: Incident) -> None:
    path = link_in_the_mail(incident, company, "support")
    for ask in (Client().get, Client().head):
        assert ask(path).status_code == 200
    assert Step.objects.get(incident=incident).state == Step.State.CALLING


def test_every_other_message_of_the_call_to_that_person_stops(company: Company, incident: Incident) -> None:
    press(outside(), link_in_the_mail(incident, company, "support"))
    mine = Message.objects.filter(topic_id=incident.pk, person=company.support, needs_ack=True)
    assert not mine.filter(state=Message.State.QUEUED).exists()
    assert not mine.filter(channel="in_app", acknowledged_at=None).exists()


def test_a_link_works_once(company: Company, incident: Incident) -> None:
    path = link_in_the_mail(incident, company, "support")
    press(outside(), path)
    version = Incident.objects.get(pk=incident.pk).version
    page = Client().get(path).text
    assert "Sie haben den Incident übernommen" in page
    assert "<button" not in page
    assert Client().post(path).status_code == 302
    assert Incident.objects.get(pk=incident.pk).version == version
    assert Event.objects.filter(kind="escalation.acknowledged").count() == 1


def test_a_link_that_was_used_answers_no_later_call(company: Company, incident: Incident, now) -> None:
    path = link_in_the_mail(incident, company, "support")
    Message.objects.filter(topic_id=incident.pk, channel="email").update(state=Message.State.SENT)
    press(outside(), path)
    climb.call_again(incident, rule="§5.1", by=company.by("lead"), now=now)
    assert waits_for(company.support, incident)
    assert "<button" not in Client().get(path).text
    Client().post(path)
    assert waits_for(company.support, incident)


def test_who_comes_second_reads_who_was_first(company: Company, incident: Incident, now) -> None:
    path = link_in_the_mail(incident, company, "support")
    respond.acknowledge(incident.number, by=company.by("support2"), now=now)
    Client().post(path)
    assert "Silas Beispiel hat den Incident bereits übernommen" in Client().get(path).text
    incident.refresh_from_db()
    assert incident.assignee == company.support2


def test_a_call_that_is_over_says_so(company: Company, incident: Incident, now) -> None:
    path = link_in_the_mail(incident, company, "support")
    finish.cancel(incident.number, code="not_an_incident", reason="Versehen", by=company.by("support2"), now=now)
    assert Client().post(path).status_code == 302
    assert "gilt nicht mehr" in Client().get(path).text


def test_a_forged_an_old_and_a_strangers_link_lead_nowhere(company: Company, incident: Incident, now) -> None:
    path = link_in_the_mail(incident, company, "support")
    token = path.split("/")[-2]
    other = str(int(token.split(".")[0]) + 1)
    for forged in (
        f"{other}.{token.split('.')[1]}",
        token[:-1],
        "1",
        "x.y",
        "%00",
        "9" * 40 + "." + token.split(".")[1],
    ):
        assert Client().get(f"/answer/{forged}/").status_code == 404, forged
    Message.objects.filter(kind="escalation_call").update(created_at=now - VALID_FOR)
    assert Client().get(path).status_code == 404
    Message.objects.filter(kind="escalation_call").update(created_at=now - VALID_FOR + timedelta(seconds=1))
    assert Client().get(path).status_code == 200
    company.support.is_active = False
    company.support.save()
    assert Client().get(path).status_code == 404


def test_the_page_speaks_the_language_of_whoever_was_called(company: Company, now) -> None:
    company.support.language = "en"
    company.support.save()
    incident = company.incident()
    assert "Take it on" in Client().get(link_in_the_mail(incident, company, "support")).text
