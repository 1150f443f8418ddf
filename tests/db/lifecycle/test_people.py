"""A lost second factor is taken away by somebody who may, for a reason, and whoever lost it is told."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.test import Client

from core.models import Event
from directory.models import Person
from directory.second_factor import has_second_factor
from lifecycle import channels, respond
from lifecycle.errors import Forbidden, Invalid
from lifecycle.people import close_login, reset_reach, reset_second_factor
from notifications.models import Message, Webhook
from notifications.rules.reach import DEFAULT, Quiet, Reach
from tests.company import Company

WHY = "Telefon verloren, am Empfang ausgewiesen"


def protect(person: Person) -> Person:
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    return person


def logged_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/settings/people/").status_code == 200)


def test_it_is_gone_with_its_codes_and_stands_in_the_log(company: Company, now: datetime) -> None:
    dev = protect(company.dev)
    reset_second_factor(dev, reason=f" {WHY} ", by=company.by("it"), now=now)
    assert not has_second_factor(dev)
    event = Event.objects.get(kind="person.second_factor_reset")
    assert (event.subject_type, event.subject_id, event.actor_label) == ("person", dev.pk, "Ivo Technik")
    assert event.data == {"reason": WHY}


def test_all_sessions_of_that_person_end_and_no_others(company: Company, now: datetime) -> None:
    desk, phone, other = logged_in(protect(company.dev)), logged_in(company.dev), logged_in(company.support)
    assert [is_in(desk), is_in(phone), is_in(other)] == [True, True, True]
    reset_second_factor(company.dev, reason=WHY, by=company.by("it"), now=now)
    assert [is_in(desk), is_in(phone), is_in(other)] == [False, False, True]
    assert Session.objects.count() == 1


def test_the_person_is_told_in_the_app_and_by_mail(company: Company, now: datetime) -> None:
    company.dev.language = "en"
    company.dev.save()
    reset_second_factor(protect(company.dev), reason=WHY, by=company.by("it"), now=now)
    told = Message.objects.filter(kind="second_factor_reset")
    assert {(message.channel, message.person) for message in told} == {
        ("in_app", company.dev),
        ("email", company.dev),
    }
    assert all("Ivo Technik" in message.body and WHY in message.body for message in told)
    assert {message.subject for message in told} == {"Your second factor was reset"}


@pytest.mark.parametrize("who", ["support", "dev2", "lead", "dpo", "pm", "board"])
def test_only_who_manages_people_may(company: Company, now: datetime, who: str) -> None:
    with pytest.raises(Forbidden):
        reset_second_factor(protect(company.dev), reason=WHY, by=company.by(who), now=now)
    assert has_second_factor(company.dev)


def test_nobody_resets_their_own(company: Company, now: datetime) -> None:
    with pytest.raises(Forbidden):
        reset_second_factor(protect(company.it), reason=WHY, by=company.by("it"), now=now)
    assert has_second_factor(company.it)


def test_an_administrators_is_reset_by_another_administrator_only(company: Company, now: datetime) -> None:
    Person.objects.filter(pk__in=[company.board.pk, company.lead.pk]).update(is_superuser=True)
    board, lead = (protect(Person.objects.get(pk=person.pk)) for person in (company.board, company.lead))
    with pytest.raises(Forbidden):
        reset_second_factor(board, reason=WHY, by=company.by("it"), now=now)
    company.people["lead"] = lead
    reset_second_factor(board, reason=WHY, by=company.by("lead"), now=now)
    assert not has_second_factor(board)


@pytest.mark.parametrize(("has_one", "reason"), [(True, "  "), (False, WHY)])
def test_without_a_reason_or_a_second_factor_nothing_happens(
    company: Company, now: datetime, has_one: bool, reason: str
) -> None:
    person = protect(company.dev) if has_one else company.dev
    client = logged_in(person)
    with pytest.raises(Invalid) as refused:
        reset_second_factor(person, reason=reason, by=company.by("it"), now=now)
    assert list(refused.value.errors) == ["reason"]
    assert has_second_factor(person) is has_one
    assert is_in(client)
    assert not Message.objects.exists()


@pytest.fixture
def connected(company: Company) -> Person:
    """Somebody with a webhook, quiet hours all day, and an incident."""
    by = company.by("dev")
    channels.set_webhook(url="http://localhost:9/in", by=by, now=company.now)
    quiet = Quiet(time(0), time(23, 59))
    channels.choose(urgent=["webhook"], other=["email", "webhook"], quiet=quiet, by=by, now=company.now)
    company.dev.refresh_from_db()
    return company.dev


def test_channels_that_hide_calls_are_reset_by_it_and_their_owner_reads_so(
    company: Company, connected: Person, now: datetime
) -> None:
    with pytest.raises(Forbidden):
        reset_reach(connected, by=company.by("lead"), now=now)
    reset_reach(connected, by=company.by("it"), now=now)
    assert not Webhook.objects.exists()
    connected.refresh_from_db()
    assert Reach.read(connected.reach) == DEFAULT
    told = Message.objects.filter(kind="reach_reset", person=connected)
    assert set(told.values_list("channel", flat=True)) == {"in_app", "email"}


def test_nothing_leads_to_whoever_left_and_what_was_on_its_way_stops(
    company: Company, connected: Person, now: datetime
) -> None:
    incident = company.incident()
    respond.assign(incident.number, person_id=connected.pk, by=company.by("support"), now=now)
    waiting = Message.objects.filter(person=connected).exclude(channel="in_app")
    assert set(waiting.values_list("channel", "state")) == {("email", "queued"), ("webhook", "queued")}

    close_login(connected, by=company.by("it"), now=now)

    assert set(waiting.values_list("state", "error")) == {("skipped", "left")}
    assert not Webhook.objects.exists()
    respond.comment(incident.number, text="Geht es voran?", by=company.by("support"), now=now)
    assert not waiting.filter(state="queued").exists()
