"""Text messages by a provider: short, with the link that answers, and a receipt when they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from core.models import Event
from directory.models import Person
from lifecycle import channels
from notifications.models import Message
from notifications.services import Delivered, deliver_due
from tests.company import Company
from tests.stubs.sms import SmsStub, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Settings, company: Company) -> Iterator[SmsStub]:
    """A provider that is set, and people of Support whose calls come by SMS only."""
    with SmsStub() as stub:
        settings.SMS_URL = stub.setting
        Person.objects.filter(username__startswith="support").update(phone="079 123 45 67")
        for name in ("support", "support2"):
            company.people[name].refresh_from_db()
            channels.choose(urgent=["sms"], other=[], quiet=None, by=company.by(name), now=company.now)
        yield stub


def deliver(at: datetime) -> Delivered:
    return deliver_due(now=at, clock=lambda: at)


def call(company: Company) -> Message:
    """A call to somebody of Support about a critical incident; nothing else waits."""
    company.incident(by="dev", urgency="high", impact="high", title="Notenblatt " * 30)
    message = Message.objects.filter(channel="sms", kind="escalation_call").order_by("id")[0]
    Message.objects.exclude(pk=message.pk).delete()
    return message


def test_a_call_is_a_short_text_with_the_link_that_answers_it(provider: SmsStub, company: Company) -> None:
    message = call(company)
    deliver(company.now)

    [text] = provider.texts
    assert (text["To"], text["From"]) == ("+41791234567", "+41790000000")
    assert len(text["Body"]) <= 300
    link = text["Body"].split("\n")[1]
    assert f"/answer/{message.pk}." in link
    page = Client().get(urlsplit(link).path).content.decode()
    assert "Übernehmen" in page


def test_the_provider_reports_what_became_of_it_and_nobody_else_can(provider: SmsStub, company: Company) -> None:
    message = call(company)
    deliver(company.now)
    callback = provider.texts[0]["StatusCallback"]
    report = {"MessageStatus": "delivered", "MessageSid": "SM1"}

    def post(form: dict[str, str], signature: str, url: str = callback) -> int:
        headers = {"X-Twilio-Signature": signature}
        return Client().post(urlsplit(url).path, form, headers=headers).status_code

    assert post(report, "forged") == 403
    assert post(report, provider.sign(callback, report), callback.replace(f"/{message.pk}.", "/99.")) == 404
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == ("sent", None)

    sent_only = {"MessageStatus": "sent"}
    assert post(sent_only, provider.sign(callback, sent_only)) == 204
    assert post(report, provider.sign(callback, report)) == 204
    message.refresh_from_db()
    assert message.delivered_at is not None


def test_what_the_provider_could_not_deliver_is_a_dead_letter(provider: SmsStub, company: Company) -> None:
    message = call(company)
    deliver(company.now)
    callback, report = provider.texts[0]["StatusCallback"], {"MessageStatus": "undelivered", "ErrorCode": "30003"}

    Client().post(urlsplit(callback).path, report, headers={"X-Twilio-Signature": provider.sign(callback, report)})

    message.refresh_from_db()
    assert (message.state, message.error) == ("dead", "undelivered (30003)")
    assert Event.objects.get(kind="message.dead").data["message"] == message.pk


@pytest.mark.parametrize(
    ("code", "status", "outcome", "attempts"),
    [
        (21211, 400, Delivered(dead=1), 1),  # no number
        (20429, 429, Delivered(retried=1), 1),
        (20003, 401, Delivered(retried=1), 0),  # wrong login: nobody is reached, not counted
    ],
)
def test_a_providers_error_means_what_its_code_says(
    code: int, status: int, outcome: Delivered, attempts: int, provider: SmsStub, company: Company
) -> None:
    message = call(company)
    provider.bend(refused(code, status))

    assert deliver(company.now) == outcome
    message.refresh_from_db()
    assert message.attempts == attempts
    assert not deliver(company.now + timedelta(seconds=1))


def test_without_a_provider_no_text_message_is_queued(company: Company, settings: Settings) -> None:
    Person.objects.update(phone="079 123 45 67")
    company.incident(by="dev", urgency="high", impact="high")
    assert not Message.objects.filter(channel="sms").exists()

    settings.SMS_URL = "log:"
    channels.send_test(by=company.by("dev"), now=company.now)
    Message.objects.filter(channel="email").delete()
    assert deliver(company.now) == Delivered(sent=Message.objects.filter(channel="sms").count())
