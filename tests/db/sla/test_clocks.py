"""Stored clocks start with an incident, follow what happens to it, and warn once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Event
from directory.models import School
from incidents.models import Incident
from lifecycle import connect, finish, ranking, respond
from process.schema import ClockKind
from sla.models import Checkpoint, Clock
from sla.selectors import clocks_for, differences, explain, facts_of, opening_facts
from sla.services import Due, claim_due
from tests.company import Company

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LATE: dict[str, Any] = {"recorded_late_because": "Erst nach der Sitzung notiert"}
CRITICAL: dict[str, Any] = {
    "urgency": "high",
    "impact": "high",
}  # round the clock: answered in 15 minutes, solved in 4 hours


def clock(incident: Incident, kind: ClockKind = ClockKind.RESOLUTION) -> Clock:
    """A clock as it is stored."""
    return Clock.objects.get(incident=incident, kind=kind.value)


def claim(now: datetime, limit: int = 1000) -> list[Due]:
    """A sweep of its own transaction."""
    with transaction.atomic():
        return claim_due(now=now, limit=limit)


def said(incident: Incident, kind: str) -> list[dict[str, object]]:
    """The data of the events of a kind."""
    return list(Event.objects.filter(subject_id=incident.pk, kind=kind).order_by("id").values_list("data", flat=True))


def hold(company: Company, incident: Incident, at: datetime) -> None:
    """Waiting for the reporter: the reason that pauses."""
    respond.acknowledge(incident.number, by=company.by("support"), now=at)
    respond.start(incident.number, by=company.by("support"), now=at)
    respond.hold(
        incident.number,
        reason="awaiting_reporter",
        message="Welche Klasse?",
        until=at + timedelta(days=2),
        by=company.by("pm"),
        now=at,
    )


class TestFollowing:
    """R1, R3–R10 through the verbs."""

    def test_both_clocks_start_with_the_incident_and_say_what_they_promise(
        self, company: Company, now: datetime
    ) -> None:
        incident = company.incident(**CRITICAL)
        response, resolution = clocks_for([incident.pk])[incident.pk]
        assert (response.kind, response.due_at) == ("response", now + 15 * MINUTE)
        assert (resolution.kind, resolution.due_at) == ("resolution", now + 4 * HOUR)
        assert (resolution.next_percent, resolution.next_check_at) == (50, now + 2 * HOUR)
        assert [(c["clock"], c["target_s"]) for c in said(incident, "sla.started")[0]["clocks"]] == [  # type: ignore[attr-defined]
            ("response", 900),
            ("resolution", 14_400),
        ]

    def test_the_facts_read_back_are_those_it_began_with(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL, reported_at=now - HOUR, **LATE)
        [read], [given] = facts_of(incident.pk), opening_facts(incident)
        assert (read.at, read.priority, read.canton) == (given.at, given.priority, given.canton)
        assert read.at == now - HOUR

    def test_acknowledging_stops_the_response_clock(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        respond.acknowledge(incident.number, by=company.by("support"), now=now + MINUTE)
        assert (clock(incident, ClockKind.RESPONSE).state, clock(incident).state) == ("met", "running")
        assert said(incident, "sla.stopped") == [{"clock": "response", "elapsed_s": 60, "state": "met"}]

    def test_a_message_to_the_reporter_is_an_answer(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        respond.comment(incident.number, text="Wir sind dran.", by=company.by("support"), now=now + MINUTE)
        assert clock(incident, ClockKind.RESPONSE).state == "met"

    def test_waiting_for_the_reporter_pauses_and_coming_back_resumes(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        hold(company, incident, now + HOUR)
        paused = clock(incident)
        assert (paused.state, paused.elapsed_s, paused.due_at, paused.next_check_at) == ("paused", 3600, None, None)
        respond.resume(incident.number, by=company.by("support"), now=now + 3 * HOUR)
        assert (clock(incident).state, clock(incident).due_at) == ("running", now + 6 * HOUR)
        assert said(incident, "sla.paused") == [{"clock": "resolution", "elapsed_s": 3600}]
        assert [data["clock"] for data in said(incident, "sla.resumed")] == ["resolution"]

    def test_a_change_of_priority_carries_the_time_used_over(self, company: Company, now: datetime) -> None:
        incident = company.incident()
        ranking.set_priority(incident.number, **CRITICAL, by=company.by("support"), now=now + HOUR)
        raised = clock(incident)
        assert (raised.segment, raised.elapsed_s, raised.due_at) == (2, 3600, now + 4 * HOUR)

    def test_solved_reopened_and_solved_again_the_break_does_not_count(self, company: Company, now: datetime) -> None:
        incident, by = company.incident(**CRITICAL), company.by("support")
        finish.resolve(incident.number, code="workaround_provided", text="Umgehung", by=by, now=now + HOUR)
        assert clock(incident).state == "met"
        finish.reopen(incident.number, reason="Tritt wieder auf", by=by, now=now + 10 * HOUR)
        assert (clock(incident).state, clock(incident).due_at) == ("running", now + 13 * HOUR)
        finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=by, now=now + 11 * HOUR)
        assert (clock(incident).state, clock(incident).elapsed_s) == ("met", 7200)

    def test_a_merged_incident_has_no_promise_and_an_unmerged_one_has_it_back(
        self, company: Company, now: datetime
    ) -> None:
        master, incident = company.incident(**CRITICAL), company.incident(**CRITICAL)
        connect.merge(incident.number, into=master.number, by=company.by("support"), now=now + HOUR)
        assert clock(incident).state == "cancelled"
        connect.unmerge(incident.number, by=company.by("support"), now=now + 2 * HOUR)
        assert (clock(incident).state, clock(incident).due_at) == ("running", now + 5 * HOUR)

    def test_a_school_in_another_canton_brings_its_holidays(self, company: Company, now: datetime) -> None:
        # Berchtold's Day, 2 January 2026, a Friday, is a holiday in Vaud and not in Zurich
        newyear = datetime(2026, 1, 1, 12, tzinfo=UTC)
        zurich, vaud = School.objects.get(canton="ZH"), School.objects.get(canton="VD")
        incident = company.incident(school_id=zurich.pk, reported_at=newyear, now=newyear)
        assert clock(incident, ClockKind.RESPONSE).due_at == datetime(2026, 1, 2, 11, tzinfo=UTC)
        respond.edit(incident.number, fields={"school": vaud.pk}, by=company.by("support"), now=newyear + HOUR)
        assert clock(incident, ClockKind.RESPONSE).due_at == datetime(2026, 1, 5, 11, tzinfo=UTC)
        assert differences([incident.pk]) == []

    def test_explain_names_each_segment_and_why(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        hold(company, incident, now + HOUR)
        _, resolution = explain(incident, now=now + 2 * HOUR)
        assert [(s.why, s.state, s.seconds, s.reason) for s in resolution.segments] == [
            ("opened", "running", 3600, ""),
            ("paused", "standing", 0, "awaiting_reporter"),
        ]


class TestWarning:
    """P-9.3, R11."""

    def test_a_checkpoint_is_announced_once(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        respond.acknowledge(incident.number, by=company.by("support"), now=now)
        [due] = claim(now + 2 * HOUR)
        assert (due.incident, due.clock.kind, due.percent, due.is_breach) == (incident, "resolution", 50, False)
        assert claim(now + 2 * HOUR) == []
        assert (clock(incident).next_percent, clock(incident).next_check_at) == (75, now + 3 * HOUR)
        assert [data["percent"] for data in said(incident, "sla.checkpoint")] == [50]

    def test_after_an_outage_only_the_highest_is_announced_but_all_are_recorded(
        self, company: Company, now: datetime
    ) -> None:
        incident = company.incident(**CRITICAL)
        respond.acknowledge(incident.number, by=company.by("support"), now=now)
        [due] = claim(now + 3 * HOUR + 50 * MINUTE)
        assert due.percent == 90
        assert list(Checkpoint.objects.order_by("percent").values_list("percent", flat=True)) == [50, 75, 90]

    def test_at_its_due_time_a_clock_is_not_broken_a_second_later_it_is(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        respond.acknowledge(incident.number, by=company.by("support"), now=now)
        claim(now + 4 * HOUR - SECOND)
        assert claim(now + 4 * HOUR) == []
        [due] = claim(now + 4 * HOUR + SECOND)
        assert (due.percent, due.is_breach) == (100, True)
        broken = clock(incident)
        assert (broken.state, broken.breached_at, broken.next_check_at) == ("breached", now + 4 * HOUR, None)
        assert [data["cause"] for data in said(incident, "sla.breached")] == ["overdue"]

    def test_a_broken_promise_is_announced_even_if_the_incident_was_solved_before_the_sweep(
        self, company: Company, now: datetime
    ) -> None:
        incident, by = company.incident(**CRITICAL), company.by("support")
        respond.acknowledge(incident.number, by=by, now=now)
        late = now + 4 * HOUR + SECOND
        finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=by, now=late)
        assert clock(incident).state == "breached"
        assert [(due.percent, due.is_breach) for due in claim(late + SECOND)] == [(100, True)]
        assert claim(late + 2 * SECOND) == []

    def test_a_warning_due_before_a_pause_is_still_given(self, company: Company, now: datetime) -> None:
        incident = company.incident(**CRITICAL)
        respond.acknowledge(incident.number, by=company.by("support"), now=now)
        hold(company, incident, now + 2 * HOUR + SECOND)
        assert [due.percent for due in claim(now + 2 * HOUR + 5 * SECOND)] == [50]
        assert clock(incident).next_check_at is None

    def test_a_warning_is_not_given_for_what_is_already_solved_in_time(self, company: Company, now: datetime) -> None:
        incident, by = company.incident(**CRITICAL), company.by("support")
        finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=by, now=now + 5 * MINUTE)
        assert claim(now + 10 * HOUR) == []

    def test_a_breach_by_reclassification_is_announced_once_and_says_so(self, company: Company, now: datetime) -> None:
        incident, by = company.incident(), company.by("support")
        respond.acknowledge(incident.number, by=by, now=now)
        at = now + 7 * HOUR  # lunch does not count: six of 24 promised hours are used
        ranking.set_priority(incident.number, **CRITICAL, by=by, now=at)
        assert [(due.percent, due.clock.breach_cause) for due in claim(at)] == [(100, "reclassified")]
        assert claim(at + HOUR) == []

    def test_a_breach_stays_when_the_priority_is_lowered_and_is_not_announced_again(
        self, company: Company, now: datetime
    ) -> None:
        incident, by = company.incident(**CRITICAL), company.by("support")
        respond.acknowledge(incident.number, by=by, now=now)
        claim(now + 5 * HOUR)
        ranking.set_priority(incident.number, urgency="low", impact="low", reason="Umgangen", by=by, now=now + 5 * HOUR)
        ranking.confirm_priority(incident.number, by=company.by("support2"), now=now + 5 * HOUR)
        assert (clock(incident).state, clock(incident).segment) == ("breached", 2)
        assert claim(now + timedelta(days=60)) == []

    def test_backdated_incidents_announce_what_they_have_passed_with_the_first_sweep(
        self, company: Company, now: datetime
    ) -> None:
        incident = company.incident(**CRITICAL, reported_at=now - 3 * HOUR, **LATE)
        announced = {due.clock.kind: due.percent for due in claim(now)}
        assert announced == {"response": 100, "resolution": 75}
        assert clock(incident).next_percent == 90

    def test_checkpoints_fall_into_opening_hours(self, company: Company, now: datetime) -> None:
        incident = company.incident()  # 24 office hours from Monday 09:00: half of them on Tuesday at 14:00
        assert clock(incident).next_check_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)

    def test_the_limit_is_kept_and_the_rest_is_taken_next_time(self, company: Company, now: datetime) -> None:
        for _ in range(3):
            company.incident(**CRITICAL)
        late = now + 10 * HOUR
        assert [len(claim(late, limit=4)) for _ in range(3)] == [4, 2, 0]


class TestSweeping:
    """Cost, and two sweepers at once."""

    def test_nothing_due_is_one_query(self, company: Company, now: datetime) -> None:
        company.incident()
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            assert claim_due(now=now) == []
        assert len(queries) == 1

    def test_many_due_cost_as_many_queries_as_few(self, company: Company, now: datetime) -> None:
        counts = []
        for many in (1, 12):
            for _ in range(many):
                company.incident(**CRITICAL)
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                claim_due(now=now + 10 * HOUR)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 9  # schools, people and teams are read once each, not per clock

    @pytest.mark.django_db(transaction=True)
    def test_two_sweepers_at_once_act_once(self, company: Company, now: datetime) -> None:
        for _ in range(3):
            company.incident(**CRITICAL)
        late, claimed, let_go = now + 10 * HOUR, Signal(), Signal()
        first: list[Due] = []

        def sweep_slowly() -> None:
            with transaction.atomic():
                first.extend(claim_due(now=late))
                claimed.set()
                let_go.wait(10)

        with _InThread(sweep_slowly):
            assert claimed.wait(10)
            assert claim(late) == []
            let_go.set()
        assert len(first) == 6
        assert claim(late) == []
        assert Checkpoint.objects.filter(percent=100).count() == 6

    @pytest.mark.django_db(transaction=True)
    def test_an_incident_somebody_works_on_is_left_for_the_next_sweep(self, company: Company, now: datetime) -> None:
        incident, late = company.incident(**CRITICAL), now + 10 * HOUR
        held, let_go = Signal(), Signal()

        def work() -> None:
            with transaction.atomic():
                Incident.objects.select_for_update().get(pk=incident.pk)
                held.set()
                let_go.wait(10)

        with _InThread(work):
            assert held.wait(10)
            assert claim(late) == []
            let_go.set()
        assert len(claim(late)) == 2


class _InThread:
    """Runs something on a connection of its own and waits for its end."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.thread = Thread(target=self._run, args=(work,))

    @staticmethod
    def _run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.thread.join(20)
