"""The reachability drill: everybody with a role once a week, one click to answer, the silent ones listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from core.models import Event
from directory.models import Person
from lifecycle import drills
from lifecycle.errors import Forbidden
from notifications.channels.email import compose
from notifications.models import Drill, Message
from notifications.selectors import Reachability, backlog, reachability
from tests.company import Company

DAY = timedelta(days=1)
TUESDAY_TEN = timedelta(days=1, hours=1)  # the company lives on Monday at nine, Zurich


@pytest.fixture(autouse=True)
def _on_tuesdays_at_ten(settings: Settings) -> None:
    settings.DRILL_AT = (1, 10)


def silent(people: Iterable[Person], at: datetime) -> list[str]:
    return [found.person.username for found in reachability(people, now=at) if found.is_silent]


def link_of(message: Message) -> str:
    found = re.search(r"https?://\S+/answer/\S+", str(compose(message).body))
    assert found
    return urlsplit(found[0]).path


@pytest.mark.django_db
def test_the_drill_begins_at_its_wall_time_and_once_a_week(company: Company) -> None:
    company.people["pm"].holdings.all().delete()
    Person.objects.filter(username="board").update(absent_until=company.now + timedelta(days=2))
    before, then = company.now + TUESDAY_TEN - timedelta(seconds=1), company.now + TUESDAY_TEN

    assert drills.start_due(now=before) == 0
    assert drills.start_due(now=then, limit=4) == 4
    assert drills.start_due(now=then + timedelta(minutes=5)) == 3  # a sweep that was cut off goes on
    assert drills.start_due(now=then + timedelta(minutes=10)) == 0
    assert drills.start_due(now=company.now + 3 * DAY) == 1  # the board is back
    assert drills.start_due(now=then + 7 * DAY) == 8

    assert not Drill.objects.filter(person__username="pm").exists()
    sent = Message.objects.filter(kind="drill", person=company.dev).order_by("id")
    assert [(row.channel, row.state) for row in sent[:2]] == [("in_app", "skipped"), ("email", "skipped")]
    assert set(Event.objects.filter(kind="drill.sent").values_list("actor_kind", flat=True)) == {"system"}


@pytest.mark.django_db
def test_one_click_without_a_login_answers_on_every_channel(company: Company) -> None:
    then = company.now + TUESDAY_TEN
    drills.start_due(now=then)
    mail = Message.objects.get(kind="drill", channel="email", person=company.dev)
    token = link_of(mail).split("/")[2]

    assert drills.answer(token, now=then + timedelta(minutes=3))
    assert not drills.answer(token, now=then + timedelta(minutes=4))

    drill = Drill.objects.get(person=company.dev)
    assert (drill.answered_via, drill.answered_at) == ("email", then + timedelta(minutes=3))
    states = dict(Message.objects.filter(kind="drill", person=company.dev).values_list("channel", "state"))
    assert states == {"in_app": "sent", "email": "skipped"}  # the mail had not gone out yet
    assert Message.objects.get(kind="drill", person=company.dev, channel="in_app").acknowledged_at is not None


@pytest.mark.django_db
def test_who_did_not_answer_within_a_day_and_whom_nothing_reaches_is_known(company: Company) -> None:
    then = company.now + TUESDAY_TEN
    Person.objects.filter(username="it").update(email="")
    drills.start_due(now=then)
    drills.answer_own(by=company.by("dev"), now=then)
    everybody = list(Person.objects.order_by("pk"))

    assert silent(everybody, then + DAY) == []
    assert "dev" not in silent(everybody, then + DAY + timedelta(minutes=1))
    assert "support" in silent(everybody, then + DAY + timedelta(minutes=1))
    found: dict[str, Reachability] = {row.person.username: row for row in reachability(everybody, now=then)}
    assert [name for name, row in found.items() if not row.is_reached] == ["it"]


@pytest.mark.django_db
def test_leads_and_it_call_one_person_and_others_do_not(company: Company) -> None:
    drills.start_for(company.dev, by=company.by("it"), now=company.now)

    assert Drill.objects.get().week == ""
    assert Event.objects.get(kind="drill.sent").actor_label == "Ivo Technik"
    with pytest.raises(Forbidden):
        drills.start_for(company.dev, by=company.by("support"), now=company.now)


@pytest.mark.django_db
def test_a_held_message_is_no_delay(company: Company) -> None:
    drills.start_for(company.dev, by=company.by("it"), now=company.now)
    Message.objects.update(held_until=company.now + DAY, next_try_at=company.now + DAY)

    assert backlog(now=company.now + DAY).waiting_for == timedelta(0)


@pytest.mark.django_db
def test_the_page_behind_the_link_shows_first_and_answers_by_its_button(company: Company, settings: Settings) -> None:
    drills.start_for(company.dev, by=company.by("it"), now=company.now)
    path = link_of(Message.objects.get(kind="drill", channel="email"))
    browser = Client()

    assert "Ich bin erreichbar" in browser.get(path).content.decode()
    assert Drill.objects.get().answered_at is None
    assert "angekommen" in browser.post(path, follow=True).content.decode()
    assert Drill.objects.get().answered_via == "email"
