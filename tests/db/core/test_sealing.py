"""The log cannot be changed through the database, and whoever changes it all the same is found."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.actors import SYSTEM
from core.audit import Fact, record_all
from core.models import Event, EventSeal
from core.sealing import seal, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(now, tmp_path):
    """Thirty sealed events and the anchor file that was kept on the way."""
    anchor = tmp_path / "anchor.log"
    for _part in range(3):
        record_all(
            Fact("contact.taken", "contact", number, now, SYSTEM, "§2", {"channel": "phone"}) for number in range(10)
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transaction, "on_commit", lambda run: run())
            assert seal(now=now, anchor=anchor) == 10
    return anchor


def tamper(sql, *parameters):
    """Changes rows as a superuser could: with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def found(now, anchor):
    return [str(finding) for finding in verify(now=now, anchor=anchor)]


def nth(number):
    return Event.objects.order_by("pk")[number]


@pytest.mark.parametrize("table", ["core_event", "core_eventseal"])
@pytest.mark.parametrize("verb", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_the_database_refuses_to_change_or_remove(log, table, verb):
    column = "rule" if table == "core_event" else "hash"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table, column))


def test_an_untouched_log_has_no_findings(log, now):
    assert found(now, log) == []


def test_a_changed_event_is_named(log, now):
    tamper("UPDATE core_event SET actor_label = 'Niemand' WHERE id = %s", nth(7).pk)
    assert found(now, log) == [f"changed: event {nth(7).pk} (contact.taken, sealed as 8)"]


def test_a_removed_event_is_named(log, now):
    gone = nth(7).pk
    tamper("DELETE FROM core_event WHERE id = %s", gone)
    assert found(now, log) == [f"removed: event {gone} (sealed as 8)"]


def test_two_swapped_events_are_both_named(log, now):
    first, second = nth(3), nth(4)
    tamper("UPDATE core_event SET subject_id = CASE id WHEN %s THEN %s ELSE %s END WHERE id IN (%s, %s)",
           first.pk, second.subject_id, first.subject_id, first.pk, second.pk)  # fmt: skip
    assert [line.split(" (")[0] for line in found(now, log)] == [
        f"changed: event {first.pk}",
        f"changed: event {second.pk}",
    ]


def test_an_inserted_event_is_named_even_after_the_sealer_met_it(log, now):
    forged = nth(0).pk - 1
    tamper(
        "INSERT INTO core_event"
        " (id, kind, at, actor_kind, actor_id, actor_label, via, subject_type, subject_id, rule, data)"
        " SELECT %s, kind, at, actor_kind, actor_id, actor_label, via, subject_type, subject_id, rule, data"
        " FROM core_event WHERE id = %s",
        forged,
        nth(0).pk,
    )
    seal(now=now + timedelta(hours=1))
    assert found(now + timedelta(hours=1), log) == [
        f"inserted: event {forged} (appeared long after later events were sealed)"
    ]


def test_a_cut_off_tail_is_found_by_the_anchor_outside(log, now):
    cut = EventSeal.objects.get(seq=20)
    tamper("DELETE FROM core_event WHERE id > %s", cut.event_id)
    tamper("DELETE FROM core_eventseal WHERE seq > 20")
    assert found(now, None) == []
    assert [line.split(" (")[0] for line in found(now, log)] == ["cut_off: seal 30"]


def test_a_removed_seal_is_named(log):
    tamper("DELETE FROM core_eventseal WHERE seq = 12")
    gone = nth(11).pk
    long_after = Event.objects.latest("pk").recorded_at + timedelta(hours=1)  # the database's own stamp, not `now`
    assert [line.split(" (")[0] for line in found(long_after, log)] == [
        "removed: seal 12",
        f"inserted: event {gone}",
    ]


def test_a_second_sealer_finds_nothing_left(log, now):
    assert seal(now=now) == 0
