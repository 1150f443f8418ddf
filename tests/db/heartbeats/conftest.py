"""A company, and heartbeats made the way everybody makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.actors import Actor
from heartbeats import services
from heartbeats.models import Heartbeat
from heartbeats.rules.beats import Action
from lifecycle import heartbeats
from lifecycle.heartbeats import Said
from tests.company import company, document, founding  # noqa: F401

ADMIN = Actor("person", "1", "Ada Admin", "console")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Make = Callable[..., Heartbeat]


@pytest.fixture
def make(company: object, now: datetime) -> Make:  # noqa: F811
    """A heartbeat every hour with five minutes of grace, unless told otherwise."""

    def made(name: str = "Nachtlauf", **facts: Any) -> Heartbeat:
        promised = {"name": name, "period_s": 3600, "grace_s": 300}
        return services.create(facts=promised | facts, actor=ADMIN, now=now)

    return made


def ping(heartbeat: Heartbeat, at: datetime, action: Action = Action.SUCCESS, **more: Any) -> Heartbeat:
    """One ping; the heartbeat as it stands after it."""
    assert heartbeats.ping(heartbeat.key, Said(action, more.pop("method", "POST"), **more), now=at)
    heartbeat.refresh_from_db()
    return heartbeat
