"""The database's clock is everybody's (R16)."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import Error, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core import clock

pytestmark = pytest.mark.django_db
AWRY = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _a_fresh_process(settings, monkeypatch):
    settings.CLOCK_FILE = None
    monkeypatch.setattr(clock, "_reading", None)


def time_of_the_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
        return at


@pytest.mark.parametrize("awry", [AWRY, -AWRY])
def test_a_machine_whose_clock_is_wrong_reads_the_right_time(awry, caplog):
    with time_machine.travel(datetime.now(UTC) + awry):
        before, read, after = time_of_the_database(), clock.now(), time_of_the_database()
        assert before <= read <= after + timedelta(milliseconds=1)
        assert abs(clock.skew() - awry) < timedelta(minutes=1)
    assert "clock.skewed" in caplog.text


def test_a_clock_that_is_set_while_we_run_moves_nothing():
    first = clock.now()
    with time_machine.travel(datetime.now(UTC) + AWRY):
        assert timedelta() <= clock.now() - first < timedelta(minutes=1)


def test_the_database_is_asked_once_and_then_counted_on():
    clock.now()
    with CaptureQueriesContext(connection) as asked:
        clock.now()
    assert len(asked) == 0


def test_after_a_minute_it_is_asked_again(monkeypatch):
    clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "KEPT_S", -1)
        with CaptureQueriesContext(connection) as asked:
            clock.now()
    assert [query["sql"] for query in asked] == ["SELECT clock_timestamp()"]


@pytest.mark.parametrize("how", ["sql failed", "marked for rollback"])
@pytest.mark.parametrize("is_first", [True, False])
def test_in_a_broken_transaction_time_goes_on_and_the_database_is_asked_after_it(how, is_first, monkeypatch):
    if not is_first:
        clock.now()
        monkeypatch.setattr(clock, "KEPT_S", -1)
    with suppress(Error), transaction.atomic():
        if how == "marked for rollback":
            transaction.set_rollback(True)
        else:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT nonsense")
        first = clock.now()
        assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
        assert clock.now() >= first
    with CaptureQueriesContext(connection) as asked:
        clock.now()
    assert len(asked) == 1


def test_while_the_database_is_away_time_goes_on(monkeypatch):
    away = connections.create_connection("default")
    away.settings_dict = {**away.settings_dict, "HOST": "/nowhere"}
    monkeypatch.setattr(clock, "connection", away)

    first = clock.now()
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now() >= first

    monkeypatch.setattr(clock, "connection", connection)
    with CaptureQueriesContext(connection) as asked:
        clock.now()
    assert len(asked) == 1
