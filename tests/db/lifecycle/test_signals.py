"""Signals become incidents: one per fingerprint, counted, escalated straight to Development (P-2.3)."""

from datetime import timedelta

import pytest

from core.models import Event
from escalation.models import Step
from incidents.models import Alert, Incident
from incidents.rules.signals import Signal, SignalState
from lifecycle import connect, finish, tick
from lifecycle.signals import SourceRef, receive_all

SENTRY = SourceRef("sentry/main", "Sentry")
MINUTE = timedelta(minutes=1)


def signal(key="1", state=SignalState.FIRING, *, kind="error", severity="high", **more):
    return Signal(f"sentry:x:issue:{key}", state, kind, severity, f"KeyError {key}", **more)


def send(now, *signals):
    return receive_all([(one, SENTRY, now) for one in signals], now=now)


@pytest.fixture(autouse=True)
def _company(company):
    return company


def test_an_alarm_opens_one_prioritised_incident_at_development(now, company):
    [outcome] = send(now, signal(severity="critical", kind="availability"))
    incident = Incident.objects.get()
    assert outcome == (outcome.__class__)("sentry:x:issue:1", "opened", incident.number)
    assert (incident.priority, incident.category) == ("critical", "availability")
    assert (incident.functional_level, incident.team.role) == (2, "development")
    assert incident.clocks.count() == 2
    step = Step.objects.get()
    assert {call.person for call in step.calls.all()} == {company.dev, company.dev2}
    assert step.reason == "monitoring_detected"


def test_repetitions_count_and_leave_the_incident_alone(now):
    send(now, *[signal() for _ in range(150)])
    send(now + MINUTE, signal())
    incident = Incident.objects.get()
    assert incident.version == 1
    assert Alert.objects.get().count == 151
    counts = Event.objects.filter(kind="alert.repeated").values_list("data__count", flat=True)
    assert list(counts) == [10, 100]


def test_a_recovery_resolves_after_its_grace_unless_it_comes_back(now, document):
    send(now, signal())
    grace = timedelta(minutes=document.monitoring.resolve_after_min)
    send(now + MINUTE, signal(state=SignalState.CLEARED))
    tick.sweep(now=now + grace)
    assert Incident.objects.get().status == "new"
    tick.sweep(now=now + grace + MINUTE)
    assert Incident.objects.get().status == "resolved"
    assert Incident.objects.get().closure_code == "recovered"
    send(now + grace + 5 * MINUTE, signal())
    back = Incident.objects.get()
    assert (back.status, back.reopen_count) == ("in_progress", 1)


def test_a_recovery_that_cannot_be_handled_is_tried_again(now, document, monkeypatch):
    send(now, signal())
    send(now, signal(state=SignalState.CLEARED))
    due = now + timedelta(minutes=document.monitoring.resolve_after_min) + MINUTE

    def broken(*_args, **_facts):
        raise RuntimeError("broken row")

    with monkeypatch.context() as today:
        today.setattr(finish, "resolved", broken)
        tick.sweep(now=due)
    assert Incident.objects.get().status == "new"
    tick.sweep(now=due + tick.TRY_AGAIN)
    assert Incident.objects.get().status == "resolved"


def test_an_incident_with_two_alerts_resolves_when_the_last_one_recovers(now, company):
    send(now, signal("1"), signal("2"))
    first = Incident.objects.order_by("pk").first()
    Alert.objects.update(incident=first)
    send(now + MINUTE, signal("1", SignalState.CLEARED))
    tick.sweep(now=now + 30 * MINUTE)
    first.refresh_from_db()
    assert first.status == "new"
    send(now + 31 * MINUTE, signal("2", SignalState.CLEARED))
    tick.sweep(now=now + 60 * MINUTE)
    first.refresh_from_db()
    assert first.status == "resolved"


def test_after_the_window_a_new_incident_is_opened_and_linked_to_the_old_one(now, company, document):
    send(now, signal())
    old = Incident.objects.get()
    finish.resolve(old.number, code="solved_permanently", text="ok", by=company.by("dev"), now=now + MINUTE)
    later = now + timedelta(minutes=document.monitoring.reopen_within_min + 2)
    send(later, signal())
    new = Incident.objects.exclude(pk=old.pk).get()
    assert new.links_out.get().target == old


def test_too_many_incidents_at_once_become_one_flood(now, document):
    limit = document.monitoring.flood_count
    outcomes = send(now, *[signal(str(n)) for n in range(limit + 30)])
    assert Incident.objects.count() == limit + 1
    flood = Incident.objects.get(is_flood=True)
    assert (flood.major_state, flood.major_trigger) == ("candidate", "several_schools_down")
    assert flood.alerts.count() == 30
    assert [o.effect for o in outcomes].count("flooded") == 30


def test_a_muted_alarm_stops_the_calls_and_stays_open(now):
    send(now, signal())
    send(now + MINUTE, signal(state=SignalState.MUTED))
    assert Incident.objects.get().status == "new"
    assert Step.objects.get().state == "superseded"


def test_order_does_not_matter_an_old_alarm_after_the_recovery_moves_nothing(now):
    fired = signal(observed_at=now - 10 * MINUTE)
    cleared = signal(state=SignalState.CLEARED, observed_at=now - 5 * MINUTE)
    send(now, fired, cleared, fired)
    assert Alert.objects.get().state == "cleared"
    assert Incident.objects.count() == 1
    assert Event.objects.filter(kind="alert.stale").exists()


def test_an_alarm_that_comes_back_calls_development_again(now, document):
    send(now, signal())
    send(now + MINUTE, signal(state=SignalState.CLEARED))
    grace = timedelta(minutes=document.monitoring.resolve_after_min)
    tick.sweep(now=now + grace + 2 * MINUTE)
    assert not Step.objects.filter(state="calling").exists()
    send(now + grace + 5 * MINUTE, signal())
    step = Step.objects.get(state="calling")
    assert (step.chain, step.to_level, step.reason) == ("functional", 2, "reopened")


def test_a_late_alarm_from_before_the_solution_does_not_reopen(now, company):
    send(now, signal(observed_at=now))
    incident = Incident.objects.get()
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("dev"), now=now + 10 * MINUTE)
    send(now + 11 * MINUTE, signal(observed_at=now + 9 * MINUTE))
    incident.refresh_from_db()
    assert incident.status == "resolved"
    send(now + 13 * MINUTE, signal(observed_at=now + 12 * MINUTE))
    incident.refresh_from_db()
    assert incident.status == "in_progress"


def test_who_reopens_by_hand_is_not_overruled_by_an_earlier_recovery(now, company, document):
    send(now, signal())
    incident = Incident.objects.get()
    send(now + MINUTE, signal(state=SignalState.CLEARED))
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("dev"), now=now + 2 * MINUTE)
    finish.reopen(incident.number, reason="stimmt nicht", by=company.by("dev"), now=now + 3 * MINUTE)
    tick.sweep(now=now + timedelta(minutes=document.monitoring.resolve_after_min + 5))
    incident.refresh_from_db()
    assert incident.status == "in_progress"


def test_an_alarm_fired_and_muted_in_one_batch_calls_nobody(now):
    send(now, signal(), signal(state=SignalState.MUTED))
    assert Step.objects.get().state == "superseded"


def test_a_muted_alarm_that_returns_calls_again_until_somebody_took_it(now):
    send(now, signal())
    send(now + MINUTE, signal(state=SignalState.MUTED))
    send(now + 2 * MINUTE, signal(is_regression=True))
    assert Step.objects.filter(state="calling").count() == 1


def test_a_taken_back_merge_calls_again_when_nobody_had_taken_the_incident(now, company):
    send(now, signal("1"), signal("2"))
    first, second = Incident.objects.order_by("pk")
    connect.merge(second.number, into=first.number, by=company.by("support"), now=now + MINUTE)
    connect.unmerge(second.number, by=company.by("support"), now=now + 2 * MINUTE)
    assert Step.objects.filter(incident=second, state="calling").count() == 1
