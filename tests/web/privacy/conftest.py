"""A company, at the instant it lives in, and a confidential case in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from tests.company import company, document, founding  # noqa: F401


@pytest.fixture(autouse=True)
def _instant(settings: Settings, tmp_path: Path, now: datetime) -> None:
    clock = tmp_path / "clock"
    clock.write_text(now.isoformat())
    settings.CLOCK_FILE = clock
    cache.clear()
