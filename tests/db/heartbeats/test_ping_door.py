"""The ping address as curl calls it: every form of it, and everything it refuses."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.test import Client

from escola_im.logging import scrub_path
from heartbeats.models import Heartbeat, Ping
from integrations.ping import BODY_MAX

pytestmark = pytest.mark.django_db
RUN = "1c5e6bd8-5f5e-4d8a-9d0c-0f6d2c1f6f11"


@pytest.fixture(autouse=True)
def _standing_clock(settings, tmp_path: Path, now):
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.CLOCK_FILE.write_text(now.isoformat())


@pytest.fixture
def job(make):
    return make()


def last() -> Ping:
    return Ping.objects.order_by("-n")[0]


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize(
    ("rest", "action", "status"),
    [
        ("", "success", "up"),
        ("/", "success", "up"),
        ("/start", "start", "new"),
        ("/fail", "fail", "down"),
        ("/log", "log", "new"),
        ("/0", "success", "up"),
        ("/1", "fail", "down"),
        ("/255/", "fail", "down"),
    ],
)
def test_what_each_address_says(client: Client, job, method, rest, action, status):
    answer = getattr(client, method)(f"/ping/{job.key}{rest}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.content == (b"" if method == "head" else b"OK")
    job.refresh_from_db()
    assert (last().action, last().method, job.status) == (action, method.upper(), status)
    assert last().exit_status == (int(rest.strip("/")) if rest.strip("/").isdigit() else None)


def test_an_unknown_key_and_an_unknown_word_are_not_found(client: Client, job):
    assert client.get(f"/ping/{uuid.uuid4()}").status_code == 404
    for word in ("256", "-1", "stop", "%C2%B2", "1e3", "start/x"):
        assert client.get(f"/ping/{job.key}/{word}").status_code == 404, word
    assert client.get("/ping/no-uuid").status_code == 404
    assert not Ping.objects.exists()


def test_another_method_and_another_rid_are_refused(client: Client, job):
    answer = client.put(f"/ping/{job.key}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
    assert client.get(f"/ping/{job.key}?rid=7").status_code == 400
    assert not Ping.objects.exists()


def test_a_run_with_its_id_in_any_spelling(client: Client, job):
    client.get(f"/ping/{job.key}/start?rid={RUN.upper()}")
    client.get(f"/ping/{job.key}?rid={RUN}")
    assert (last().run, last().duration_s) == (RUN, 0)


def test_the_beginning_of_what_was_sent_is_kept(client: Client, job):
    body = "Zeile 1\x00\n" + "ü" * BODY_MAX
    client.post(f"/ping/{job.key}", body.encode(), content_type="text/plain", headers={"user-agent": "curl/8"})
    assert last().body.startswith("Zeile 1\N{REPLACEMENT CHARACTER}\nüü")
    assert (len(last().body.encode()) <= BODY_MAX + 6, last().is_cut, last().agent) == (True, True, "curl/8")


def test_a_body_that_is_no_text_is_kept_as_well_as_it_can_be(client: Client, job):
    assert client.post(f"/ping/{job.key}", b"\xff\xfe\x80", content_type="x/y").status_code == 200
    assert last().body == "\N{REPLACEMENT CHARACTER}" * 3


def test_too_many_in_a_minute_are_told_when_to_come_again(client: Client, job):
    Heartbeat.objects.update(minute_at=job.created_at, minute_count=30)
    answer = client.get(f"/ping/{job.key}")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_a_ping_costs_few_statements(client: Client, job, django_assert_max_num_queries):
    client.get(f"/ping/{job.key}")
    with django_assert_max_num_queries(8):  # among them the transaction's beginning and end
        client.get(f"/ping/{job.key}")


def test_the_log_does_not_say_the_address(job):
    assert str(job.key) not in scrub_path(f"/ping/{job.key}/start?rid={RUN}")
