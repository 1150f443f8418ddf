"""Stories run the product as processes against the committed test database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.company import Company, company, document, founding  # noqa: F401
from tests.journeys.house import House


@pytest.fixture
def house(transactional_db: None, company: Company, tmp_path: Path, now: datetime) -> Iterator[House]:  # noqa: F811
    """A company with both sources set up; the story starts the processes it needs."""
    house = House(tmp_path, now)
    house.add_sources()
    yield house
    house.stop()
