"""A quarter played through the real verbs: the dashboard says what an independent look at the raw log says."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from directory.models import Module, Team
from escola_im.demo.seed import seed
from figures import selectors
from figures.checks import findings
from figures.rules.filters import DIMENSIONS, Filters, Period
from tests import by_hand
from tests.by_hand import Life

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
SIZE = 190


def test_the_figures_of_a_quarter_are_those_of_the_raw_log(db: None, now: datetime) -> None:
    seed(now=now, number=4711, size=SIZE)
    lives = _lives()
    assert len(lives) > 200, "hundreds of incidents"
    quarter = Period(date(2026, 8, 20), date(2026, 11, 23))
    everything = Filters(quarter, None, "none")

    told = by_hand.figures(lives, *quarter)
    shown = {key: figure.value for key, figure in selectors.board(everything, now=now).figures.items()}
    assert {key: shown[key] for key in told} == told
    assert None not in told.values(), "every figure has cases in this story, or it is not tested"
    assert shown["backlog"] == by_hand.backlog(lives, quarter.last)

    _each_value_of_each_dimension(lives, everything, now)
    _two_dimensions_at_once(lives, everything, now)
    _over_time(lives, everything, now)
    causes = {(one.cause, one.clock): one.n for one in selectors.broken(everything, now=now)}
    assert causes == dict(by_hand.causes(lives, *quarter))
    cells = selectors.heat_map(everything, now=now).cells
    hours = by_hand.hours(lives, *quarter)
    assert cells == [[hours[weekday, hour] for hour in range(24)] for weekday in range(7)]
    assert list(findings()) == []


def _lives() -> list[Life]:
    modules, teams = dict(Module.objects.values_list("pk", "key")), dict(Team.objects.values_list("pk", "key"))
    with connection.cursor() as cursor:
        return by_hand.lives(by_hand.rows_of(cursor), modules, teams)


def _each_value_of_each_dimension(lives: list[Life], everything: Filters, now: datetime) -> None:
    """By roll-ups: one dimension at a time, and the slices of a breakdown."""
    for name in DIMENSIONS:
        values = {life.dimension(name) for life in lives} - {""}
        for value in values:
            told = by_hand.figures([life for life in lives if life.dimension(name) == value], *everything.period)
            board = selectors.board(everything.also(**{name: value}), now=now).figures
            assert {key: board[key].value for key in told} == told, f"{name} {value}"
        slices = selectors.breakdown(everything, "attainment", name, now=now)
        expected = {value: _attainment(lives, name, value, everything.period) for value in {*values, ""}}
        assert {one.value: one.figure for one in slices} == {k: v for k, v in expected.items() if v is not None}


def _attainment(lives: list[Life], name: str, value: str, period: Period) -> float | None:
    return by_hand.figures([life for life in lives if life.dimension(name) == value], *period)["attainment"]


def _two_dimensions_at_once(lives: list[Life], everything: Filters, now: datetime) -> None:
    """By facts: what no roll-up holds; and priority with another dimension, which one does."""
    for names in (("category", "team"), ("school", "priority"), ("priority", "channel"), ("canton", "module")):
        cuts = sorted({tuple(life.dimension(name) for name in names) for life in lives})
        for values in [cut for cut in cuts if all(cut)][:6]:
            where = dict(zip(names, values, strict=True))
            mine = [life for life in lives if all(life.dimension(name) == value for name, value in where.items())]
            told = by_hand.figures(mine, *everything.period)
            board = selectors.board(everything.also(**where), now=now).figures
            assert {key: board[key].value for key in told} == told, where


def _over_time(lives: list[Life], everything: Filters, now: datetime) -> None:
    weeks = selectors.series(everything, "attainment", now=now, by="week").points
    for point in weeks:
        last = min(point.day + timedelta(days=6), everything.period.last)
        told = by_hand.figures(lives, max(point.day, everything.period.first), last)
        assert point.value == told["attainment"], point.day
    for point in selectors.series(everything, "backlog", now=now).points:
        assert point.value == by_hand.backlog(lives, point.day), point.day
