"""People who are logged in to the console, at the instant the company lives in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from tests.company import Company, company, document, founding  # noqa: F401
from tests.web.console.browser import context  # noqa: F401

Entering = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _instant(settings: Settings, tmp_path: Path, now: datetime) -> None:
    clock = tmp_path / "clock"
    clock.write_text(now.isoformat())
    settings.CLOCK_FILE = clock
    cache.clear()


@pytest.fixture
def enter(company: Company) -> Entering:  # noqa: F811
    """`enter("support")` is a browser without scripts in which that person is logged in."""

    def entering(name: str) -> Client:
        client = Client()
        client.force_login(company.people[name])
        return client

    return entering
