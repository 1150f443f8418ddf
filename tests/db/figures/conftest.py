"""Figures follow the sealed log."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.sealing import seal
from figures.rules.filters import Filters, Period
from figures.services import follow
from tests.company import company, document, founding  # noqa: F401


def caught_up(now: datetime) -> None:
    """Seals everything and takes it into the figures."""
    while seal(now=now):
        pass
    while follow(now=now):
        pass


@pytest.fixture
def november() -> Filters:
    """A month, compared with the one before."""
    return Filters(Period(date(2026, 11, 1), date(2026, 11, 30)), Period(date(2026, 10, 1), date(2026, 10, 31)))
