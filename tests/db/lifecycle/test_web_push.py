"""Push messages: opened by the device only, forgotten with the device."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from directory.models import Person
from lifecycle import channels
from lifecycle.errors import Invalid
from notifications.models import Message, PushDevice
from notifications.selectors import addresses
from notifications.services import Delivered, deliver_due
from notifications.vapid import new_key, public_key
from tests.company import Company
from tests.stubs.base import Reply
from tests.stubs.push import PushStub, raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Settings) -> Iterator[PushStub]:
    """A push service, and a key of ours to sign with."""
    settings.VAPID_KEY = new_key()
    with PushStub() as stub:
        yield stub


def deliver(at: datetime) -> Delivered:
    return deliver_due(now=at, clock=lambda: at)


def register(service: PushStub, company: Company, *names: str) -> None:
    for name in names:
        channels.add_device(**service.subscription(name), label="Firefox", by=company.by("dev"), now=company.now)


def push(company: Company) -> Message:
    """A test message that waits for the devices, and nothing else does."""
    channels.send_test(by=company.by("dev"), now=company.now)
    Message.objects.filter(channel="email").delete()
    return Message.objects.get(channel="web_push")


def test_a_device_opens_what_we_seal_and_sign(service: PushStub, company: Company) -> None:
    assert len(raw(public_key())) == 65
    register(service, company, "phone", "laptop")
    message = push(company)

    assert deliver(company.now) == Delivered(sent=1)
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == ("sent", None)  # the service took it; the device may be off
    assert [asked.path for asked in service.asked] == ["/phone", "/laptop"]
    assert service.shown[0] == {
        "title": message.subject,
        "link": "http://testserver/reach/",
        "answer": "",
        "tag": f"im-{message.pk}",
        "is_urgent": True,
    }
    assert service.asked[0].headers["urgency"] == "high"


def test_a_device_that_is_gone_is_forgotten_and_with_the_last_one_the_channel(
    service: PushStub, company: Company
) -> None:
    register(service, company, "phone", "laptop")
    message = push(company)
    service.bend(Reply(410))
    assert deliver(company.now) == Delivered(sent=1)
    assert [device.endpoint for device in PushDevice.objects.all()] == [f"{service.url}/laptop"]

    message.delete()
    push(company)
    service.bend(Reply(404))
    assert deliver(company.now) == Delivered(dead=1)
    assert "web_push" not in addresses(Person.objects.get(pk=company.dev.pk))
    assert Message.objects.filter(kind="reach_lost", channel="in_app").exists()


def test_a_busy_push_service_is_tried_again(service: PushStub, company: Company) -> None:
    register(service, company, "phone")
    push(company)
    service.bend(Reply(429))

    assert deliver(company.now) == Delivered(retried=1)


def test_only_what_a_browser_may_have_sent_is_registered(service: PushStub, company: Company) -> None:
    for wrong in ({"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "ä"}, {"endpoint": "file:///etc/passwd"}):
        with pytest.raises(Invalid):
            channels.add_device(**{**service.subscription(), **wrong}, label="", by=company.by("dev"), now=company.now)


def test_a_browser_two_people_use_belongs_to_the_one_who_registered_last(service: PushStub, company: Company) -> None:
    register(service, company, "desk")
    channels.add_device(**service.subscription("desk"), label="", by=company.by("lead"), now=company.now)

    assert [device.person for device in PushDevice.objects.all()] == [company.lead]
    assert "web_push" not in addresses(Person.objects.get(pk=company.dev.pk))
