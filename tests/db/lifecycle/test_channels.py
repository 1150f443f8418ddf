"""Everybody chooses how they are reached, and stays reachable for what is urgent."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from pytest_django.fixtures import Settings

from core.models import Event
from directory.models import Person
from escalation.models import Step
from escalation.rules.policy import Move
from escalation.simulation import simulate
from lifecycle import channels, major, ranking, respond, tick
from lifecycle.errors import Invalid
from notifications.models import Message, Webhook
from notifications.rules.reach import Quiet
from notifications.services import Delivered, channels_to, deliver_due
from process.schema import ChainName
from tests.company import Company
from tests.stubs.base import Reply
from tests.stubs.webhook import WebhookStub

pytestmark = pytest.mark.django_db
ALL_DAY = Quiet(time(0), time(23, 59))


@pytest.fixture
def hook() -> Iterator[WebhookStub]:
    with WebhookStub() as stub:
        yield stub


def messages(person: Person, channel: str) -> list[Message]:
    return list(Message.objects.filter(person=person, channel=channel).order_by("id"))


def deliver(at: datetime) -> Delivered:
    return deliver_due(now=at, clock=lambda: at)


def connect(hook: WebhookStub, company: Company) -> Person:
    hook.secret = channels.set_webhook(url=f"{hook.url}/in", by=company.by("dev"), now=company.now)
    return Person.objects.get(pk=company.dev.pk)


def test_nobody_switches_off_the_last_way_to_them_for_what_is_urgent(company: Company) -> None:
    with pytest.raises(Invalid) as refused:
        channels.choose(urgent=[], other=[], quiet=None, by=company.by("dev"), now=company.now)
    assert list(refused.value.errors) == ["urgent"]

    channels.choose(urgent=["email"], other=[], quiet=None, by=company.by("dev"), now=company.now)

    assert list(channels_to(company.dev, is_urgent=True)) == ["in_app", "email"]
    assert list(channels_to(company.dev, is_urgent=False)) == ["in_app"]
    assert Event.objects.get(kind="reach.chosen").data == {"urgent": ["email"], "other": [], "quiet": None}


def test_a_choice_that_leads_nowhere_any_more_gives_way_to_every_channel_there_is(company: Company) -> None:
    company.dev.reach = {"urgent": ["webhook"], "other": ["webhook"]}

    assert list(channels_to(company.dev, is_urgent=True)) == ["in_app", "email"]
    assert list(channels_to(company.dev, is_urgent=False)) == ["in_app"]


def test_what_is_not_urgent_waits_for_the_end_of_quiet_hours_unless_it_becomes_a_major(company: Company) -> None:
    by = company.by("support2")
    channels.choose(urgent=["email"], other=["email"], quiet=ALL_DAY, by=by, now=company.now)
    incident = company.incident(by="dev")
    respond.assign(incident.number, person_id=company.support2.pk, by=company.by("support"), now=company.now)

    held = Message.objects.get(kind="incident_assigned", channel="email")
    assert held.next_try_at == company.now.replace(hour=22, minute=59, second=0, microsecond=0)  # 23:59 in Zurich
    notice = Message.objects.get(kind="incident_assigned", channel="in_app")
    assert notice.delivered_at == company.now

    major.declare_major(incident.number, trigger="acute_danger", by=company.by("lead"), now=company.now)
    held.refresh_from_db()
    assert held.next_try_at == company.now


def test_a_call_that_can_wait_does_while_everybody_wants_quiet_and_a_higher_priority_ends_that(
    company: Company,
) -> None:
    for name in ("support", "support2"):
        channels.choose(urgent=["email"], other=["email"], quiet=ALL_DAY, by=company.by(name), now=company.now)
    incident = company.incident(by="dev")
    step = Step.objects.get(incident=incident)
    assert not step.calls.exists()
    assert step.next_call_at == company.now.replace(hour=22, minute=59, second=0, microsecond=0)
    assert Event.objects.get(kind="escalation.held").data["step"] == step.pk
    [held, called] = simulate(incident, ChainName.FUNCTIONAL, at=company.now, silent=()).scenes
    assert (held.move, called.at) == (Move.HOLD, step.next_call_at)

    ranking.set_priority(incident.number, urgency="high", impact="high", by=company.by("dev"), now=company.now)
    tick.sweep(now=company.now)

    assert step.calls.count() == 2
    step.refresh_from_db()
    assert step.next_call_at == company.now + timedelta(minutes=10)


def test_whoever_is_being_called_has_the_minutes_of_a_higher_priority_from_then_on(company: Company) -> None:
    step = Step.objects.get(incident=company.incident())
    later = company.now + timedelta(minutes=5)
    raised = {"urgency": "high", "impact": "high", "by": company.by("dev"), "now": later}
    ranking.set_priority(step.incident.number, **raised)  # type: ignore[arg-type]
    step.refresh_from_db()
    assert step.next_call_at == company.now + timedelta(minutes=10)


def test_a_webhook_gets_signed_messages_each_under_one_id(hook: WebhookStub, company: Company) -> None:
    dev = connect(hook, company)
    channels.send_test(by=company.by("dev"), now=company.now)
    Message.objects.filter(channel="email").delete()
    [message] = messages(dev, "webhook")
    hook.bend(Reply(503))

    assert deliver(company.now) == Delivered(retried=1)
    later = company.now + timedelta(minutes=2)
    assert deliver(later) == Delivered(sent=1)

    message.refresh_from_db()
    assert (message.state, message.delivered_at) == ("sent", later)
    assert {asked.headers["webhook-id"] for asked in hook.asked} == {f"im-{message.pk}"}
    assert hook.taken[0]["data"]["link"] == "http://testserver/reach/"


def test_what_hangs_makes_nothing_wait_that_goes_another_way(
    hook: WebhookStub, company: Company, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.http.TIMEOUT", 0.2)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes every connection, and never says a word
        settings.EMAIL_PORT = port = silent.getsockname()[1]
        channels.set_webhook(url=f"http://127.0.0.1:{port}/in", by=company.by("it"), now=company.now)
        connect(hook, company)
        for name, minute in itertools.product(("it", "dev"), range(3)):
            channels.send_test(by=company.by(name), now=company.now + timedelta(minutes=minute))
        begun = deliver(company.now + timedelta(minutes=2))

    states = Message.objects.values_list("channel", "person__username", "state")
    assert {state for channel, name, state in states if (channel, name) == ("webhook", "dev")} == {"sent"}
    assert {state for channel, name, state in states if (channel, name) == ("webhook", "it")} == {"queued"}
    assert {state for channel, _name, state in states if channel == "email"} == {"queued"}
    assert begun == Delivered(sent=3, retried=2), "each way that hangs costs one wait"


def test_while_a_secret_is_exchanged_both_sign(hook: WebhookStub, company: Company) -> None:
    connect(hook, company)
    channels.set_webhook(url=f"{hook.url}/in", by=company.by("dev"), now=company.now)  # the stub keeps the old one
    Message.objects.all().delete()
    channels.send_test(by=company.by("dev"), now=company.now)

    deliver(company.now)
    assert len(hook.taken) == 1

    channels.send_test(by=company.by("dev"), now=company.now + timedelta(days=1))
    deliver(company.now + timedelta(days=1))
    assert len(hook.taken) == 1


def test_a_webhook_that_is_gone_is_switched_off_and_its_owner_reads_so(hook: WebhookStub, company: Company) -> None:
    dev = connect(hook, company)
    channels.send_test(by=company.by("dev"), now=company.now)
    hook.bend(Reply(410))

    deliver(company.now)

    dev.refresh_from_db()
    assert "webhook" not in channels_to(dev, is_urgent=True)
    assert not Webhook.objects.exists()
    assert messages(dev, "webhook")[0].state == "dead"
    assert messages(dev, "in_app")[-1].kind == "reach_lost"
    assert Event.objects.filter(kind="reach.place_lost", subject_id=dev.pk).exists()


def test_a_webhook_leads_to_the_public_internet_only(company: Company, settings: pytest.FixtureRequest) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False  # type: ignore[attr-defined]
    with pytest.raises(Invalid):
        channels.set_webhook(url="http://example.org/in", by=company.by("dev"), now=company.now)
    channels.set_webhook(url="https://127.0.0.1/in", by=company.by("dev"), now=company.now)
    channels.send_test(by=company.by("dev"), now=company.now)

    deliver(company.now)

    [message] = messages(company.dev, "webhook")
    assert (message.state, message.attempts) == ("dead", 1)
    assert "not on the public internet" in message.error
