"""The Adminkonsole's hook as the others: signed, kept, once, only recorded where that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core.actors import Actor
from incidents.models import Alert, Incident
from integrations import services
from integrations.models import Delivery, Source
from integrations.sources.admin_console import sign
from tests.db.integrations.conftest import only
from tests.payloads import payload

pytestmark = pytest.mark.django_db
ADMIN = Actor("person", "1", "Ada Admin", "console")
Post = Callable[..., Any]


@pytest.fixture
def secret() -> str:
    made = services.new_secret("admin-console")
    assert made.startswith("whsec_")
    return made


@pytest.fixture
def console(company: object, secret: str, now: datetime) -> Source:
    return services.create_source(kind="admin-console", name="main", secret=secret, actor=ADMIN, now=now)


@pytest.fixture
def post(client: Client, console: Source, secret: str, now: datetime) -> Post:
    def posted(name: str, *, at: datetime = now, key: str = secret, message: str = "msg_1") -> Any:
        raw, stamp = payload("admin_console", name), str(int(at.timestamp()))
        headers = {
            "webhook-id": message,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(raw, message, stamp, key),
        }
        path = "/hooks/admin-console/main/"
        return client.post(path, raw, content_type="application/json", headers=headers)

    return posted


def test_an_alarm_and_its_recovery(post: Post, now: datetime) -> None:
    assert post("flat.json").status_code == 202
    services.translate_pending(now=now)
    assert Incident.objects.get().title == "Zeugnisdruck bricht ab"
    assert post("flat.resolved.json", message="msg_2").status_code == 202
    services.translate_pending(now=now + timedelta(minutes=1))
    assert Alert.objects.get().state == "cleared"


def test_what_was_captured_and_sent_again_does_nothing(post: Post) -> None:
    post("flat.json")
    assert post("flat.json").json() == {"status": "duplicate"}
    assert only().headers["webhook-id"] == "msg_1"
    assert "webhook-signature" not in only().headers


def test_five_minutes_and_no_more(post: Post, now: datetime) -> None:
    assert post("flat.json", at=now - timedelta(seconds=300)).status_code == 202
    for seconds in (-301, 301):
        assert post("bare.json", at=now + timedelta(seconds=seconds)).status_code == 401
    assert Delivery.objects.get(state="flagged").error.startswith("sent 301 s away")


def test_a_wrong_key_leaves_nothing(post: Post) -> None:
    assert post("flat.json", key=services.new_secret("admin-console")).status_code == 401
    assert not Delivery.objects.exists()


def test_only_recorded_says_what_it_would_have_done(post: Post, console: Source, now: datetime) -> None:
    services.set_mode(source=console, mode="record_only", actor=ADMIN, now=now)
    post("batch.json")
    services.translate_pending(now=now)
    assert not Incident.objects.exists()
    assert [row["severity"] for row in only().outcome] == ["low", "high"]
    assert json.loads(bytes(only().body))["events"]
