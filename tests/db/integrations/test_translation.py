"""Deliveries become consequences: once, in order, and what fails waits for a person instead of getting lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from core.models import Event
from incidents.models import Alert, Incident
from integrations import services, translation
from integrations.models import Delivery, Source
from integrations.registry import SOURCES
from integrations.translation import ATTEMPTS_MAX, translate_pending
from lifecycle.signals import Item as SignalItem
from lifecycle.signals import Outcome, receive_all
from tests.company import Company
from tests.db.integrations.conftest import ADMIN, Post, only
from tests.payloads import payload

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _people(company: Company) -> None:
    """Somebody to call."""


def effects(delivery: Delivery) -> list[str]:
    return [signal["effect"] for signal in delivery.outcome]


def poison(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """Signals whose title holds `word` cannot be applied."""

    def failing(items: Sequence[SignalItem], *, now: datetime) -> list[Outcome]:
        if any(word in signal.title for signal, _source, _at in items):
            raise ValueError(f"cannot apply {word}\x00")
        return receive_all(items, now=now)

    monkeypatch.setattr(translation, "receive_all", failing)


def test_a_signed_sentry_issue_becomes_an_incident(post_sentry: Post, sentry: Source, now: datetime) -> None:
    post_sentry("issue.created")
    assert translate_pending(now=now) == 1
    delivery, incident = only(), Incident.objects.get()
    assert delivery.state == "done"
    assert delivery.outcome == [
        {"fingerprint": "sentry:main:issue:5200031415", "effect": "opened", "incident": incident.number}
    ]
    alert = Alert.objects.get()
    assert (alert.source, alert.url) == ("sentry/main", "https://musterschule.sentry.io/issues/5200031415/")
    sentry.refresh_from_db()
    assert sentry.last_delivery_at == now
    assert translate_pending(now=now) == 0


def test_issue_alert_rule_and_regression_meet_in_one_incident(post_sentry: Post, now: datetime) -> None:
    for number, name in enumerate(["issue.created", "event_alert.triggered", "issue.unresolved.regressed"]):
        post_sentry(name, request_id=str(number))
    translate_pending(now=now)
    assert Incident.objects.count() == 1
    assert Alert.objects.get().count == 3


def test_an_outage_and_its_end(post_robot: Post, now: datetime) -> None:
    post_robot("down")
    post_robot("up")
    translate_pending(now=now)
    assert [effects(row) for row in Delivery.objects.order_by("pk")] == [["opened"], ["cleared"]]
    assert Alert.objects.get().resolve_at is not None


def test_an_end_without_a_beginning_is_kept_without_effect(post_robot: Post, now: datetime) -> None:
    post_robot("up")
    translate_pending(now=now)
    assert (only().state, effects(only())) == ("ignored", ["ignored"])
    assert not Incident.objects.exists()


def test_what_nobody_can_read_is_flagged_and_holds_up_nobody(post_sentry: Post, now: datetime) -> None:
    post_sentry(b'{"broken": ', request_id="a")
    post_sentry("issue.created", request_id="b")
    assert translate_pending(now=now) == 2
    flagged, done = Delivery.objects.order_by("pk")
    assert (flagged.state, done.state) == ("flagged", "done")
    assert flagged.error.startswith("no JSON")


def test_what_does_not_concern_us_is_ignored(post_sentry: Post, now: datetime) -> None:
    post_sentry("installation.created")
    translate_pending(now=now)
    assert (only().state, only().outcome) == ("ignored", [])


def test_a_recording_source_shows_what_it_would_have_done(post_sentry: Post, sentry: Source, now: datetime) -> None:
    services.set_mode(source=sentry, mode="record_only", actor=ADMIN, now=now)
    post_sentry("issue.created")
    translate_pending(now=now)
    assert only().state == "recorded"
    assert only().outcome[0]["effect"] == "recorded"
    assert only().outcome[0]["title"].startswith("ZeroDivisionError")
    assert not Alert.objects.exists()


def test_a_page_address_is_added_from_the_settings(post_sentry: Post, sentry: Source, now: datetime) -> None:
    Source.objects.update(settings={"organization": "musterschule"})
    post_sentry("issue.unresolved.ongoing")
    translate_pending(now=now)
    assert Alert.objects.get().url == "https://sentry.io/organizations/musterschule/issues/5200031415/"


def test_one_poisonous_delivery_does_not_stop_the_others(
    post_sentry: Post, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, "Cron")
    for name in ("issue.created", "issue.created.outage", "issue.created.feedback"):
        post_sentry(name, request_id=name)
    assert translate_pending(now=now) == 3
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["done", "pending", "done"]
    bad = Delivery.objects.get(state="pending")
    assert (bad.attempts, bad.next_try_at) == (1, now + timedelta(seconds=30))
    assert bad.error.startswith("ValueError: cannot apply Cron")
    assert Incident.objects.count() == 2


def test_after_five_attempts_it_is_a_dead_letter_that_can_be_replayed(
    post_sentry: Post, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        poison(broken, "Zero")
        post_sentry("issue.created")
        waits = []
        at = now
        for _attempt in range(ATTEMPTS_MAX):
            assert translate_pending(now=at) == 1
            assert translate_pending(now=at) == 0
            next_try = only().next_try_at
            if next_try is not None:
                waits.append((next_try - at).total_seconds())
                at = next_try
    assert waits == [30, 60, 120, 240]
    assert (only().state, only().attempts) == ("dead", ATTEMPTS_MAX)
    assert translate_pending(now=at + timedelta(days=1)) == 0

    services.replay(delivery=only(), actor=ADMIN, now=at)
    assert (only().state, only().via, only().attempts) == ("pending", "replay", 0)
    assert translate_pending(now=at) == 1
    assert (only().state, effects(only())) == ("done", ["opened"])
    assert Event.objects.filter(kind="source.replayed").count() == 1


@pytest.mark.parametrize("name", ["issue.created"])
def test_what_had_its_effect_is_not_replayed(name: str, post_sentry: Post, now: datetime) -> None:
    post_sentry(name)
    for _state in ("pending", "done"):
        with pytest.raises(services.NotReplayable):
            services.replay(delivery=only(), actor=ADMIN, now=now)
        translate_pending(now=now)
    assert Incident.objects.count() == 1


def test_a_recorded_delivery_takes_effect_when_it_is_replayed_live(
    post_sentry: Post, sentry: Source, now: datetime
) -> None:
    services.set_mode(source=sentry, mode="paused", actor=ADMIN, now=now)
    post_sentry("issue.created")
    services.set_mode(source=sentry, mode="live", actor=ADMIN, now=now)
    services.replay(delivery=only(), actor=ADMIN, now=now)
    translate_pending(now=now)
    assert effects(only()) == ["opened"]


def test_a_mistake_in_our_parser_is_tried_again_and_not_blamed_on_the_sender(
    post_sentry: Post, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_args: object) -> Any:
        raise KeyError("ours")

    with monkeypatch.context() as broken:
        broken.setitem(SOURCES, "sentry", _with_parser(mistaken))
        post_sentry("issue.created")
        translate_pending(now=now)
    assert (only().state, only().attempts) == ("pending", 1)
    translate_pending(now=now + MINUTE)
    assert only().state == "done"


def _with_parser(parser: Any) -> Any:
    return replace(SOURCES["sentry"], parse=parser)


def test_a_batch_takes_what_came_first(post_sentry: Post, now: datetime) -> None:
    for number in range(5):
        post_sentry("comment.created", request_id=str(number))
    assert translate_pending(now=now, limit=2) == 2
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["ignored", "ignored", "pending", "pending", "pending"]


def test_a_batch_of_huge_bodies_is_taken_in_portions(
    post_sentry: Post, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "BATCH_BYTES_MAX", 3000)
    for number in range(5):
        post_sentry(payload("sentry", "issue.created"), request_id=str(number))
    counts = [translate_pending(now=now) for _ in range(8)]
    assert sum(counts) == 5
    assert counts[0] < 5


def test_a_batch_costs_few_statements_however_many_it_holds(
    post_sentry: Post, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(100):
        post_sentry("event_alert.triggered", request_id=str(number))
    translate_pending(now=now, limit=1)
    with django_assert_max_num_queries(25):
        assert translate_pending(now=now) == 99
    assert Alert.objects.get().count == 100


def test_nul_bytes_and_lone_surrogates_arrive_as_something_a_database_keeps(post_sentry: Post, now: datetime) -> None:
    raw = payload("sentry", "issue.created").replace(b"Notenschnitt der Klasse", b"\\u0000\\ud800\\u202e<script>")
    post_sentry(raw)
    translate_pending(now=now)
    assert effects(only()) == ["opened"]
    assert "\N{REPLACEMENT CHARACTER}" in Alert.objects.get().title


def test_a_kind_that_is_no_longer_built_in_is_flagged(post_sentry: Post, now: datetime) -> None:
    post_sentry("issue.created")
    Source.objects.update(kind="retired")
    translate_pending(now=now)
    assert only().state == "flagged"


@pytest.mark.django_db(transaction=True)
def test_two_translators_at_once_do_everything_once(sentry: Source, post_sentry: Post, now: datetime) -> None:
    for number in range(60):
        raw = payload("sentry", "event_alert.triggered").replace(b"5200031415", str(7000 + number % 6).encode())
        post_sentry(raw, request_id=str(number), **{"sentry-hook-resource": "event_alert"})
    counts: list[int] = []
    barrier = threading.Barrier(3)

    def work() -> None:
        barrier.wait(10)
        while count := translate_pending(now=now, limit=7):
            counts.append(count)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while translate_pending(now=now + timedelta(hours=1)):
        pass
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert Incident.objects.count() == 6
    assert sum(Alert.objects.values_list("count", flat=True)) == 60


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_leaves_everything_waiting(
    post_sentry: Post, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_sentry("issue.created")

    def away(*_args: object, **_more: object) -> list[Outcome]:
        connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr(translation, "receive_all", away)
        with pytest.raises(OperationalError):
            translate_pending(now=now)
    assert (only().state, only().attempts) == ("pending", 0)
    translate_pending(now=now)
    assert only().state == "done"
