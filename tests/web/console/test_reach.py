"""«Benachrichtigungen»: chosen by oneself, and what was typed wrongly stands beside its field."""

from __future__ import annotations

from pytest_django.fixtures import Settings

from directory.models import Person
from notifications.models import Message, PushDevice, Webhook
from notifications.rules.reach import Reach
from notifications.vapid import new_key
from tests.company import Company
from tests.stubs.push import PushStub
from tests.web.console.conftest import Entering


def test_a_person_chooses_channels_and_quiet_hours(enter: Entering, company: Company) -> None:
    browser = enter("dev")
    assert "dev@escola.example" in browser.get("/reach/").content.decode()

    wrong = browser.post("/reach/", {"other": ["email"], "quiet_start": "22:00", "quiet_days": ["0"]})
    assert wrong.status_code == 422
    assert "Eine Ruhezeit braucht Anfang und Ende." in wrong.content.decode()

    right = {"urgent": ["email"], "quiet_start": "22:00", "quiet_end": "06:00", "quiet_days": ["0", "1"]}
    assert browser.post("/reach/", right).status_code == 302
    reach = Reach.read(Person.objects.get(pk=company.dev.pk).reach)
    assert reach.urgent == {"email"}
    assert not reach.other
    assert reach.quiet is not None
    assert reach.quiet.days == {0, 1}


def test_a_webhook_shows_its_secret_once_and_a_test_message_takes_every_channel(
    enter: Entering, company: Company
) -> None:
    browser = enter("dev")
    assert browser.post("/reach/webhook/", {"url": "ftp://example.org"}).status_code == 422

    shown = browser.post("/reach/webhook/", {"url": "https://example.org/in"}).content.decode()
    assert "whsec_" in shown
    assert "whsec_" not in Webhook.objects.get().secret

    browser.post("/reach/test/")
    assert set(Message.objects.values_list("channel", flat=True)) == {"in_app", "email", "webhook"}
    assert "angekommen" in browser.get("/reach/").content.decode()

    browser.post("/reach/webhook/drop/")
    assert not Webhook.objects.exists()


def test_a_device_is_registered_under_its_name_and_signed_off_again(
    enter: Entering, company: Company, settings: Settings
) -> None:
    settings.VAPID_KEY = new_key()
    browser = enter("dev")
    assert "data-push-key" in browser.get("/reach/").content.decode()
    assert browser.get("/sw.js")["Content-Type"] == "text/javascript"

    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    with PushStub() as service:
        browser.post("/reach/devices/", service.subscription(), headers={"User-Agent": agent})
    device = PushDevice.objects.get()
    assert "Firefox, Linux" in browser.get("/reach/").content.decode()

    assert enter("lead").post(f"/reach/devices/{device.pk}/drop/").status_code == 404
    browser.post(f"/reach/devices/{device.pk}/drop/")
    assert not PushDevice.objects.exists()
