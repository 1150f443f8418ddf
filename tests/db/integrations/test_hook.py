"""The hook takes what is authentic, once, and says no in few words to the rest."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from integrations import intake, services
from integrations.models import Delivery, Source
from integrations.sources.sentry import sign
from tests.db.integrations.conftest import ADMIN, SECRET, TOKEN, Post, only, set_clock
from tests.payloads import payload

pytestmark = pytest.mark.django_db


def is_problem(answer: Any, status: int) -> bool:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    return bool(body["status"] == status and body["title"] and body["detail"])


def test_an_authentic_delivery_is_kept_word_for_word(post_sentry: Post, sentry: Source, now: datetime) -> None:
    answer = post_sentry("issue.created")
    delivery = only()
    assert answer.status_code == 202
    assert answer.json() == {"delivery": delivery.pk}
    assert bytes(delivery.body) == payload("sentry", "issue.created")
    assert (delivery.source, delivery.state, delivery.via, delivery.received_at) == (sentry, "pending", "hook", now)
    assert delivery.headers["sentry-hook-resource"] == "issue"


def test_secrets_are_not_kept_with_the_delivery(post_sentry: Post, post_robot: Post) -> None:
    post_sentry("issue.created", authorization="Bearer x", cookie="sessionid=1")
    post_robot("down")
    for delivery in Delivery.objects.all():
        assert not {"sentry-hook-signature", "authorization", "cookie"} & delivery.headers.keys()


def test_a_repeated_delivery_is_accepted_and_kept_once(post_sentry: Post) -> None:
    post_sentry("issue.created")
    again = post_sentry("issue.created")
    assert (again.status_code, again.json()) == (202, {"status": "duplicate"})
    assert Delivery.objects.count() == 1
    assert post_sentry("issue.created", request_id="r2").status_code == 202
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("signature", ["", "0" * 64, "sha256=abc", "ü"])
def test_a_wrong_signature_is_refused_counted_and_not_echoed(
    signature: str, post_sentry: Post, sentry: Source, now: datetime
) -> None:
    answer = post_sentry("issue.created", **{"sentry-hook-signature": signature})
    assert is_problem(answer, 401)
    assert b"Notenschnitt" not in answer.content
    assert not Delivery.objects.exists()
    sentry.refresh_from_db()
    assert (sentry.refused_count, sentry.last_refused_at) == (1, now)


def test_a_flood_of_refusals_hardly_writes(post_sentry: Post, sentry: Source) -> None:
    post_sentry("issue.created", secret="falsch")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            post_sentry("issue.created", secret="falsch")
    writes = [query for query in queries.captured_queries if query["sql"].startswith("UPDATE")]
    assert len(writes) <= 3


def test_a_changed_byte_is_refused(post_sentry: Post) -> None:
    raw = payload("sentry", "issue.created")

    answer = post_sentry(
        raw.replace(b"firing", b"FIRING").replace(b"5b", b"5c"), **{"sentry-hook-signature": sign(raw, SECRET)}
    )
    assert is_problem(answer, 401)


def test_a_stale_request_is_refused_and_kept_for_a_person(post_sentry: Post, sentry: Source) -> None:
    for request_id in ("a" * 32, "b" * 32):
        answer = post_sentry("issue.created", **{"sentry-hook-timestamp": "1795400000", "request-id": request_id})
        assert is_problem(answer, 401)

    kept = Delivery.objects.get()
    assert (kept.state, bytes(kept.body)) == ("flagged", payload("sentry", "issue.created"))
    assert "away from our time" in kept.error
    sentry.refresh_from_db()
    assert (sentry.late_count, sentry.refused_count) == (1, 0)


def test_a_clock_a_little_off_is_counted_not_refused(post_sentry: Post, sentry: Source, now: datetime) -> None:
    sent = int(now.timestamp()) - 300
    assert post_sentry("issue.created", **{"sentry-hook-timestamp": str(sent)}).status_code == 202
    assert Delivery.objects.get().state == "pending"
    sentry.refresh_from_db()
    assert sentry.late_count == 1


@pytest.mark.parametrize("path", ["/hooks/sentry/other/", "/hooks/nagios/main/", "/hooks/uptime-robot/none/"])
def test_an_unknown_hook_does_not_exist(path: str, client: Client, sentry: Source) -> None:
    assert is_problem(client.post(path, b"{}", content_type="application/json"), 404)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_is_taken(method: str, client: Client, sentry: Source) -> None:
    answer = getattr(client, method)("/hooks/sentry/main/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_missing_last_slash_is_forgiven(post_robot: Post) -> None:
    assert post_robot("down", path="/hooks/uptime-robot/main").status_code == 202


def test_too_much_is_too_much(post_sentry: Post, settings: Settings) -> None:
    settings.HOOK_MAX_BYTES = 1000
    assert is_problem(post_sentry(b"x" * 1001), 413)
    assert post_sentry(b"x" * 1000).status_code == 202
    assert is_problem(post_sentry(b"x" * 5_000_000), 413)


def test_a_body_larger_than_django_allows_is_taken_if_we_allow_it(post_sentry: Post, settings: Settings) -> None:
    settings.HOOK_MAX_BYTES = 4_000_000
    assert post_sentry(b"x" * 3_000_000).status_code == 202


def test_broken_json_with_a_good_signature_is_kept(post_sentry: Post) -> None:
    assert post_sentry(b'{"action": \x00\xff').status_code == 202
    assert bytes(only().body) == b'{"action": \x00\xff'


def test_both_secrets_open_until_the_grace_is_over(
    post_sentry: Post, sentry: Source, settings: Settings, now: datetime
) -> None:
    services.rotate_secret(source=sentry, secret="neu", actor=ADMIN, now=now, grace=timedelta(hours=1))
    assert post_sentry("issue.created", request_id="a").status_code == 202
    assert post_sentry("issue.created", request_id="b", secret="neu").status_code == 202
    later = now + timedelta(hours=1)
    set_clock(settings, later)
    sent = {"sentry-hook-timestamp": str(int(later.timestamp()))}
    assert post_sentry("issue.created", request_id="c", **sent).status_code == 401
    assert post_sentry("issue.created", request_id="d", secret="neu", **sent).status_code == 202


def test_a_paused_source_keeps_without_consequences(post_sentry: Post, sentry: Source, now: datetime) -> None:
    services.set_mode(source=sentry, mode="paused", actor=ADMIN, now=now)
    assert post_sentry("issue.created").status_code == 202
    assert only().state == "recorded"


def test_when_too_much_waits_senders_are_asked_to_come_back(post_sentry: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PENDING_MAX", 2)
    monkeypatch.setattr(intake, "PENDING_CACHE_S", 0.0)
    answers = [post_sentry("issue.created", request_id=str(number)) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2]["Retry-After"] == "30"
    assert is_problem(answers[2], 429)


def test_whoever_is_not_authentic_learns_nothing_of_the_flood(
    post_sentry: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PENDING_MAX", 0)
    assert post_sentry("issue.created", secret="falsch").status_code == 401


def test_a_database_that_is_away_is_a_503(post_sentry: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_more: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(intake, "store", away)
    answer = post_sentry("issue.created")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) <= 30


def test_a_secret_nobody_can_open_is_a_503(post_sentry: Post, settings: Settings) -> None:
    settings.FIELD_KEYS = ["another-key-" + "0" * 32]
    assert is_problem(post_sentry("issue.created"), 503)


def test_a_token_may_stand_in_the_address_and_is_not_kept(client: Client, robot: Source) -> None:
    raw = payload("uptime_robot", "down")
    for path in (f"/hooks/uptime-robot/main/?token={TOKEN}", f"/hooks/uptime-robot/main/{TOKEN}/"):
        assert client.post(path, raw, content_type="application/json").status_code == 202
    for path in ("/hooks/uptime-robot/main/?token=x", "/hooks/uptime-robot/main/x/", "/hooks/uptime-robot/main/"):
        assert client.post(path, raw, content_type="application/json").status_code == 401
    assert Delivery.objects.count() == 1


def test_data_may_come_in_the_address(client: Client, robot: Source) -> None:
    form = payload("uptime_robot", "form.txt").decode()
    path = f"/hooks/uptime-robot/main/?token={quote(TOKEN)}&{form}"
    assert client.get(path).status_code == 202
    assert client.post(path, b"", content_type="text/plain").json() == {"status": "duplicate"}
    assert b"monitorID=810000271" in bytes(only().body)
    assert TOKEN.encode() not in bytes(only().body)


def test_a_form_is_taken(client: Client, robot: Source) -> None:
    answer = client.post(
        "/hooks/uptime-robot/main/",
        payload("uptime_robot", "form.txt"),
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 202
    assert bytes(only().body) == payload("uptime_robot", "form.txt")


def test_alerts_without_a_time_are_each_kept(post_robot: Post) -> None:
    raw = payload("uptime_robot", "down").replace(b"1795416000", b"*alertDateTime*")
    assert [post_robot(raw).status_code for _ in range(2)] == [202, 202]
    assert Delivery.objects.count() == 2


def test_once_the_source_is_known_a_delivery_costs_one_statement(post_sentry: Post) -> None:
    post_sentry("issue.created", request_id="a")
    with CaptureQueriesContext(connection) as queries:
        post_sentry("issue.created", request_id="b")
    statements = [query["sql"] for query in queries.captured_queries]
    assert len(statements) == 1
    assert statements[0].startswith("INSERT INTO integrations_delivery")


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_sent_many_times_at_once_is_kept_once(sentry: Source) -> None:
    raw = payload("sentry", "issue.created")

    headers = {"sentry-hook-signature": sign(raw, SECRET), "sentry-hook-resource": "issue", "request-id": "same"}
    answers: list[dict[str, Any]] = []

    def send() -> None:
        answers.append(
            Client().post("/hooks/sentry/main/", raw, content_type="application/json", headers=headers).json()
        )
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Delivery.objects.count() == 1
    assert sorted(answer.get("status", "first") for answer in answers) == ["duplicate"] * 11 + ["first"]
