"""The board counts what happened, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from figures.rules.filters import Filters
from figures.selectors import board
from lifecycle import finish, respond
from tests.company import Company
from tests.db.figures.conftest import caught_up

pytestmark = pytest.mark.django_db


def test_nothing_happened_is_not_zero_percent(company: Company, november: Filters) -> None:
    figures = board(november, now=company.now).figures
    assert figures["attainment"].value is None
    assert figures["first_contact"].value is None
    assert figures["mtta.median"].value is None
    assert figures["arrivals"].value == 0


def test_a_kept_promise_counts_once_it_is_decided(company: Company, november: Filters) -> None:
    incident = company.incident()
    caught_up(company.now)
    assert board(november, now=company.now).figures["attainment"].value is None, "running clocks do not count"

    later = company.now + timedelta(minutes=20)
    respond.acknowledge(incident.number, by=company.by("support"), now=later)
    finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=company.by("support"), now=later)
    caught_up(later)
    figures = board(november, now=later).figures
    assert (figures["attainment"].value, figures["attainment"].n) == (1.0, 2)
    assert (figures["arrivals"].value, figures["closures"].value, figures["backlog"].value) == (1, 1, 0)
    assert figures["first_contact"].value == 1.0
    assert figures["mtta.mean"].value == figures["time_to_resolve.p90"].value == 20 * 60
