"""Workers are killed, the broker forgets everything: every due thing still happens, once."""

from collections import Counter
from datetime import timedelta

import pytest
import redis
import requests
from django.conf import settings
from django.db import transaction

from core.models import Event, Pulse
from escalation.models import Call
from incidents.models import Incident
from incidents.rules.priority import rank
from integrations.models import Delivery
from lifecycle.integrity import findings
from lifecycle.opening import Birth, open_all, unsaved
from lifecycle.tick import next_due
from notifications.models import Message
from process.selectors import current
from sla.models import Clock
from tests.journeys.house import sample, wait_until
from tests.journeys.test_a_developer_works_by_api import REPORT, Desk
from tests.stubs.valkey import Valkey

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
SWEEP, DELIVER, TRANSLATE = "lifecycle.tasks.sweep", "lifecycle.tasks.deliver", "integrations.tasks.translate"


def open_many(company, document, count):
    ranking = rank(document, urgency="high", impact="high")
    births = [
        Birth(
            unsaved(
                document=document,
                version=current(),
                ranking=ranking,
                symptom=f"Ausfall {number}",
                channel="phone",
                category="availability",
                reported_at=company.now,
            ),
            rule="§5.1/1",
            functional_level=1,
            reason="recorded",
        )
        for number in range(count)
    ]
    with transaction.atomic():
        return open_all(births, document=document, by=company.by("support"), now=company.now)


def test_workers_killed_in_the_middle_of_a_sweep_lose_and_double_nothing(house, company, document):
    open_many(company, document, 240)
    house.set_clock(house.at + timedelta(hours=6))
    breaches = Event.objects.filter(kind="sla.breached")
    for turn in range(2):
        house.start("worker")
        house.ring(SWEEP, SWEEP)
        before = breaches.count()
        wait_until(lambda before=before: breaches.count() > before or not _overdue(house), what=f"sweep {turn} moves")
        house.kill("worker")
    house.start("worker", "beat")
    wait_until(lambda: not _overdue(house), what="everything overdue was done")
    house.kill("beat")
    house.kill("worker")

    per_clock = Counter(breaches.values_list("subject_id", "data__clock"))
    assert len(per_clock) == 240 * 2
    assert set(per_clock.values()) == {1}
    climbs = Counter(
        Event.objects.filter(kind="incident.escalated", data__chain="management").values_list("subject_id", "data__to")
    )
    assert set(climbs.values()) == {1}
    assert {pk for pk, level in climbs if level == 2} == set(Incident.objects.values_list("pk", flat=True))
    assert [str(found) for found in findings(now=house.at) if "unsealed" not in found.problem] == []


def _overdue(house):
    return Clock.objects.filter(next_check_at__lte=house.at).exists()


def test_a_broker_that_forgets_everything_is_a_non_event(house):
    house.start("web")
    broker = redis.Redis.from_url(settings.REDIS_URL)
    created = sample("sentry/issue.created.json")
    for number in range(20):
        created["data"]["issue"]["id"] = str(7_000 + number % 5)
        assert house.sentry("issue", created).status_code == 202
    broker.flushdb()
    assert Delivery.objects.filter(state="pending").count() == 20
    house.start("worker", "beat")
    wait_until(lambda: not Delivery.objects.filter(state="pending").exists(), what="all deliveries translated")
    assert Incident.objects.count() == 5
    mails = Message.objects.filter(channel="email")
    wait_until(lambda: mails.exists() and not mails.filter(state="queued").exists(), what="all mails out")
    assert len({mail.key for mail in mails}) == mails.count()


def test_a_broker_away_for_five_minutes_stops_no_person_and_what_was_due_happens_once(house, company, tmp_path):
    broker = Valkey(tmp_path)
    broker.start()
    house.environment["REDIS_URL"] = broker.url
    desk = Desk(house, "dev")
    try:
        house.start("web", "worker", "beat")
        first = company.incident(urgency="high", impact="high")
        wait_until(lambda: Pulse.objects.filter(name="worker").exists(), what="the worker works")
        broker.kill()

        made = desk.post("incidents/", {**REPORT, "symptom": "Login geht nicht"})
        assert made.status_code == 201, made.text
        assert desk.post(f"incidents/{made.json()['number']}/acknowledge/").status_code == 200
        assert house.sentry("issue", sample("sentry/issue.created.json")).status_code == 202
        assert requests.get(f"{house.url}/healthz", timeout=5).ok
        assert requests.get(f"{house.url}/readyz", timeout=5).status_code == 503
        house.set_clock(house.at + timedelta(minutes=5))
        house.set_clock(house.at + timedelta(minutes=5))
        assert Delivery.objects.get().state == "pending"

        broker.start()
        _let_time_pass_until_nothing_is_left(house)
    finally:
        broker.kill()

    assert Delivery.objects.get().state == "done"
    calls = Call.objects.filter(step__incident=first).values_list("step", "person")
    assert len(calls) == len(set(calls)) > 2, "the next rung was called"
    mails = Message.objects.filter(channel="email")
    assert set(mails.values_list("state", flat=True)) == {"sent"}
    assert [str(found) for found in findings(now=house.at) if "unsealed" not in found.problem] == []


def _let_time_pass_until_nothing_is_left(house):
    """Where nothing moves any more, what is left waits for a later instant: a next try, the end of a lease."""
    for _minute in range(6):
        try:
            return wait_until(lambda: not _left(house), seconds=20)
        except AssertionError:
            house.set_clock(house.at + timedelta(minutes=1))
    raise AssertionError(f"left behind: {_left(house)}")


def _left(house):
    """What has not happened yet, in the order in which work flows, so that nothing slips through in between."""
    if pending := list(Delivery.objects.filter(state="pending")):
        return pending
    due = next_due()
    if due and due.at <= house.at:
        return [due]
    queued = Message.objects.filter(state="queued")
    return list(queued.values_list("key", "next_try_at", "leased_until", "attempts", "error"))
