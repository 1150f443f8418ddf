"""Silence becomes an incident, a ping its recovery; one incident for what depends on each other."""

from datetime import timedelta

import pytest

from core import pulses
from core.models import Event
from heartbeats.models import Flip, Heartbeat
from heartbeats.rules.beats import Action
from incidents.models import Alert, Incident
from lifecycle import heartbeats, tick
from lifecycle.heartbeats import TooOften
from tests.db.heartbeats.conftest import HOUR, MINUTE, ping

pytestmark = pytest.mark.django_db


def test_silence_beyond_the_grace_opens_one_incident_and_a_ping_resolves_it(make, now, document):
    backup = make(kind="availability", severity="critical")
    ping(backup, now)
    tick.sweep(now=now + HOUR + 4 * MINUTE)
    assert not Incident.objects.exists()
    tick.sweep(now=now + HOUR + 5 * MINUTE)
    tick.sweep(now=now + HOUR + 6 * MINUTE)
    incident = Incident.objects.get()
    assert (incident.title, incident.category, incident.priority, incident.functional_level) == (
        "Heartbeat «Nachtlauf» hat sich nicht gemeldet",
        "availability",
        "critical",
        2,
    )
    assert str(backup.key) not in incident.symptom + Alert.objects.get().fingerprint, "the address is a secret"
    back = now + HOUR + 7 * MINUTE
    ping(backup, back)
    tick.sweep(now=back)
    assert Alert.objects.get().state == "cleared"
    tick.sweep(now=back + timedelta(minutes=document.monitoring.resolve_after_min))
    assert Incident.objects.get().status == "resolved"


def test_a_failure_that_is_over_before_anybody_swept_is_told_all_the_same(make, now):
    job = make()
    ping(job, now, Action.FAIL, exit_status=3)
    ping(job, now + timedelta(seconds=1))
    tick.sweep(now=now + timedelta(seconds=2))
    incident = Incident.objects.get()
    assert incident.title == "Heartbeat «Nachtlauf» meldet einen Fehlschlag"
    assert "exit status 3" in incident.symptom
    assert Alert.objects.get().state == "cleared"
    assert not Flip.objects.filter(told_at=None).exists()


def test_what_depends_on_a_dead_one_is_a_line_in_its_incident(make, now):
    parent = make("Datenbank", grace_s=600)
    child = make("Export", parent=parent)
    ping(parent, now)
    ping(child, now)
    at = now + HOUR + 5 * MINUTE
    tick.sweep(now=at)
    assert not Incident.objects.exists(), "the parent is late itself: it may explain the child"
    tick.sweep(now=now + HOUR + 10 * MINUTE)
    tick.sweep(now=now + HOUR + 10 * MINUTE + timedelta(seconds=1))
    assert Incident.objects.get().title == "Heartbeat «Datenbank» hat sich nicht gemeldet"
    assert set(Heartbeat.objects.values_list("status", "told")) == {("down", "firing"), ("down", "quiet")}
    assert Event.objects.get(kind="alert.informed").data["label"] == "Heartbeat «Export» hat sich nicht gemeldet"

    # the parent is back: the child has one grace to speak for itself
    back = now + 2 * HOUR
    ping(parent, back)
    tick.sweep(now=back + 4 * MINUTE)
    assert Incident.objects.count() == 1
    tick.sweep(now=back + 5 * MINUTE)
    assert Incident.objects.filter(title__contains="Export").count() == 1


def test_a_child_that_speaks_after_its_parent_is_back_was_never_an_incident(make, now):
    parent = make("Datenbank")
    child = make("Export", parent=parent)
    ping(parent, now, Action.FAIL)
    tick.sweep(now=now)
    ping(child, now + MINUTE, Action.FAIL)
    tick.sweep(now=now + MINUTE)
    ping(parent, now + 2 * MINUTE)
    ping(child, now + 3 * MINUTE)
    tick.sweep(now=now + 3 * MINUTE)
    tick.sweep(now=now + 9 * MINUTE)
    assert Incident.objects.count() == 1
    child.refresh_from_db()
    assert child.status == "up"


def test_two_of_three(make, now):
    job = make(fails=2, of=3)
    ping(job, now)
    tick.sweep(now=now + HOUR + 5 * MINUTE)
    assert not Incident.objects.exists()
    ping(job, now + 2 * HOUR, Action.FAIL)
    tick.sweep(now=now + 2 * HOUR)
    assert Incident.objects.count() == 1


def test_after_we_were_away_everybody_gets_that_time_again(make, now):
    job = make()
    ping(job, now)
    pulses.show("sweeper", at=now + HOUR)
    back = now + 4 * HOUR
    tick.sweep(now=back)
    assert not Incident.objects.exists(), "nobody could ping us either"
    pulses.show("sweeper", at=back + 4 * MINUTE)
    tick.sweep(now=back + 5 * MINUTE)
    assert Incident.objects.count() == 1


def test_a_calendar_over_the_change_of_clocks_is_missed_at_the_right_instant(make, now):
    job = make(rhythm="cron", expression="30 2 * * *", grace_s=60)
    before = now.replace(year=2027, month=3, day=27, hour=12)
    ping(job, before)
    assert job.expected_at.isoformat() == "2027-03-28T01:00:00+00:00"
    assert job.due_at == job.expected_at + MINUTE


def test_the_guard_takes_thirty_pings_a_minute(make, now):
    job = make()
    for _turn in range(30):
        ping(job, now, Action.LOG)
    with pytest.raises(TooOften) as often:
        ping(job, now + timedelta(seconds=20))
    assert often.value.wait_s == 40
    assert ping(job, now + MINUTE).ping_count == 31


def test_a_hundred_pings_are_kept(make, now):
    job = make()
    for turn in range(105):
        ping(job, now + turn * MINUTE, Action.LOG, body=str(turn))
    assert list(job.pings.order_by("n").values_list("n", flat=True)) == list(range(6, 106))


def test_runs_beside_each_other_have_their_own_durations(make, now):
    job = make()
    a, b = "0" * 8 + "-0000-0000-0000-00000000000a", "0" * 8 + "-0000-0000-0000-00000000000b"
    ping(job, now, Action.START, run=a)
    ping(job, now + timedelta(seconds=5), Action.START, run=b)
    ping(job, now + timedelta(seconds=20), run=a)
    ping(job, now + timedelta(seconds=30), run=b)
    assert list(job.pings.filter(action="success").order_by("n").values_list("duration_s", flat=True)) == [20, 25]


def test_only_posts_count_where_that_is_asked_for(make, now):
    job = make(only_post=True)
    assert ping(job, now, method="GET").status == "new"
    assert job.pings.get().action == "ignored"
    assert ping(job, now).status == "up"


def test_a_poisonous_one_holds_up_no_other(make, now, monkeypatch):
    bad, good = make("Gift"), make("Gesund")
    for job in (bad, good):
        ping(job, now, Action.FAIL)
    whole = heartbeats.receive_all

    def choke(items, *, now):
        if any("Gift" in signal.title for signal, _source, _at in items):
            raise RuntimeError("poison")
        return whole(items, now=now)

    monkeypatch.setattr(heartbeats, "receive_all", choke)
    tick.sweep(now=now)
    assert Incident.objects.get().title == "Heartbeat «Gesund» meldet einen Fehlschlag"
    bad.refresh_from_db()
    assert bad.due_at == now + 5 * MINUTE


def test_ten_thousand_with_nothing_due_cost_one_statement(make, now, django_assert_num_queries):
    rows = [Heartbeat(name=f"h{n}", period_s=60, grace_s=60, status="up", created_at=now) for n in range(10_000)]
    for row in rows:
        row.expected_at, row.due_at = now + HOUR, now + HOUR
    Heartbeat.objects.bulk_create(rows)
    with django_assert_num_queries(2):  # what is due of all kinds, and the pulse
        tick.sweep(now=now)
