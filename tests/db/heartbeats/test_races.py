"""Two sweepers at once, and a ping in the middle of a sweep: whoever comes second sees what the first one did."""

from threading import Barrier

import pytest
from django.db import transaction

from heartbeats import services
from heartbeats.models import Flip, Heartbeat
from heartbeats.rules.beats import Action
from incidents.models import Alert, Incident
from lifecycle import heartbeats, tick
from tests.db.heartbeats.conftest import HOUR, MINUTE, ping
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_sweepers_tell_each_silence_once(make, now):
    jobs = [make(f"Lauf {n}") for n in range(6)]
    for job in jobs:
        ping(job, now)
    at = now + HOUR + 5 * MINUTE
    assert all(isinstance(swept, tick.Swept) for swept in at_once(2, lambda _turn: tick.sweep(now=at)))
    assert Incident.objects.count() == 6
    assert Flip.objects.filter(is_down=True).count() == 6
    assert not Flip.objects.filter(told_at=None).exists()


def test_a_ping_during_a_sweep_comes_after_it_and_is_its_recovery(make, now):
    job = make()
    ping(job, now)
    at = now + HOUR + 5 * MINUTE
    claimed, pinged = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def sweep():
        with transaction.atomic():
            rows = services.claim_due(now=at, limit=10)
            claimed.wait()
            heartbeats._act(rows, at)
        pinged.wait()
        tick.sweep(now=at + MINUTE)

    def call():
        claimed.wait()
        heartbeats.ping(job.key, heartbeats.Said(Action.SUCCESS, "POST"), now=at)
        pinged.wait()

    assert at_once(2, lambda turn: (sweep, call)[turn]()) == [None, None]
    assert list(Flip.objects.order_by("id").values_list("is_down", flat=True)) == [True, False]
    assert Alert.objects.get().state == "cleared"
    assert Heartbeat.objects.get().status == "up"


def test_a_sweep_during_a_ping_passes_it_by(make, now):
    job = make()
    ping(job, now)
    at = now + HOUR + 5 * MINUTE
    held, swept = Barrier(2, timeout=20), Barrier(2, timeout=20)

    def call():
        with transaction.atomic():
            heartbeats.ping(job.key, heartbeats.Said(Action.SUCCESS, "POST"), now=at)
            held.wait()
            swept.wait()

    def sweep():
        held.wait()
        tick.sweep(now=at)
        swept.wait()

    assert at_once(2, lambda turn: (sweep, call)[turn]()) == [None, None]
    tick.sweep(now=at + MINUTE)
    assert not Incident.objects.exists()
