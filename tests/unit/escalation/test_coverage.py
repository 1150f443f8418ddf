"""When nobody is on call in the time ahead, and how much each person carries."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import given

from escalation.rules.coverage import AHEAD, coverage, gone
from escalation.rules.oncall import NEVER_BACK, WEEKLY, Layer, Override, Rota
from tests.unit.escalation.test_oncall import (
    ANN,
    BEN,
    CAT,
    DAY,
    HOUR,
    INSTANTS,
    MONDAY,
    ROTAS,
    WEEK,
    daily,
    rota,
    weekly,
    zurich,
)

START = zurich("2026-11-23 08:00")


def test_a_rota_around_the_clock_has_no_gap_and_spreads_evenly() -> None:
    ahead = coverage(rota(weekly(ANN, BEN)), START, START + AHEAD)

    assert ahead.gaps == []
    assert ahead.load == {ANN: 26 * WEEK + HOUR, BEN: 26 * WEEK - HOUR}, "one has an hour twice, the other one less"
    assert ahead.overloaded == []


def test_outside_its_hours_and_before_its_beginning_a_rota_leaves_gaps() -> None:
    nights = Layer((ANN,), MONDAY, time(8), WEEKLY, frozenset({0, 1}), time(18), time(7))
    ahead = coverage(rota(nights), START - DAY, START + 2 * DAY)

    assert ahead.gaps == [
        (START - DAY, zurich("2026-11-23 18:00")),
        (zurich("2026-11-24 07:00"), zurich("2026-11-24 18:00")),
        (zurich("2026-11-25 07:00"), zurich("2026-11-25 08:00")),
    ]
    assert ahead.load == {ANN: 26 * HOUR}


def test_an_override_fills_a_gap() -> None:
    nobody = rota(overrides=(Override(CAT, START + HOUR, START + DAY),))

    assert coverage(nobody, START, START + DAY).gaps == [(START, START + HOUR)]


def test_who_left_carries_nothing_is_named_and_leaves_the_others_more() -> None:
    plan = rota(daily(ANN, BEN, CAT), absent={CAT: NEVER_BACK, BEN: START + DAY})
    ahead = coverage(plan, START, START + 3 * DAY)

    assert gone(plan) == {CAT}
    assert ahead.load == {ANN: 2 * DAY, BEN: DAY}


def test_more_than_twice_the_average_is_too_much() -> None:
    plan = rota(
        daily(ANN), overrides=(Override(BEN, START, START + HOUR), Override(CAT, START + HOUR, START + 2 * HOUR))
    )

    assert coverage(plan, START, START + 3 * DAY).overloaded == [ANN]
    assert coverage(plan, START, START + 6 * HOUR).overloaded == [], "four hours are twice the average of two"


@given(plan=ROTAS, start=INSTANTS)
def test_every_instant_is_either_a_gap_or_somebodys_hours(plan: Rota, start: datetime) -> None:
    end = start + 21 * DAY
    ahead = coverage(plan, start, end)

    assert (
        sum((until - since for since, until in ahead.gaps), timedelta()) + sum(ahead.load.values(), timedelta())
        == end - start
    )
    edges = [edge for turn in ahead.turns for edge in (turn.start, turn.end)]
    assert all(since < until and since in [start, *edges] and until in [*edges, end] for since, until in ahead.gaps)
