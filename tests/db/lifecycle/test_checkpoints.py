"""Who hears of deadlines, one by one or many at once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from core.models import Event
from escalation.models import Step
from lifecycle import tick
from notifications.models import Message
from notifications.services import MOST_AT_ONCE


def _mails(company):
    return Message.objects.filter(person=company.support, channel="email", kind__startswith="sla_")


def test_a_few_deadlines_are_told_one_by_one(company, now):
    for _ in range(MOST_AT_ONCE):
        company.incident(urgency="high", impact="high")
    tick.sweep(now=now + timedelta(minutes=31))
    assert Counter(_mails(company).values_list("kind", flat=True)) == {"sla_breached": MOST_AT_ONCE}


def test_many_deadlines_of_one_moment_are_one_message_that_names_each(company, now):
    incidents = [company.incident(urgency="high", impact="high") for _ in range(MOST_AT_ONCE + 2)]
    tick.sweep(now=now + timedelta(minutes=31))
    told = _mails(company).get()
    assert told.kind == "sla_many"
    assert told.is_urgent
    assert told.subject.startswith(f"{MOST_AT_ONCE + 2} SLA-Fristen")
    assert all(incident.number in told.body for incident in incidents)


def test_each_incident_says_who_heard_of_it_in_a_message_of_many(company, now):
    incidents = [company.incident(urgency="high", impact="high") for _ in range(MOST_AT_ONCE + 1)]
    tick.sweep(now=now + timedelta(minutes=31))
    bundled = Event.objects.filter(kind="message.bundled")
    assert sorted(bundled.values_list("subject_id", flat=True)) == sorted(incident.pk for incident in incidents)
    assert all(company.support.display_name in event.data["to"] for event in bundled)


def test_calls_stay_one_for_each_incident_however_many_there_are(company, now):
    for _ in range(MOST_AT_ONCE + 1):
        company.incident(urgency="high", impact="high")
    tick.sweep(now=now + timedelta(minutes=31))
    assert Step.objects.filter(chain="management", to_level=2).count() == MOST_AT_ONCE + 1
    called = Message.objects.filter(person=company.pm, channel="email", kind="escalation_call")
    assert called.count() == MOST_AT_ONCE + 1


def test_a_second_sweep_of_the_same_moment_tells_nothing_twice(company, now):
    for _ in range(MOST_AT_ONCE + 1):
        company.incident(urgency="high", impact="high")
    tick.sweep(now=now + timedelta(minutes=31))
    before = Message.objects.count()
    tick.sweep(now=now + timedelta(minutes=31))
    assert Message.objects.count() == before
