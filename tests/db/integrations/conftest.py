"""Two sources, a clock that stands, and senders who sign like the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from core.actors import Actor
from integrations import intake, services
from integrations.models import Delivery, Source
from integrations.sources.sentry import sign
from tests.company import company, document, founding  # noqa: F401
from tests.payloads import payload

ADMIN = Actor("person", "1", "Ada Admin", "console")
SECRET, TOKEN = "sentry-secret-ü", "uptime-token"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def _a_standing_clock(settings: Settings, tmp_path: Path, now: datetime) -> Iterator[None]:
    settings.CLOCK_FILE = tmp_path / "clock"
    set_clock(settings, now)
    intake.forget()
    yield
    intake.forget()


def set_clock(settings: Settings, at: datetime) -> None:
    """Moves the clock the doors read."""
    assert settings.CLOCK_FILE is not None
    Path(settings.CLOCK_FILE).write_text(at.isoformat())


@pytest.fixture
def sentry(db: None, now: datetime) -> Source:
    """/hooks/sentry/main/"""
    return services.create_source(kind="sentry", name="main", secret=SECRET, actor=ADMIN, now=now)


@pytest.fixture
def robot(db: None, now: datetime) -> Source:
    """/hooks/uptime-robot/main/"""
    return services.create_source(kind="uptime-robot", name="main", secret=TOKEN, actor=ADMIN, now=now)


@pytest.fixture
def post_sentry(client: Client, sentry: Source) -> Post:
    """Posts a signed body (a sample's name or bytes)."""

    def post(body: str | bytes, *, request_id: str = "r1", secret: str = SECRET, **headers: Any) -> Any:
        raw = payload("sentry", body) if isinstance(body, str) else body
        resource = body.partition(".")[0] if isinstance(body, str) else "issue"
        given = {
            "sentry-hook-signature": sign(raw, secret),
            "sentry-hook-resource": resource,
            "sentry-hook-timestamp": "1795420800",
            "request-id": request_id,
        }
        return client.post("/hooks/sentry/main/", raw, content_type="application/json", headers=given | headers)

    return post


@pytest.fixture
def post_robot(client: Client, robot: Source) -> Post:
    """Posts with the bearer token (a sample's name or bytes)."""

    def post(body: str | bytes, *, token: str = TOKEN, path: str = "/hooks/uptime-robot/main/") -> Any:
        raw = payload("uptime_robot", body) if isinstance(body, str) else body
        return client.post(
            path, raw, content_type="application/json", headers={"authorization": f"Bearer {token}"} if token else {}
        )

    return post


def only() -> Delivery:
    """The one delivery there is."""
    return Delivery.objects.get()
