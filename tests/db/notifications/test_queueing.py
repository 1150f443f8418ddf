"""Into the outbox: each message once, each text rendered once, in few statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from core.actors import SYSTEM
from directory.models import Person
from directory.services import create_person
from notifications import rendering
from notifications.models import Message
from notifications.selectors import bell, is_pending, receipts_of, unread_count
from notifications.services import Draft, mark_read, notify_people, queue_all, skip_topic
from notifications.services import queueing as module

pytestmark = pytest.mark.django_db
ABOUT = {"number": "INC-2026-000123", "title": "Noten", "priority": "high"}


@pytest.fixture
def anna(now: datetime) -> Person:
    return create_person(username="anna", email="anna@escola.example", actor=SYSTEM, now=now)


@pytest.fixture
def ben(now: datetime) -> Person:
    return create_person(username="ben", email="", language="en", actor=SYSTEM, now=now)


def tell(*people: Person, now: datetime, key: str = "incident:1", **facts: Any) -> int:
    return notify_people(
        people, kind="incident_opened", context=ABOUT, key=key, now=now, topic_type="incident", topic_id=1, **facts
    )


def test_a_person_hears_in_the_app_at_once_and_by_mail_as_soon_as_it_is_sent(anna: Person, now: datetime) -> None:
    tell(anna, now=now, link="/incidents/INC-2026-000123/")

    in_app, mail = sorted(Message.objects.all(), key=lambda row: row.channel, reverse=True)
    assert (in_app.channel, in_app.state, in_app.sent_at) == ("in_app", "sent", now)
    assert (mail.channel, mail.state, mail.next_try_at) == ("email", "queued", now)
    assert mail.address == "anna@escola.example"
    assert mail.thread == "INC-2026-000123"
    assert bell(anna) == [in_app]


def test_who_has_no_address_hears_in_the_app_only(ben: Person, now: datetime) -> None:
    assert tell(ben, now=now) == 1
    assert Message.objects.get().channel == "in_app"


def test_the_same_key_makes_a_message_once(anna: Person, now: datetime) -> None:
    tell(anna, now=now)
    tell(anna, now=now)
    tell(anna, now=now, key="incident:2")

    assert Message.objects.count() == 4


def test_a_text_is_rendered_once_per_language_and_not_per_person(anna: Person, ben: Person, now: datetime) -> None:
    others = [create_person(username=f"p{n}", email=f"p{n}@escola.example", actor=SYSTEM, now=now) for n in range(8)]

    with patch.object(module, "render", wraps=rendering.render) as render:
        tell(anna, ben, *others, now=now)

    assert sorted(call.args[2] for call in render.call_args_list) == ["de", "en"]


def test_many_messages_cost_one_statement(
    anna: Person, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafts = [
        Draft(key=f"k{n}", channel="in_app", kind="incident_opened", context={**ABOUT, "title": str(n)}, person=anna)
        for n in range(300)
    ]
    with django_assert_num_queries(1):
        queue_all(drafts, now=now)
    assert Message.objects.values("subject").distinct().count() == 300


def test_contexts_that_are_thrown_away_do_not_lend_their_text_to_others(anna: Person, now: datetime) -> None:
    queue_all(
        (
            Draft(
                key=f"k{n}", channel="in_app", kind="incident_opened", context={**ABOUT, "title": f"T{n}"}, person=anna
            )
            for n in range(50)
        ),
        now=now,
    )

    assert {row.subject for row in Message.objects.all()} == {
        f"[INC-2026-000123] Neuer Incident: T{n}" for n in range(50)
    }


def test_a_channel_nobody_knows_is_a_mistake_that_shows(anna: Person, now: datetime) -> None:
    with pytest.raises(KeyError):
        queue_all([Draft(key="k", channel="pigeon", kind="test", person=anna)], now=now)


def test_reading_marks_own_notices_only(anna: Person, ben: Person, now: datetime) -> None:
    tell(anna, ben, now=now)
    theirs = bell(ben)[0]

    assert mark_read(person=anna, now=now, message_ids=[theirs.pk]) == 0
    assert unread_count(anna) == unread_count(ben) == 1
    assert mark_read(person=anna, now=now) == 1
    assert mark_read(person=anna, now=now) == 0
    assert (unread_count(anna), unread_count(ben)) == (0, 1)


def test_an_obsolete_matter_skips_mails_on_their_way_and_open_questions(anna: Person, now: datetime) -> None:
    tell(anna, now=now, needs_ack=True)
    tell(anna, now=now, key="later")

    assert skip_topic(topic_type="incident", topic_id=1, reason="closed", now=now) == 3
    states = {(row.channel, row.needs_ack, row.state) for row in receipts_of("incident", 1)}
    assert states == {
        ("email", True, "skipped"),
        ("email", False, "skipped"),
        ("in_app", True, "skipped"),
        ("in_app", False, "sent"),
    }
    assert not any(is_pending(row) for row in bell(anna))


def test_what_reporters_are_told_is_skipped_only_by_name(now: datetime) -> None:
    queue_all(
        [
            Draft(
                key="k",
                channel="email",
                kind="message_to_reporter",
                context=ABOUT,
                address="erna@schule.example",
                topic_type="incident",
                topic_id=1,
            )
        ],
        now=now,
    )

    assert skip_topic(topic_type="incident", topic_id=1, reason="closed", now=now) == 0
    kinds = ["message_to_reporter"]
    assert skip_topic(topic_type="incident", topic_id=1, kinds=kinds, reason="closed", now=now) == 1
