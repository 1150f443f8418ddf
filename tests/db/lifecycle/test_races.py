"""Many at once: numbers stay unique, one winner per change, every due thing done once."""

from datetime import timedelta

import pytest

from core.models import Event
from escalation.models import Call, Step
from incidents.models import Alert, DutyDone, Incident
from incidents.rules.signals import Signal, SignalState
from lifecycle import climb, connect, duties, finish, respond, tick
from lifecycle.errors import Conflict, WrongState
from lifecycle.signals import SourceRef, receive_all
from sla.models import Checkpoint
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = SourceRef("sentry/main", "Sentry")


def test_fifty_incidents_at_once_get_fifty_numbers(company):
    made = at_once(50, lambda _n: company.incident().number)
    assert len(set(made)) == 50
    assert all(isinstance(number, str) for number in made)


def test_of_twenty_changes_to_one_version_one_wins_and_the_others_conflict(company, now):
    incident = company.incident()
    answers = at_once(
        20,
        lambda n: respond.edit(
            incident.number, fields={"title": f"Titel {n}"}, by=company.by("support"), now=now, version=1
        ),
    )
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 19
    assert Event.objects.filter(kind="incident.edited").count() == 1


def test_a_duty_ticked_ten_times_at_once_is_ticked_once(company, now):
    incident = company.incident()
    by = company.by("support")
    at_once(10, lambda _n: duties.tick(incident.number, chain="functional", key="analyse", done=True, by=by, now=now))
    assert DutyDone.objects.count() == Event.objects.filter(kind="incident.duty_done").count() == 1


def test_resolving_twenty_times_at_once_resolves_once(company, now):
    incident = company.incident()
    answers = at_once(
        20,
        lambda _n: finish.resolve(
            incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now
        ),
    )
    assert sum(isinstance(answer, WrongState) for answer in answers) == 19
    assert Event.objects.filter(kind="incident.resolved").count() == 1


def test_one_fingerprint_told_by_eight_workers_at_once_opens_one_incident(company, now):
    signal = Signal("sentry:x:issue:9", SignalState.FIRING, "error", "high", "KeyError")
    at_once(8, lambda _n: receive_all([(signal, SOURCE, now)] * 5, now=now))
    assert Incident.objects.count() == 1
    assert Alert.objects.get().count == 40


def test_sweepers_side_by_side_act_once(company, now):
    for _n in range(12):
        company.incident(urgency="high", impact="high")
    later = now + timedelta(hours=5)
    at_once(4, lambda _n: tick.sweep(now=later))
    tick.sweep(now=later)
    keys = list(Checkpoint.objects.values_list("clock", "segment", "percent"))
    assert len(keys) == len(set(keys)) == 12 * 2 * 4
    assert Event.objects.filter(kind="sla.breached").count() == 24
    calls = list(Call.objects.values_list("step", "person"))
    assert len(calls) == len(set(calls))
    assert Step.objects.filter(chain="management", to_level=2, reason="sla_breached").count() == 12


def test_a_sweep_that_finds_everything_overdue_leaves_nothing_due(company, now):
    incident = company.incident(urgency="high", impact="high")
    climb.escalate(incident.number, chain="functional", reason="technical_incident", by=company.by("support"), now=now)
    tick.sweep(now=now + timedelta(days=40))
    assert tick.sweep(now=now + timedelta(days=40)).total == 0


def test_merging_while_alarms_arrive_loses_nothing_and_nobody_waits_crosswise(company, now):
    signals = [Signal(f"sentry:x:issue:{n}", SignalState.FIRING, "error", "high", f"Error {n}") for n in range(8)]
    receive_all([(signal, SOURCE, now) for signal in signals], now=now)
    master, *doubles = Incident.objects.order_by("pk")

    def act(n):
        if n % 2:
            return connect.merge(doubles[n // 2].number, into=master.number, by=company.by("support"), now=now)
        return receive_all([(signal, SOURCE, now) for signal in reversed(signals)], now=now)

    answers = at_once(10, act)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Incident.objects.count() == 8
    assert Alert.objects.filter(incident=master).count() == 6


def test_linking_there_and_back_at_once_never_waits_crosswise(company, now):
    first, second = company.incident(), company.incident()

    def act(n):
        source, target = (first, second) if n % 2 else (second, first)
        return connect.link(source.number, kind="related", target=target.number, by=company.by("support"), now=now)

    assert [answer for answer in at_once(12, act) if isinstance(answer, Exception)] == []


def test_one_flood_gets_one_parent_however_many_workers_meet_it(company, now, document):
    most = document.monitoring.flood_count

    def act(n):
        told = [
            Signal(f"sentry:x:issue:{n}-{m}", SignalState.FIRING, "error", "high", f"Error {n} {m}")
            for m in range(most + 5)
        ]
        return receive_all([(signal, SOURCE, now) for signal in told], now=now)

    assert [answer for answer in at_once(4, act) if isinstance(answer, Exception)] == []
    assert Incident.objects.filter(is_flood=True).count() == 1
