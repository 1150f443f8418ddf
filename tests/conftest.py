"""What every test may use. Engines and environment come from `tests.engines`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Zurich, a working day in every canton


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _swiss_german() -> None:
    translation.activate("de-ch")


@pytest.fixture
def now() -> datetime:
    """The instant a test plays at: Monday 23 November 2026, 09:00 in Zurich."""
    return MONDAY_MORNING
