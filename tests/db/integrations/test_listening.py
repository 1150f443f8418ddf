"""An ear that goes deaf is an incident, once; it recovers when it hears again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core import pulses
from incidents.models import Alert, Incident
from integrations import services
from integrations.listening import listen
from integrations.models import Delivery, Source
from tests.db.integrations.conftest import ADMIN
from tests.together import at_once

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ear(company: object, sentry: Source, now: datetime) -> Source:
    """Expected every hour."""
    listen(now=now)
    return services.set_rhythm(source=sentry, expected_every_min=60, is_watched=True, actor=ADMIN, now=now)


def hear(source: Source, *instants: datetime) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(source=source, delivery_id=at.isoformat(), received_at=at, body=b"{}", state="ignored")
            for at in instants
        ]
    )


def listen_until(start: datetime, end: datetime) -> int:
    """Every four minutes, as a beat that never stops would."""
    told, at = 0, start
    while at < end:
        at = min(at + 4 * MINUTE, end)
        told += listen(now=at)
    return told


def test_silence_is_told_once_and_taken_back_when_it_hears_again(ear: Source, now: datetime) -> None:
    hear(ear, now)
    assert listen_until(now, now + HOUR) == 0
    assert listen_until(now + HOUR, now + 3 * HOUR) == 1
    incident = Incident.objects.get()
    assert (incident.title, incident.category) == ("Ein Ohr ist taub: Sentry main", "availability")
    hear(ear, now + 3 * HOUR)
    assert listen_until(now + 3 * HOUR, now + 4 * HOUR) == 1
    assert Alert.objects.get().state == "cleared"
    ear.refresh_from_db()
    assert ear.deaf_since is None


def test_an_ear_nobody_watches_or_that_is_paused_may_be_silent(ear: Source, now: datetime) -> None:
    services.set_mode(source=ear, mode="paused", actor=ADMIN, now=now)
    assert listen_until(now, now + 2 * HOUR) == 0
    services.set_mode(source=ear, mode="live", actor=ADMIN, now=now)
    services.set_rhythm(source=ear, expected_every_min=60, is_watched=False, actor=ADMIN, now=now)
    assert listen_until(now + 2 * HOUR, now + 4 * HOUR) == 0


def test_after_we_were_away_every_ear_gets_its_rhythm_again(ear: Source, now: datetime) -> None:
    hear(ear, now)
    back = now + 5 * HOUR
    assert listen(now=back) == 0
    assert listen_until(back, back + HOUR) == 0
    assert listen_until(back + HOUR, back + HOUR + 4 * MINUTE) == 1


def test_a_rhythm_is_learned_from_what_was_heard(company: object, sentry: Source, now: datetime) -> None:
    hear(sentry, *(now - 10 * DAY + turn * 12 * HOUR for turn in range(20)))
    listen(now=now)
    sentry.refresh_from_db()
    assert sentry.learned_every_min == 24 * 60
    assert listen_until(now, now + 4 * HOUR) == 0
    pulses.show("listener", at=now + 23 * HOUR, data={"since": (now - DAY).isoformat()})
    assert listen(now=now + 23 * HOUR + MINUTE) == 1


def test_too_little_was_heard_to_learn_from(company: object, sentry: Source, now: datetime) -> None:
    hear(sentry, *(now - DAY + turn * MINUTE for turn in range(30)))
    listen(now=now)
    sentry.refresh_from_db()
    assert sentry.learned_every_min == 0
    assert listen_until(now, now + 4 * HOUR) == 0


def test_an_api_that_does_not_answer_for_half_an_hour_is_deaf_too(ear: Source, now: datetime) -> None:
    hear(ear, now)
    Source.objects.update(poll_failing_since=now, last_poll_error="503 Service Unavailable")
    assert listen_until(now, now + 30 * MINUTE) == 0
    assert listen(now=now + 31 * MINUTE) == 1
    assert "503 Service Unavailable" in Incident.objects.get().symptom


@pytest.mark.django_db(transaction=True)
def test_two_listeners_at_once_tell_it_once(ear: Source, now: datetime) -> None:
    pulses.show("listener", at=now + 2 * HOUR, data={"since": now.isoformat()})
    assert sorted(at_once(2, lambda _turn: listen(now=now + 2 * HOUR))) == [0, 1]  # type: ignore[type-var]
    assert Incident.objects.count() == 1
