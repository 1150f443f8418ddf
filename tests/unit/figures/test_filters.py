"""What stands in the address is understood or refused with its field, and can be written back."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest

from figures.rules.filters import COMPARES, NAMED, Filters, Period, Refused, named_period, parse

TODAY = date(2026, 11, 23)
KNOWN = {
    **{name: {"a", "b"} for name in ("category", "module", "school", "canton", "team", "channel", "kind")},
    "priority": {"high", "low"},
    "clock": {"response"},
}


def read(query: str, **more: frozenset[str]) -> Filters:
    return parse(parse_qs(query, keep_blank_values=True), known=KNOWN, today=TODAY, **more)


def refused(query: str) -> dict[str, str]:
    with pytest.raises(Refused) as found:
        read(query)
    return found.value.errors


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7d", "2026-11-17", "2026-11-23"),
        ("30d", "2026-10-25", "2026-11-23"),
        ("week", "2026-11-23", "2026-11-23"),
        ("last_week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-23"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("quarter", "2026-10-01", "2026-11-23"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
    ],
)
def test_named_periods(name: str, first: str, last: str) -> None:
    assert named_period(name, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


def test_the_first_day_of_a_year_looks_back_into_the_old_one() -> None:
    assert named_period("last_month", date(2027, 1, 1)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert named_period("last_quarter", date(2027, 1, 1)) == (date(2026, 10, 1), date(2026, 12, 31))


def test_without_anything_it_is_the_last_thirty_days_beside_those_before() -> None:
    filters = read("priority=&from=")
    assert filters.period == (date(2026, 10, 25), TODAY)
    assert filters.against == (date(2026, 9, 25), date(2026, 10, 24))
    assert filters.where == {}


@pytest.mark.parametrize("period", NAMED)
@pytest.mark.parametrize("compare", COMPARES)
def test_what_is_written_is_read_again(period: str, compare: str) -> None:
    filters = read(f"period={period}&compare={compare}&priority=high&team=a&clock=response")
    assert read(filters.query()) == filters
    assert read(filters.query(priority=None, team="b")).where == {"team": "b", "clock": "response"}


def test_dates_are_written_and_read_again() -> None:
    filters = read("from=2026-01-01&to=2026-01-31&compare_from=2025-01-01&compare_to=2025-01-31&canton=a")
    assert read(filters.query()) == filters
    assert read(filters.query(period="7d")).period.days == 7


def test_a_year_ago_compares_mondays_with_mondays() -> None:
    period = Period(date(2026, 11, 16), date(2026, 11, 22))
    assert [day.weekday() for day in period.year_ago()] == [0, 6]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("colour=red", {"colour": "unknown"}),
        ("priority=urgent", {"priority": "unknown"}),
        ("priority=high&priority=low", {"priority": "twice"}),
        ("period=100d", {"period": "unknown"}),
        ("period=7d&from=2026-01-01&to=2026-01-02", {"period": "both"}),
        ("from=2026-01-01", {"to": "missing"}),
        ("from=01.01.2026&to=2026-01-02", {"from": "date"}),
        ("from=2026-01-03&to=2026-01-02", {"from": "order"}),
        ("from=2026-01-03&to=2026-11-24", {"to": "future"}),
        ("from=1999-12-31&to=2000-01-01", {"from": "early"}),
        ("from=2023-01-01&to=2026-01-01", {"from": "long"}),
        ("compare=always", {"compare": "unknown"}),
        ("compare=year&compare_from=2026-01-01&compare_to=2026-01-02", {"compare": "both"}),
        ("compare_from=2026-01-01", {"compare_to": "missing"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(query: str, errors: dict[str, str]) -> None:
    assert refused(query) == errors


def test_parameters_of_a_page_are_no_strangers() -> None:
    assert read("view=wall", extra=frozenset({"view"})) == read("")
