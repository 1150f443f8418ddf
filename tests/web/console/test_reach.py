"""«Benachrichtigungen»: chosen by oneself, and what was typed wrongly stands beside its field."""

from __future__ import annotations

from datetime import timedelta

from pytest_django.fixtures import Settings

from directory.models import Person
from notifications.models import Drill, Message, PushDevice, Webhook
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


def test_what_became_of_messages_stands_on_the_incident_and_with_the_person(enter: Entering, company: Company) -> None:
    incident = company.incident(by="dev", urgency="high", impact="high")
    Message.objects.filter(channel="email", person=company.support).update(state="dead", error="no such mailbox")

    page = enter("lead").get(f"/incidents/{incident.number}/receipts/").content.decode()
    assert "Sina Muster" in page
    assert "no such mailbox" in page
    assert "Nochmals" in page

    dead = Message.objects.get(state="dead")
    back = enter("lead").post(
        "/health/replay/", {"message": dead.pk, "next": f"/incidents/{incident.number}/receipts/"}
    )
    assert back.url == f"/incidents/{incident.number}/receipts/"  # type: ignore[attr-defined]
    dead.refresh_from_db()
    assert dead.state == "queued"

    assert incident.number in enter("it").get(f"/settings/people/{company.support.pk}/receipts/").content.decode()
    assert enter("support2").get(f"/settings/people/{company.support.pk}/receipts/").status_code == 403


def test_who_does_not_answer_a_drill_is_listed_where_it_is_seen(enter: Entering, company: Company) -> None:
    it = enter("it")
    assert it.post(f"/settings/people/{company.dev.pk}/drill/").status_code == 302
    assert "Ein Probealarm wartet auf Ihre Antwort." in enter("dev").get("/reach/").content.decode()

    Drill.objects.update(sent_at=company.now - timedelta(days=2))
    assert "nicht geantwortet" in it.get("/settings/people/").content.decode()
    health = it.get("/health/").content.decode()
    assert health.index("Nicht erreichbar") < health.index("Devi Erfunden", health.index("Nicht erreichbar"))

    enter("dev").post("/reach/drill/")
    assert "Nicht erreichbar" not in it.get("/health/").content.decode()
