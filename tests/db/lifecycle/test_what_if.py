"""What other promises would have changed: told by a worker in parts, and nothing of the incidents is touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.models import Event
from incidents.models import Incident
from lifecycle import finish, respond, what_if
from lifecycle.errors import Forbidden, Invalid, NotFound
from process.edited import sections_of
from process.schema import Document
from sla import what_if as telling
from sla.models import Clock, WhatIf
from tests.company import Company

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def shorter(document: Document, minutes: int, *, clock: str = "resolution", priority: str = "high") -> dict[str, Any]:
    """The agreement with one target changed."""
    sla = sections_of(document)["sla"]
    for target in sla["targets"]:
        if target["key"] == f"{clock}_{priority}":
            target["target_min"] = minutes
    return {"sla": sla}


def answer(row: WhatIf, company: Company, *, now: datetime | None = None) -> what_if.Answer:
    """Works until the question is over."""
    while what_if.work(clock=lambda: now or row.created_at):
        pass
    row.refresh_from_db()
    assert row.state == WhatIf.State.DONE
    return what_if.answer_of(row, by=company.by("pm"))


def solved(company: Company, after: timedelta, *, reported: timedelta = DAY * 4) -> Incident:
    """An incident of high priority that was answered in ten minutes and solved after so long."""
    start = company.now - reported
    incident = company.incident(urgency="high", now=start)
    respond.acknowledge(incident.number, by=company.by("support"), now=start + timedelta(minutes=10))
    respond.start(incident.number, by=company.by("support"), now=start + timedelta(minutes=11))
    return finish.resolve(
        incident.number, code="solved_permanently", text="Getan.", by=company.by("support"), now=start + after
    )


def attained(told: what_if.Answer, clock: str = "resolution") -> tuple[tuple[int, int], tuple[int, int]]:
    """(met, breached) before and after, of high priority."""
    (row,) = (entry for entry in told.attainment if (entry.clock, entry.priority) == (clock, "high"))
    return (row.before.met, row.before.breached), (row.after.met, row.after.breached)


def test_the_last_three_months_are_told_again_under_the_edited_promise(company: Company, document: Document) -> None:
    solved(company, 3 * HOUR)
    solved(company, 5 * HOUR)
    told = answer(what_if.ask(shorter(document, 240), by=company.by("pm"), now=company.now), company)
    assert attained(told) == ((2, 0), (1, 1))
    assert attained(told, "response") == ((2, 0), (2, 0))
    assert (told.open, told.changed, told.incidents) == (0, 0, [])


def test_open_incidents_that_would_change_are_named_with_both_due_times(company: Company, document: Document) -> None:
    late = company.incident(urgency="high", now=company.now - DAY * 3)
    fresh = company.incident(urgency="high", now=company.now)
    company.incident(urgency="low", impact="low")

    told = answer(what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now + HOUR), company)

    assert [(entry["number"], entry["clock"], entry["newly_broken"]) for entry in told.incidents] == [
        (late.number, "resolution", False),
        (fresh.number, "resolution", True),
    ]
    assert told.incidents[1]["before"]["due_at"] == "2026-11-23T16:00:00+00:00"
    assert told.incidents[1]["after"]["breached_at"] == "2026-11-23T08:30:00+00:00"
    assert (told.open, told.changed, told.newly_broken) == (3, 2, 1)
    assert attained(told) == ((0, 1), (0, 2))


def test_another_calendar_moves_due_times(company: Company, document: Document) -> None:
    calendars = sections_of(document)["calendars"]
    (business,) = (calendar for calendar in calendars if calendar["key"] == "business")
    business["weekly"]["mon"] = [{"open": "14:00", "close": "18:00"}]
    incident = company.incident(urgency="high")
    row = what_if.ask({"calendars": calendars}, by=company.by("pm"), now=company.now + HOUR)
    told = answer(row, company)
    assert {(entry["number"], entry["clock"]) for entry in told.incidents} == {
        (incident.number, "response"),
        (incident.number, "resolution"),
    }


def test_only_the_first_cycle_counts(company: Company, document: Document) -> None:
    incident = solved(company, 3 * HOUR)
    respond_later = company.now - DAY * 4 + 5 * HOUR
    finish.reopen(incident.number, reason="Wieder da.", by=company.by("support"), now=respond_later)
    told = answer(what_if.ask(shorter(document, 240), by=company.by("pm"), now=company.now), company)
    assert attained(told) == ((1, 0), (1, 0))
    assert told.changed == 1


def test_the_same_promises_change_nothing(company: Company, document: Document) -> None:
    solved(company, 3 * HOUR)
    company.incident(urgency="high")
    told = answer(what_if.ask(sections_of(document), by=company.by("pm"), now=company.now + HOUR), company)
    assert told.changed == 0
    assert all(entry.before == entry.after for entry in told.attainment)


def test_nothing_of_the_incidents_is_written(company: Company, document: Document) -> None:
    incident = company.incident(urgency="high")
    before = (
        list(Event.objects.values_list("pk", flat=True)),
        list(Clock.objects.order_by("pk").values()),
        Incident.objects.values().get(pk=incident.pk),
    )
    answer(what_if.ask(shorter(document, 1), by=company.by("pm"), now=company.now + HOUR), company)
    assert before == (
        list(Event.objects.values_list("pk", flat=True)),
        list(Clock.objects.order_by("pk").values()),
        Incident.objects.values().get(pk=incident.pk),
    )


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One incident a chunk, two chunks a ring."""
    monkeypatch.setattr(what_if, "CHUNK", 1)
    monkeypatch.setattr(what_if, "CHUNKS_A_RING", 2)


@pytest.mark.usefixtures("in_small_parts")
def test_it_goes_on_from_ring_to_ring_and_says_how_far(company: Company, document: Document) -> None:
    for _number in range(5):
        company.incident(urgency="high")
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now + HOUR)
    seen = []
    while what_if.work(clock=lambda: row.created_at):
        row.refresh_from_db()
        seen.append((row.state, row.done, row.percent))
    assert seen == [("running", 2, 40), ("running", 4, 80), ("done", 5, 100)]
    assert what_if.answer_of(row, by=company.by("pm")).changed == 5


@pytest.mark.usefixtures("in_small_parts")
def test_a_worker_that_was_killed_is_followed_by_another_and_nothing_counts_twice(
    company: Company, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        company.incident(urgency="high")
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now + HOUR)

    class Killed(BaseException):
        """As SIGKILL, this passes through everything."""

    keep = what_if._put_down
    monkeypatch.setattr(what_if, "_put_down", lambda *_, **__: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        what_if.work(clock=lambda: row.created_at)
    monkeypatch.setattr(what_if, "_put_down", keep)

    assert what_if.work(clock=lambda: row.created_at + timedelta(seconds=29)) is False
    told = answer(row, company, now=row.created_at + what_if.LEASE)
    row.refresh_from_db()
    assert (row.lost, row.done, told.changed) == (1, 4, 4)


def test_after_three_silent_workers_it_says_that_it_failed(company: Company, document: Document) -> None:
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now)
    WhatIf.objects.filter(pk=row.pk).update(state="running", lost=2, attempts=2, lease_until=company.now)
    assert what_if.work(clock=lambda: company.now) is False
    row.refresh_from_db()
    assert (row.state, row.is_over) == ("failed", True)
    assert row.finished_at == company.now


@pytest.mark.usefixtures("in_small_parts")
def test_cancelled_in_the_middle_it_stops_at_the_next_chunk(
    company: Company, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        company.incident(urgency="high")
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now + HOUR)
    add = telling.add

    def add_and_cancel(*args: Any, **kwargs: Any) -> None:
        add(*args, **kwargs)
        what_if.cancel(row.pk, by=company.by("pm"), now=row.created_at)

    monkeypatch.setattr(what_if, "add", add_and_cancel)
    assert what_if.work(clock=lambda: row.created_at)
    row.refresh_from_db()
    assert (row.state, row.done) == ("cancelled", 0)
    assert what_if.work(clock=lambda: row.created_at) is False


def test_it_is_kept_for_a_day_and_only_for_whoever_asked(company: Company, document: Document) -> None:
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now)
    pm, later = company.by("pm"), company.now + what_if.KEPT
    assert what_if.question(row.pk, by=pm, now=later - timedelta(seconds=1)) == row
    with pytest.raises(NotFound):
        what_if.question(row.pk, by=company.by("lead"), now=company.now)
    with pytest.raises(NotFound):
        what_if.question(row.pk, by=pm, now=later)
    what_if.work(clock=lambda: later)
    assert not WhatIf.objects.exists()


def test_what_one_may_not_see_any_more_is_not_named(company: Company, document: Document) -> None:
    company.incident(urgency="high")
    row = what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now + HOUR)
    answer(row, company)
    company.pm.holdings.all().delete()
    assert what_if.answer_of(row, by=company.by("pm")).incidents == []


@pytest.mark.parametrize("name", ["support", "dev", "dpo"])
def test_only_who_makes_promises_may_ask(company: Company, document: Document, name: str) -> None:
    with pytest.raises(Forbidden):
        what_if.ask(shorter(document, 30), by=company.by(name), now=company.now)


def test_what_no_document_could_say_is_refused_with_its_path(company: Company, document: Document) -> None:
    def wrong(sections: dict[str, Any]) -> set[str]:
        with pytest.raises(Invalid) as refusal:
            what_if.ask(sections, by=company.by("pm"), now=company.now)
        return set(refusal.value.errors)

    calendars = sections_of(document)["calendars"]
    assert wrong(shorter(document, 0)) == {"sla.targets[resolution_high].target_min"}
    assert wrong(shorter(document, 60 * 24 * 367)) == {"sla.targets[resolution_high].target_min"}
    assert "sla.targets[response_critical].calendar" in wrong({"calendars": calendars[:1]})
    assert wrong({"calendars": [calendar | {"weekly": {}, "always": False} for calendar in calendars]})
    assert wrong({"calendars": [*calendars, calendars[0]]})
    assert wrong({"sla": {}})
    assert wrong({}) == {"sla"}
    assert not WhatIf.objects.exists()


def test_three_unanswered_questions_are_enough(company: Company, document: Document) -> None:
    for _number in range(3):
        what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now)
    with pytest.raises(Invalid):
        what_if.ask(shorter(document, 30), by=company.by("pm"), now=company.now)


def test_in_a_quarter_lies_what_was_reported_in_it(company: Company, document: Document) -> None:
    solved(company, 3 * HOUR, reported=timedelta(days=93))
    inside: datetime = company.now - what_if.BACK
    company.incident(urgency="high", now=inside)
    row = what_if.ask(shorter(document, 240), by=company.by("pm"), now=company.now)
    assert row.total == 1
    assert attained(answer(row, company)) == ((0, 1), (0, 1))
