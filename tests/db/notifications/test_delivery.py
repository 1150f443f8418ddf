"""Out of the outbox, through a real mail server: leased, sent, marked; what fails comes back or is given up."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from core.actors import SYSTEM
from core.models import Event
from directory.services import create_person
from notifications.models import Message
from notifications.rules.backoff import GIVE_UP_AFTER, PAUSE
from notifications.selectors import backlog, dead_letters
from notifications.services import Delivered, deliver_due, retry, skip_topic
from tests.db.notifications.conftest import queue_mails
from tests.stubs.smtp import MailServer

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def deliver(at: datetime, limit: int = 50) -> Delivered:
    return deliver_due(now=at, clock=lambda: at, limit=limit)


def due_after(message: Message) -> datetime:
    message.refresh_from_db()
    assert message.next_try_at is not None
    return message.next_try_at


def test_a_queued_mail_is_sent_marked_and_recorded(server: MailServer, now: datetime) -> None:
    [message] = queue_mails(1, now=now, topic_type="incident", topic_id=5)

    assert deliver(now) == Delivered(sent=1)

    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == ("sent", now, 1)
    assert server.message_ids == [f"<im-{message.pk}@testserver>"]
    assert server.taken[0].mail["To"] == "person0@schule.example"
    event = Event.objects.get(kind="message.sent")
    assert (event.subject_type, event.subject_id, event.data["message"]) == ("incident", 5, message.pk)
    assert not deliver(now + timedelta(days=1))


def test_the_log_names_staff_but_no_reporters(server: MailServer, now: datetime) -> None:
    anna = create_person(username="anna", first_name="Anna", last_name="Muster", actor=SYSTEM, now=now)
    queue_mails(1, now=now, prefix="staff", person=anna)
    queue_mails(1, now=now, prefix="reporter")

    deliver(now)

    events = Event.objects.filter(kind="message.sent").order_by("id")
    assert [event.data["to"] for event in events] == ["Anna Muster", "die meldende Person"]
    assert "schule.example" not in str([event.data for event in events])


def test_one_connection_serves_a_whole_batch(server: MailServer, now: datetime) -> None:
    queue_mails(12, now=now)

    assert deliver(now).sent == 12
    assert server.connections == 1


def test_urgent_mails_go_first(server: MailServer, now: datetime) -> None:
    queue_mails(3, now=now)
    queue_mails(1, now=now, prefix="urgent", is_urgent=True)

    deliver(now, limit=1)

    assert server.taken[0].mail["Importance"] == "high"


def test_a_mail_refused_for_now_comes_back_with_growing_pauses_and_the_same_id(
    server: MailServer, now: datetime
) -> None:
    [message] = queue_mails(1, now=now)
    server.refuse("RCPT", "450 try later", times=2)

    assert deliver(now) == Delivered(retried=1)
    first = due_after(message)
    assert not deliver(first - timedelta(seconds=1))
    assert deliver(first) == Delivered(retried=1)
    second = due_after(message)
    assert second - first > first - now
    assert deliver(second) == Delivered(sent=1)

    message.refresh_from_db()
    assert (message.attempts, message.error) == (3, "")
    assert server.message_ids == [f"<im-{message.pk}@testserver>"]


@pytest.mark.parametrize(("word", "answer"), [("RCPT", "451 try later"), ("BODY", "452 disk full")])
def test_five_failures_make_a_dead_letter(server: MailServer, now: datetime, word: str, answer: str) -> None:
    [message] = queue_mails(1, now=now, topic_type="incident", topic_id=5)
    server.refuse(word, answer)
    at = now
    for _attempt in range(4):
        assert deliver(at) == Delivered(retried=1)
        at = due_after(message)

    assert deliver(at) == Delivered(dead=1)

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("dead", 5)
    assert answer.split()[0] in message.error
    assert list(dead_letters()) == [message]
    event = Event.objects.get(kind="message.dead")
    assert (event.subject_type, event.subject_id, event.data["error"]) == ("incident", 5, "later")
    assert not deliver(at + timedelta(days=1))


def test_a_refused_address_is_dead_at_once_and_the_others_are_sent(server: MailServer, now: datetime) -> None:
    messages = queue_mails(3, now=now)
    server.refuse("RCPT", "550 no such user", times=1)

    assert deliver(now) == Delivered(sent=2, dead=1)

    messages[0].refresh_from_db()
    assert messages[0].state == "dead"
    assert "person0" not in str(Event.objects.get(kind="message.dead").data)


def test_an_address_no_mail_may_carry_is_dead_at_once(server: MailServer, now: datetime) -> None:
    [message] = queue_mails(1, now=now)
    Message.objects.filter(pk=message.pk).update(address="a@b.example\nBcc: eve@evil.example")

    assert deliver(now) == Delivered(dead=1)
    assert server.taken == []


def test_a_dead_letter_can_be_sent_again_by_hand(server: MailServer, now: datetime) -> None:
    [message] = queue_mails(1, now=now)
    server.refuse("RCPT", "550 no such user", times=1)
    deliver(now)

    assert retry(message_id=message.pk, actor=SYSTEM, now=now + MINUTE)
    assert not retry(message_id=message.pk, actor=SYSTEM, now=now + MINUTE)
    assert deliver(now + MINUTE) == Delivered(sent=1)
    assert Event.objects.filter(kind="message.retried").count() == 1


def test_a_server_that_is_away_for_hours_costs_no_mail_its_attempts(
    server: MailServer, settings: Settings, now: datetime
) -> None:
    messages = queue_mails(20, now=now)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    at = now
    for _look in range(20):
        assert deliver(at) == Delivered(retried=1), "one mail finds out, the others wait"
        assert not deliver(at + PAUSE / 2)
        at += PAUSE

    settings.EMAIL_PORT = server.port
    assert deliver(at) == Delivered(sent=20)
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert sorted(server.message_ids) == sorted(f"<im-{message.pk}@testserver>" for message in messages)


def test_a_server_that_stays_away_makes_dead_letters_after_a_day(
    server: MailServer, settings: Settings, now: datetime
) -> None:
    queue_mails(1, now=now)
    server.refuse("GREETING", "421 out of order")

    assert deliver(now + GIVE_UP_AFTER - MINUTE) == Delivered(retried=1)
    assert deliver(now + GIVE_UP_AFTER) == Delivered(dead=1)


@pytest.mark.parametrize("word", ["GREETING", "BODY"])
def test_a_server_that_hangs_costs_one_timeout_and_not_one_per_mail(
    server: MailServer, settings: Settings, now: datetime, word: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    queue_mails(5, now=now)
    server.refuse(word, "HANG", times=1)

    assert deliver(now) == Delivered(retried=1)
    assert server.connections == 1
    assert not deliver(now)
    assert deliver(now + 2 * PAUSE).sent == 5


def test_a_server_that_hangs_up_in_the_middle_is_tried_again(server: MailServer, now: datetime) -> None:
    queue_mails(1, now=now)
    server.refuse("MAIL", "HANG UP", times=1)

    assert deliver(now) == Delivered(retried=1)
    assert deliver(now + MINUTE) == Delivered(sent=1)


def test_a_mail_that_became_obsolete_while_it_was_leased_is_not_sent(server: MailServer, now: datetime) -> None:
    """The first mail's server answers only after the second has become obsolete."""
    queue_mails(1, now=now)
    [obsolete] = queue_mails(1, now=now, prefix="obsolete", topic_type="incident", topic_id=1)
    instants = iter([now, now])

    def clock() -> datetime:
        """Read before each mail: when the second is about to go out, the matter has just closed."""
        if next(instants, None) is not None and server.taken:
            skip_topic(topic_type="incident", topic_id=1, kinds=["test"], reason="closed", now=now)
        return now

    assert deliver_due(now=now, clock=clock) == Delivered(sent=1, skipped=1)
    obsolete.refresh_from_db()
    assert (obsolete.state, obsolete.error) == ("skipped", "closed")
    assert len(server.taken) == 1


def test_nothing_is_begun_that_could_outlast_the_lease(server: MailServer, now: datetime) -> None:
    queue_mails(3, now=now)
    ticks = iter([0, 0, 40, 40, 40, 40, 40])

    first = deliver_due(now=now, clock=lambda: now + timedelta(seconds=next(ticks)))

    assert first == Delivered(sent=1)
    assert deliver(now + timedelta(seconds=41)) == Delivered(sent=2)


def test_delivery_refuses_to_run_inside_a_transaction(now: datetime) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver(now)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(server: MailServer, now: datetime) -> None:
    queue_mails(60, now=now)
    start = threading.Barrier(3)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        while batch := deliver(now, limit=7):
            counts.append(batch.sent)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == 60
    assert max(Counter(server.message_ids).values()) == 1
    assert len(server.taken) == 60
    assert Event.objects.filter(kind="message.sent").count() == 60


def test_the_backlog_tells_how_long_the_oldest_has_waited(server: MailServer, now: datetime) -> None:
    queue_mails(2, now=now)

    late = backlog(now=now + 3 * MINUTE)
    assert (late.due, late.waiting_for, late.dead) == (2, 3 * MINUTE, 0)
    deliver(now + 3 * MINUTE)
    assert backlog(now=now + 3 * MINUTE).due == 0
