"""Ages in working days, and the bands of the backlog."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from figures.rules.ages import BANDS, band, banded, bounds, working_days

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "days"),
    [
        (date(2026, 11, 23), 0),
        (date(2026, 11, 22), 1),
        (date(2026, 11, 20), 1),
        (date(2026, 11, 19), 2),
        (date(2026, 11, 9), 10),
    ],
)
def test_weekends_make_nothing_older(since: date, days: int) -> None:
    assert working_days(since, MONDAY) == days


def test_holidays_make_nothing_older() -> None:
    assert working_days(date(2026, 12, 24), date(2026, 12, 28)) == 1


def test_a_band_ends_where_the_next_begins() -> None:
    for days in range(80):
        reported = MONDAY - timedelta(days=days)
        name = band(working_days(reported, MONDAY))
        inside = []
        for other, _most in BANDS:
            first, last = bounds(other, MONDAY)
            if (first is None or first <= reported) and reported <= last:
                inside.append(other)
        assert inside == [name], reported


def test_every_open_incident_is_in_one_band() -> None:
    by_day = {MONDAY - timedelta(days=days): 2 for days in range(40)}
    found = banded(by_day, MONDAY)
    assert sum(found.values()) == 80
    expected = dict.fromkeys([name for name, _most in BANDS], 0)
    for day, n in by_day.items():
        expected[band(working_days(day, MONDAY))] += n
    assert found == expected
