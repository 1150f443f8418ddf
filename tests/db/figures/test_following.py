"""Facts follow the log: once and twice the same, late commits are not lost, a killed process has changed nothing."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from core.models import Event
from core.sealing import seal
from figures.checks import findings
from figures.models import ClockFact, ClockTally, DayTally, Fact, Progress, Spread
from figures.selectors import freshness
from figures.services import follow, rebuild
from lifecycle import climb, finish, respond
from tests.company import Company
from tests.db.figures.conftest import caught_up

HOUR = timedelta(hours=1)
TABLES = (Fact, ClockFact, DayTally, ClockTally, Spread)


def everything() -> list[Any]:
    """All derived rows, without their own numbers."""
    return [
        sorted(
            (
                tuple(bytes(value) if isinstance(value, memoryview) else str(value) for value in row[1:])
                if table is not Fact
                else tuple(map(str, row))
                for row in table.objects.values_list()
            ),
            key=str,
        )
        for table in TABLES
    ]


def life(company: Company, now: datetime) -> None:
    """Some incidents with all kinds of endings."""
    by = company.by("support")
    solved, again, waiting = (company.incident(now=now) for _ in range(3))
    respond.acknowledge(solved.number, by=by, now=now + HOUR / 4)
    finish.resolve(solved.number, code="solved_permanently", text="Behoben", by=by, now=now + HOUR)
    finish.resolve(again.number, code="solved_permanently", text="Behoben", by=by, now=now + HOUR)
    finish.reopen(again.number, reason="Wieder da", by=by, now=now + 30 * HOUR)
    respond.start(waiting.number, by=by, now=now + HOUR)
    respond.hold(waiting.number, reason="awaiting_vendor", by=by, now=now + 2 * HOUR)
    climb.escalate(waiting.number, chain="management", reason="especially_complex", by=by, now=now + 3 * HOUR)


@pytest.mark.django_db
def test_step_by_step_all_at_once_or_twice_gives_the_same_rows(company: Company, now: datetime) -> None:
    life(company, now)
    while seal(now=now):
        pass
    while follow(now=now, limit=3):
        pass
    in_steps = everything()
    assert len(in_steps[0]) == 3

    Progress.objects.all().delete()
    while follow(now=now):
        pass
    assert everything() == in_steps, "following the whole log again changes nothing"
    list(rebuild(now=now))
    assert everything() == in_steps
    assert list(findings()) == []


@pytest.mark.django_db
def test_a_figure_changed_by_hand_is_found_and_a_rebuild_mends_it(company: Company, now: datetime) -> None:
    life(company, now)
    caught_up(now)
    Fact.objects.filter(reopened=1).update(reopened=0)
    DayTally.objects.filter(dimension="", priority="").update(arrivals=9)
    told = [str(finding) for finding in findings()]
    assert any("fact.reopened" in line for line in told)
    assert any("9 tallied" in line for line in told)
    list(rebuild(now=now))
    assert list(findings()) == []


@pytest.mark.django_db
def test_events_on_their_way_are_no_findings_and_make_no_freshness(company: Company, now: datetime) -> None:
    assert freshness(now=now).is_late, "nothing was ever counted"
    life(company, now)
    caught_up(now)
    respond.note(company.incident(now=now).number, text="Neu", by=company.by("support"), now=now)
    assert list(findings()) == []
    assert not freshness(now=now + timedelta(seconds=60)).is_late
    assert freshness(now=now + timedelta(seconds=61)).is_late


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_counted_all_the_same(company: Company, now: datetime) -> None:
    early, late = company.incident(), company.incident()
    started: list[int] = []
    go_on: list[bool] = []

    def slow() -> None:
        with transaction.atomic():
            climb.escalate(
                late.number, chain="management", reason="especially_complex", by=company.by("support"), now=now
            )
            started.append(Event.objects.filter(kind="incident.escalated").latest("pk").pk)
            while not go_on:
                time.sleep(0.01)
        connections.close_all()

    thread = Thread(target=slow, daemon=True)
    thread.start()
    try:
        while not started and thread.is_alive():
            time.sleep(0.01)
        respond.note(early.number, text="Gleich", by=company.by("support"), now=now)
        assert Event.objects.latest("pk").pk > started[0], "a younger event is there before the older one"
        caught_up(now)
        assert not Fact.objects.get(pk=late.pk).is_escalated_management
    finally:
        go_on.append(True)
        thread.join(30)
    caught_up(now)
    assert Fact.objects.get(pk=late.pk).is_escalated_management
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_has_changed_nothing(company: Company, now: datetime) -> None:
    life(company, now)
    while seal(now=now):
        pass
    failed: list[Exception] = []

    def follows() -> None:
        try:
            follow(now=now)
        except OperationalError as error:
            failed.append(error)
        connections.close_all()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE figures_spread IN ACCESS EXCLUSIVE MODE")
        thread = Thread(target=follows, daemon=True)
        thread.start()
        _kill_who_waits(cursor)
        thread.join(30)
    assert failed
    assert not Fact.objects.exists(), "facts were written before it waited for the roll-ups, and are gone"
    assert not Progress.objects.exists()

    caught_up(now)
    assert Fact.objects.count() == 3
    assert list(findings()) == []


def _kill_who_waits(cursor: Any) -> None:
    """Ends the process of the database that waits for our lock."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'figures_spread'::regclass"
        )
        if cursor.fetchall():
            return
        time.sleep(0.02)
    raise AssertionError("nobody waited")
