"""The board counts what happened, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from figures.models import Fact
from figures.rules.filters import Filters, Period
from figures.selectors import board, heat_map
from lifecycle import data_protection, finish, respond
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


def test_hours_are_local_and_the_one_that_comes_twice_counts_twice(company: Company) -> None:
    """On 25 October 2026 the clocks go back: 00:30 and 01:30 UTC are both half past two in Zürich."""
    for utc in ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"):
        company.incident(now=datetime.fromisoformat(utc))
    caught_up(company.now)
    sunday = Filters(Period(date(2026, 10, 25), date(2026, 10, 25)), None, "none")
    heat = heat_map(sunday, now=company.now)
    assert (heat.cells[6][2], sum(map(sum, heat.cells)), heat.weekdays[6]) == (2, 2, 1)


def test_the_local_day_counts(company: Company) -> None:
    company.incident(now=datetime.fromisoformat("2026-11-09T23:30:00+00:00"))
    caught_up(company.now)
    tuesday = Filters(Period(date(2026, 11, 10), date(2026, 11, 10)), None, "none")
    assert board(tuesday, now=company.now).figures["arrivals"].value == 1


def test_a_data_protection_case_changes_no_figure(company: Company, november: Filters) -> None:
    """Two incidents alike, one of them with a case behind it: for every figure they are the same (P-7.5)."""
    plain, confidential = company.incident(), company.incident()
    data_protection.suspect_breach(
        confidential.number, grounds="Liste im Netz", by=company.by("support"), now=company.now
    )
    caught_up(company.now)
    rows = [
        {
            field.attname: getattr(fact, field.attname)
            for field in Fact._meta.concrete_fields
            if field.name != "incident"
        }
        for fact in Fact.objects.filter(pk__in=[plain.pk, confidential.pk])
    ]
    assert rows[0] == rows[1]
