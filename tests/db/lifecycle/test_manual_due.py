"""R15: a lead sets a due instant by hand. It stands until taken back, and all that reads clocks follows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.models import Event
from incidents.models import Incident
from incidents.rules.states import WrongState
from lifecycle import finish, manual_due, ranking, respond, tick
from lifecycle.errors import Conflict, Forbidden, Invalid
from sla.models import Clock
from sla.selectors import differences
from sla.services import repair
from tests.company import Company, spoken
from tests.together import at_once

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
CRITICAL: dict[str, Any] = {"urgency": "high", "impact": "high"}  # four hours around the clock
WHY = "Mit der Schule auf morgen vereinbart"


@pytest.fixture
def incident(company: Company, now: datetime) -> Incident:
    """Critical and acknowledged: only the resolution clock runs."""
    incident = company.incident(**CRITICAL)
    return respond.acknowledge(incident.number, by=company.by("support"), now=now)


def fix(company: Company, incident: Incident, until: datetime | None, now: datetime, **facts: Any) -> Incident:
    facts = {"clock": "resolution", "reason": WHY, "by": "lead", **facts}
    by = company.by(facts.pop("by"))
    return manual_due.set_due(incident.number, due_at=until, by=by, now=now, **facts)


def clock(incident: Incident, kind: str = "resolution") -> Clock:
    return Clock.objects.get(incident=incident, kind=kind)


def breaches(incident: Incident) -> int:
    return Event.objects.filter(kind="sla.breached", subject_id=incident.pk).count()


def warnings(incident: Incident) -> list[int]:
    given = Event.objects.filter(kind="sla.checkpoint", subject_id=incident.pk, data__clock="resolution").order_by("id")
    return [event.data["percent"] for event in given]


def test_it_stands_on_the_clock_the_queue_and_the_log(company: Company, incident: Incident, now: datetime) -> None:
    after = fix(company, incident, now + 20 * HOUR, now + HOUR)
    row = clock(incident)
    assert (row.due_at, row.manual_due_at, row.target_s) == (now + 20 * HOUR, now + 20 * HOUR, 20 * 3600)
    assert after.next_due_at == Incident.objects.get().next_due_at == now + 20 * HOUR
    event = Event.objects.get(kind="incident.due_set")
    assert (event.rule, event.actor_label, event.data["clock"]) == ("§9", "Lea Leitung", "resolution")
    assert (spoken(event)["reason"], event.data["due_at"]) == (WHY, (now + 20 * HOUR).isoformat())
    assert differences([incident.pk]) == []


@pytest.mark.parametrize("who", ["support", "dev", "it", "dpo"])
def test_only_a_lead_may(company: Company, incident: Incident, now: datetime, who: str) -> None:
    with pytest.raises(Forbidden):
        fix(company, incident, now + 20 * HOUR, now, by=who)


@pytest.mark.parametrize("who", ["lead", "pm", "board"])
def test_every_lead_may(company: Company, incident: Incident, now: datetime, who: str) -> None:
    assert fix(company, incident, now + 20 * HOUR, now, by=who).next_due_at == now + 20 * HOUR


@pytest.mark.parametrize(
    ("facts", "hours", "field"),
    [
        ({"reason": " "}, 20, "reason"),
        ({"clock": "lunch"}, 20, "clock"),
        ({"clock": "response"}, 20, "clock"),
        ({}, 0, "due_at"),
        ({}, -1, "due_at"),
        ({}, 24 * 367, "due_at"),
        ({}, None, "due_at"),
    ],
    ids=["no reason", "no such clock", "stopped clock", "now", "past", "over a year", "nothing to take back"],
)
def test_what_cannot_be_is_refused_beside_its_field(
    company: Company, incident: Incident, now: datetime, facts: dict[str, Any], hours: int | None, field: str
) -> None:
    before = clock(incident).due_at
    with pytest.raises(Invalid) as refused:
        fix(company, incident, now + hours * HOUR if hours is not None else None, now, **facts)
    assert list(refused.value.errors) == [field]
    assert clock(incident).due_at == before


def test_what_is_over_or_changed_meanwhile_has_no_new_date(company: Company, incident: Incident, now: datetime) -> None:
    with pytest.raises(Conflict):
        fix(company, incident, now + 20 * HOUR, now, version=1)
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    with pytest.raises(WrongState):
        fix(company, incident, now + 20 * HOUR, now)


def test_the_same_date_again_changes_nothing(company: Company, incident: Incident, now: datetime) -> None:
    version = fix(company, incident, now + 20 * HOUR, now).version
    assert fix(company, incident, now + 20 * HOUR, now + HOUR).version == version


def test_neither_priority_nor_waiting_moves_it_and_warnings_follow_it(
    company: Company, incident: Incident, now: datetime
) -> None:
    by, due = company.by("support"), now + 20 * HOUR
    fix(company, incident, due, now)
    ranking.set_priority(incident.number, urgency="low", impact="low", by=by, now=now + HOUR)
    assert clock(incident).due_at == due
    ranking.set_priority(incident.number, **CRITICAL, by=by, now=now + 2 * HOUR)
    respond.start(incident.number, by=by, now=now + 2 * HOUR)
    until = now + 6 * HOUR
    respond.hold(incident.number, reason="awaiting_reporter", message="Was?", until=until, by=by, now=now + 2 * HOUR)
    assert (clock(incident).state, clock(incident).deadline) == ("paused", due)
    assert Incident.objects.get().next_due_at == due
    assert differences([incident.pk]) == []
    tick.sweep(now=until)
    row = clock(incident)
    assert (row.state, row.due_at, row.next_percent) == ("running", due, 50)
    assert differences([incident.pk]) == []
    tick.sweep(now=due)
    assert (clock(incident).state, breaches(incident)) == ("running", 0)
    assert differences([incident.pk]) == []
    tick.sweep(now=due + SECOND)
    assert (clock(incident).state, clock(incident).breached_at, breaches(incident)) == ("breached", due, 1)
    assert tick.sweep(now=due + HOUR).done["checkpoints"] == 0
    assert differences([incident.pk]) == []


def test_it_breaks_while_the_incident_waits_and_is_announced_once(
    company: Company, incident: Incident, now: datetime
) -> None:
    by = company.by("lead")
    respond.start(incident.number, by=by, now=now)
    respond.hold(
        incident.number, reason="awaiting_reporter", message="Was?", until=now + 30 * HOUR, by=by, now=now + HOUR
    )
    fix(company, incident, now + 9 * HOUR, now + 2 * HOUR)
    assert (clock(incident).next_percent, clock(incident).next_check_at) == (100, now + 9 * HOUR)
    tick.sweep(now=now + 9 * HOUR)
    assert breaches(incident) == 0
    tick.sweep(now=now + 9 * HOUR + SECOND)
    assert Incident.objects.get().management_level == 2
    tick.sweep(now=now + 10 * HOUR)
    row = clock(incident)
    assert (row.state, row.breached_at, row.elapsed_s, breaches(incident)) == ("breached", now + 9 * HOUR, 3600, 1)
    assert differences([incident.pk]) == []


def test_warnings_that_a_long_pause_skipped_are_given_once_work_goes_on(
    company: Company, incident: Incident, now: datetime
) -> None:
    by = company.by("lead")
    fix(company, incident, now + 20 * HOUR, now)
    respond.start(incident.number, by=by, now=now)
    until = now + 18 * HOUR
    respond.hold(incident.number, reason="awaiting_reporter", message="Was?", until=until, by=by, now=now + 7 * HOUR)
    tick.sweep(now=until - SECOND)
    assert warnings(incident) == []
    respond.resume(incident.number, by=by, now=until)  # seven hours used, two left
    assert differences([incident.pk]) == []
    tick.sweep(now=until)
    assert warnings(incident) == [75]
    assert (clock(incident).next_percent, clock(incident).deadline) == (90, now + 20 * HOUR)
    assert tick.sweep(now=until + SECOND).done["checkpoints"] == 0
    assert differences([incident.pk]) == []


def test_taken_back_the_ordinary_promise_returns_and_a_breach_stays(
    company: Company, incident: Incident, now: datetime
) -> None:
    fix(company, incident, now + 20 * HOUR, now)
    back = fix(company, incident, None, now + HOUR, reason="Doch heute")
    assert (clock(incident).due_at, clock(incident).manual_due_at) == (now + 4 * HOUR, None)
    assert back.next_due_at == now + 4 * HOUR
    assert spoken(Event.objects.get(kind="incident.due_cleared"))["reason"] == "Doch heute"
    tick.sweep(now=now + 5 * HOUR)
    fix(company, incident, now + 20 * HOUR, now + 6 * HOUR)
    row = clock(incident)
    assert (row.state, row.breached_at, row.due_at) == ("breached", now + 4 * HOUR, now + 20 * HOUR)
    tick.sweep(now=now + 21 * HOUR)
    assert breaches(incident) == 1
    assert differences([incident.pk]) == []


def test_a_damaged_clock_gets_its_date_back_from_the_log(company: Company, incident: Incident, now: datetime) -> None:
    fix(company, incident, now + 20 * HOUR, now)
    Clock.objects.update(manual_due_at=None, due_at=now, next_check_at=None, next_percent=None)
    [found] = [entry for entry in differences([incident.pk]) if entry.kind == "resolution"]
    assert {"due_at", "manual_due_at"} <= found.fields.keys()
    repair([incident.pk])
    assert clock(incident).manual_due_at == clock(incident).due_at == now + 20 * HOUR
    assert differences([incident.pk]) == []


@pytest.mark.django_db(transaction=True)
def test_many_dates_at_once_leave_one_that_agrees_with_the_log(company: Company, now: datetime) -> None:
    incident = company.incident(**CRITICAL)
    at_once(8, lambda n: fix(company, incident, now + (10 + n) * HOUR, now))
    at_once(4, lambda n: tick.sweep(now=now + 9 * HOUR))
    last = Event.objects.filter(kind="incident.due_set").latest("id")
    assert clock(incident).manual_due_at == datetime.fromisoformat(last.data["due_at"])
    assert differences([incident.pk]) == []
