"""Sources that poll, the servers they ask, and one run with all that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import http
from incidents.models import Alert
from integrations import services
from integrations.models import Source
from integrations.polling import poll_source
from integrations.translation import translate_pending
from tests.company import Company
from tests.db.integrations.conftest import ADMIN
from tests.stubs.sentry import SentryStub
from tests.stubs.uptime_robot import UptimeRobotStub

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _impatient(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again without waiting."""
    monkeypatch.setattr(http, "BACKOFF_S", 0.0)


@pytest.fixture
def sentry_stub() -> Iterator[SentryStub]:
    with SentryStub(page_size=2) as stub:
        yield stub


@pytest.fixture
def robot_stub() -> Iterator[UptimeRobotStub]:
    with UptimeRobotStub(page_size=2) as stub:
        yield stub


@pytest.fixture
def ear(sentry_stub: SentryStub, now: datetime) -> Source:
    """A Sentry source set up an hour ago that may poll."""
    return make("sentry", sentry_stub.url, now, organization="musterschule")


@pytest.fixture
def robot(robot_stub: UptimeRobotStub, now: datetime) -> Source:
    """An Uptime Robot source set up an hour ago that may poll."""
    return make("uptime-robot", robot_stub.url, now)


def make(kind: str, url: str, now: datetime, **settings: Any) -> Source:
    return services.create_source(
        kind=kind,
        name="main",
        secret="s",
        actor=ADMIN,
        now=now - timedelta(hours=1),
        api_token="stub-token",
        settings={"base_url": url, **settings},
    )


def run(source: Source, now: datetime) -> int:
    """One poll and everything that follows from it; how many deliveries it made."""
    source.refresh_from_db()
    made = poll_source(source, now=now)
    while translate_pending(now=now):
        pass
    source.refresh_from_db()
    return made


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def alert(key: str) -> Alert:
    return Alert.objects.get(fingerprint=key)
