"""Mails about the status page: wanted, confirmed, sent once, ended at once (P-5.5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import Event
from lifecycle import public_status, retention, subscriptions
from lifecycle.errors import NotFound
from notifications.channels.email import compose
from notifications.models import Message
from process.schema import Document
from statuspage.models import Component, Notice, Page, Subscriber
from tests.company import Company

ADDRESS = "sekretariat@schule.example"


@pytest.fixture
def page(company: Company) -> Page:
    found = public_status.save_page("escola", name=("Escola", "Escola"), by=company.by("it"), now=company.now)
    for name in ("Anmeldung", "Noten"):
        public_status.save_component("escola", name=(name, ""), by=company.by("it"), now=company.now)
    return found


def publish(company: Company, *components: Component) -> Notice:
    return public_status.publish_notice(
        page="escola",
        title=("Gestört", "Disturbed"),
        text=("Wir suchen.", "We are looking."),
        affected=dict.fromkeys((component.pk for component in components), "major"),
        by=company.by("lead"),
        now=company.now,
    )


def readers(page: Page, count: int, **facts: Any) -> list[Subscriber]:
    found = {"language": "de", "asked_at": page.changed_at, "confirmed_at": page.changed_at, **facts}
    return Subscriber.objects.bulk_create(
        Subscriber(page=page, email=f"schule{number}@ort.example", **found) for number in range(count)
    )


def test_an_address_is_written_to_only_after_its_owner_pressed_the_button(page: Page, company: Company):
    client = Client(enforce_csrf_checks=True)
    first = client.post("/status/escola/en/subscribe/", {"email": ADDRESS.upper()})
    assert first.status_code == 200
    assert not client.cookies
    [mail] = Message.objects.filter(kind="status_confirm")
    assert (mail.address, mail.language) == (ADDRESS, "en")
    assert client.get(mail.link).status_code == 200
    publish(company)
    assert not Message.objects.filter(kind="status_update").exists()
    assert client.post(mail.link).status_code == 200
    publish(company)
    [word] = Message.objects.filter(kind="status_update")
    assert "We are looking." in word.body
    again = client.post("/status/escola/en/subscribe/", {"email": ADDRESS})
    assert again.content.lower() == first.content.lower()
    assert Message.objects.filter(kind="status_confirm").count() == 1
    assert ADDRESS not in str(list(Event.objects.values_list("data", "actor_label")))


def test_a_mail_program_can_end_it_with_one_click_and_the_address_is_gone(page: Page, company: Company):
    [reader] = readers(page, 1)
    publish(company)
    mail = compose(Message.objects.get(kind="status_update"))
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https?://[^/]+(/status/unsubscribe/\S+/)>", mail.extra_headers["List-Unsubscribe"])
    assert found is not None
    assert found[1] in mail.body
    client = Client(enforce_csrf_checks=True)
    Page.objects.create(pk=page.pk - 1, slug="first", name_de="Eine andere", name_en="Another", changed_at=company.now)
    assert str(page) in client.get(found[1]).content.decode()
    assert Subscriber.objects.exists()
    for _time in range(2):
        assert client.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()
    assert not Message.objects.filter(address=reader.email).exists()
    assert Message.objects.get(kind="status_update").state == Message.State.SKIPPED
    assert client.post("/status/unsubscribe/1.falsch/").status_code == 404


def test_five_hundred_readers_hear_once_each_in_as_many_statements_as_two(page: Page, company: Company):
    login, grades = Component.objects.all()
    everybody = readers(page, 500)
    everybody[0].components.add(grades)
    notice = publish(company, grades)
    assert Message.objects.filter(kind="status_update").count() == 500
    with CaptureQueriesContext(connection) as asked:
        assert subscriptions.send(notice.updates.get(), now=company.now) == 500
    assert len(asked) <= 5
    assert Message.objects.filter(kind="status_update").count() == 500
    publish(company, login)
    assert Message.objects.filter(kind="status_update").count() == 999


def test_an_address_is_not_flooded_and_forgotten_when_nobody_confirms(page: Page, company: Company, document: Document):
    ask: dict[str, Any] = {"email": ADDRESS, "language": "de"}
    subscriptions.ask("escola", **ask, now=company.now)
    subscriptions.ask("escola", **ask, now=company.now + timedelta(minutes=9))
    [old] = Message.objects.filter(kind="status_confirm")
    token = old.link.split("/")[-2]
    later = company.now + timedelta(minutes=11)
    subscriptions.ask("escola", **ask, now=later)
    assert Message.objects.filter(kind="status_confirm").count() == 2
    with pytest.raises(NotFound):
        subscriptions.confirm(token, now=later)
    [rule] = [rule for rule in document.retention if rule.key == "subscriptions"]
    assert retention.carry_out(rule, now=later + timedelta(days=2)).erased == 0
    assert retention.carry_out(rule, now=later + timedelta(days=3)).erased == 1
    assert not Message.objects.filter(address=ADDRESS).exists()


def test_what_is_no_address_is_said_beside_the_field_and_a_flood_is_stopped(page: Page):
    client = Client()
    answer = client.post("/status/escola/de/subscribe/", {"email": "keine <b>"})
    assert answer.status_code == 422
    assert "keine &lt;b&gt;" in answer.content.decode()
    last = [client.post("/status/escola/de/subscribe/", {"email": "x"}).status_code for _ in range(10)][-1]
    assert last == 429
