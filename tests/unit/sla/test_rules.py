"""The rules R4–R11 of the SLA clock and the calendar rules R14–R16, a sentence each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from process.rules.calendar import hours, public_holidays
from process.schema import ClockKind, Priority
from sla.rules.checkpoints import following, reached, seconds_at
from sla.rules.clock import OVERDUE, RECLASSIFIED, SlaFact, derive
from tests.unit.sla.documents import OFFICE, document
from tests.unit.sla.facts import DOCUMENT, HOUR, TUESDAY, fact, opened, resolution, response, wall


class TestStart:
    """R4."""

    def test_the_clock_starts_when_the_contact_was_made(self) -> None:
        state = resolution(opened("09:00"), now="10:00")
        assert (state.started_at, state.elapsed_s, state.due_at) == (wall("09:00"), HOUR, wall("14:00"))

    def test_outside_opening_hours_it_starts_to_count_at_the_next_opening(self) -> None:
        state = resolution(opened("2026-11-15T03:00"), now="09:00")
        assert (state.elapsed_s, state.due_at) == (HOUR, wall("12:00"))

    def test_a_critical_incident_runs_around_the_clock(self) -> None:
        state = resolution(opened("2026-11-15T03:00", Priority.CRITICAL), now="2026-11-15T04:00")
        assert (state.elapsed_s, state.due_at) == (HOUR, wall("2026-11-15T07:00"))

    @pytest.mark.parametrize("facts", [[], [fact("08:00", "paused")], [SlaFact(wall("08:00"), "opened")]])
    def test_without_a_beginning_there_is_no_clock(self, facts: list[SlaFact]) -> None:
        with pytest.raises(ValueError, match="begin with 'opened'"):
            derive(ClockKind.RESOLUTION, facts, DOCUMENT, wall("09:00"))


class TestPause:
    """R5 and R6."""

    def test_a_hold_with_a_pausing_reason_stops_the_resolution_clock(self) -> None:
        state = resolution(opened(), fact("09:00", "paused"), now="11:00")
        assert (state.state, state.elapsed_s, state.due_at, state.is_standing) == ("paused", HOUR, None, True)

    def test_a_hold_for_a_supplier_does_not(self) -> None:
        state = resolution(opened(), fact("09:00", "paused", pauses=False), now="11:00")
        assert (state.state, state.elapsed_s) == ("running", 3 * HOUR)

    def test_the_response_clock_never_pauses(self) -> None:
        state = response(opened(), fact("09:00", "paused"), now="11:00")
        assert (state.state, state.elapsed_s) == ("running", 3 * HOUR)

    def test_an_answer_at_two_in_the_morning_resumes_at_once_and_counts_from_the_opening(self) -> None:
        state = resolution(
            opened("15:00"), fact("16:00", "paused"), fact(f"{TUESDAY}T02:00", "resumed"), now=f"{TUESDAY}T09:00"
        )
        assert (state.state, state.elapsed_s) == ("running", 2 * HOUR)

    def test_a_clock_that_stands_cannot_break(self) -> None:
        state = resolution(opened(), fact("11:59", "paused"), now="2026-12-24T12:00")
        assert (state.state, state.next_check_at) == ("paused", None)


class TestReclassification:
    """R7."""

    def test_the_time_used_carries_over_into_the_new_promise(self) -> None:
        state = resolution(
            opened("08:00", Priority.MEDIUM), fact("10:00", "priority", priority=Priority.HIGH), now="11:00"
        )
        assert (state.segment, state.elapsed_s, state.due_at) == (2, 3 * HOUR, wall("12:00"))

    def test_pauses_stay_in_the_segment_they_were_in(self) -> None:
        state = resolution(
            opened("08:00", Priority.MEDIUM),
            fact("09:00", "paused"),
            fact("11:00", "resumed"),
            fact("11:30", "priority", priority=Priority.CRITICAL),
            now="12:00",
        )
        assert state.due_at == wall("14:00")
        assert [(s.number, s.state, s.seconds) for s in state.segments] == [
            (1, "running", HOUR),
            (1, "standing", 0),
            (1, "running", HOUR // 2),
            (2, "running", HOUR // 2),
        ]

    def test_exactly_as_much_used_as_the_new_promise_allows_breaks_it_at_once(self) -> None:
        state = resolution(
            opened("08:00", Priority.MEDIUM), fact("13:00", "priority", priority=Priority.HIGH), now="13:00"
        )
        assert (state.breached_at, state.breach_cause) == (wall("13:00"), RECLASSIFIED)

    def test_raising_a_paused_incident_leaves_it_paused(self) -> None:
        state = resolution(
            opened("08:00", Priority.MEDIUM),
            fact("09:00", "paused"),
            fact("10:00", "priority", priority=Priority.HIGH),
            now="16:00",
        )
        assert (state.state, state.elapsed_s, state.target_s) == ("paused", HOUR, 4 * HOUR)

    def test_a_change_of_canton_counts_on_in_the_holidays_of_the_new_one(self) -> None:
        # 8 December: Immaculate Conception, a holiday in Lucerne and not in Zurich
        moved = fact("2026-12-07T16:00", "canton", canton="LU")
        state = resolution(opened("2026-12-07T15:00"), moved, now="2026-12-07T17:00")
        assert (state.segment, state.due_at) == (2, wall("2026-12-09T10:00"))

    def test_a_change_of_canton_means_nothing_around_the_clock(self) -> None:
        state = resolution(opened("08:00", Priority.CRITICAL), fact("09:00", "canton", canton="LU"), now="10:00")
        assert (state.segment, len(state.segments)) == (1, 1)

    def test_a_priority_that_stays_the_same_begins_no_segment(self) -> None:
        state = resolution(opened(), fact("09:00", "priority", priority=Priority.HIGH), now="10:00")
        assert state.segment == 1

    def test_a_priority_changed_while_solved_counts_from_the_reopening(self) -> None:
        state = resolution(
            opened("08:00", Priority.MEDIUM),
            fact("10:00", "resolved"),
            fact("10:30", "priority", priority=Priority.HIGH),
            fact("11:00", "reopened"),
            now="11:00",
        )
        assert (state.segment, state.due_at) == (2, wall("14:00"))


class TestBreach:
    """R8."""

    def test_it_breaks_at_its_due_time_and_not_when_somebody_looks(self) -> None:
        state = resolution(opened(), now="16:00")
        assert (state.state, state.breached_at, state.breach_cause) == ("breached", wall("12:00"), OVERDUE)

    @pytest.mark.parametrize(
        "later",
        [
            fact("14:00", "priority", priority=Priority.LOW),
            fact("14:00", "paused"),
            fact("14:00", "resolved"),
            fact("14:00", "cancelled"),
        ],
        ids=lambda fact: fact.kind,
    )
    def test_nothing_that_happens_later_takes_it_back(self, later: SlaFact) -> None:
        state = resolution(opened(), later, now="16:00")
        assert (state.state, state.breached_at) == ("breached", wall("12:00"))

    def test_reopening_does_not_take_it_back_either(self) -> None:
        state = resolution(opened(), fact("14:00", "resolved"), fact("15:00", "reopened"), now="16:00")
        assert (state.state, state.elapsed_s) == ("breached", 6 * HOUR)

    def test_a_broken_clock_counts_on_and_keeps_the_due_time_it_missed(self) -> None:
        state = resolution(opened(), fact("13:30", "paused"), fact("14:00", "resumed"), now="15:00")
        assert (state.elapsed_s, state.due_at) == (5 * HOUR + HOUR // 2, wall("12:00"))


class TestStop:
    """R3 and R9."""

    def test_solved_exactly_at_the_due_time_is_met(self) -> None:
        assert resolution(opened(), fact("12:00", "resolved"), now="13:00").state == "met"

    def test_a_microsecond_later_is_broken(self) -> None:
        late = SlaFact(wall("12:00") + timedelta(microseconds=1), "resolved")
        assert resolution(opened(), late, now="13:00").state == "breached"

    def test_at_its_due_time_a_running_clock_is_not_broken_yet(self) -> None:
        state = resolution(opened(), now="12:00")
        assert (state.state, state.next_percent, state.next_check_at) == ("running", 100, wall("12:00"))

    def test_solved_during_a_pause_the_clock_shows_what_it_had_when_the_pause_began(self) -> None:
        state = resolution(opened(), fact("09:00", "paused"), fact("16:00", "resolved"), now="17:00")
        assert (state.state, state.elapsed_s, state.stopped_at) == ("met", HOUR, wall("16:00"))

    def test_acknowledging_stops_the_response_clock_only(self) -> None:
        facts = (opened(), fact("09:00", "acknowledged"))
        assert response(*facts, now="10:00").state == "met"
        assert resolution(*facts, now="10:00").state == "running"

    def test_the_first_acknowledgement_counts_and_a_second_changes_nothing(self) -> None:
        state = response(opened(), fact("09:00", "acknowledged"), fact("10:00", "acknowledged"), now="11:00")
        assert (state.elapsed_s, state.stopped_at) == (HOUR, wall("09:00"))

    def test_what_is_solved_needs_no_answer_any_more(self) -> None:
        assert response(opened(), fact("09:00", "resolved"), now="17:00").state == "met"

    def test_cancelling_ends_both_clocks_without_a_verdict(self) -> None:
        facts = (opened(), fact("09:00", "cancelled"))
        assert {response(*facts, now="17:00").state, resolution(*facts, now="17:00").state} == {"cancelled"}

    def test_closing_a_solved_incident_changes_nothing(self) -> None:
        solved = (opened(), fact("09:00", "resolved"))
        closed = (*solved, fact("16:00", "closed"))
        assert resolution(*closed, now="17:00") == resolution(*solved, now="17:00")


class TestReopening:
    """R10."""

    def test_the_time_it_was_solved_does_not_count_and_is_not_a_pause(self) -> None:
        state = resolution(opened(), fact("09:00", "resolved"), fact("11:00", "reopened"), now="11:30")
        assert (state.state, state.elapsed_s, state.due_at) == ("running", HOUR + HOUR // 2, wall("15:00"))
        assert [(s.state, s.why) for s in state.segments] == [
            ("running", "opened"),
            ("standing", "resolved"),
            ("running", "reopened"),
        ]

    def test_an_answer_once_given_stays_given(self) -> None:
        facts = (opened(), fact("09:00", "resolved"), fact("11:00", "reopened"))
        assert response(*facts, now="16:00").state == "met"

    def test_undoing_a_merge_lets_an_unanswered_clock_go_on(self) -> None:
        facts = (opened(), fact("09:00", "cancelled"), fact("11:00", "reopened"))
        assert response(*facts, now="11:30").elapsed_s == HOUR + HOUR // 2


class TestCheckpoints:
    """R11."""

    @pytest.mark.parametrize(
        ("now", "percent", "at"),
        [("08:00", 50, "10:00"), ("10:00", 75, "11:00"), ("11:00", 90, "11:36"), ("11:36", 100, "12:00")],
    )
    def test_the_next_one_is_known_at_any_time(self, now: str, percent: int, at: str) -> None:
        state = resolution(opened(), now=now)
        assert (state.next_percent, state.next_check_at) == (percent, wall(at))

    def test_it_lies_in_opening_hours(self) -> None:
        state = resolution(opened("15:00", Priority.HIGH), now="17:30")
        assert (state.next_percent, state.next_check_at) == (75, wall(f"{TUESDAY}T09:00"))

    @pytest.mark.parametrize("last", [fact("09:00", "paused"), fact("09:00", "resolved"), fact("09:00", "cancelled")])
    def test_there_is_none_while_the_clock_does_not_run(self, last: SlaFact) -> None:
        state = resolution(opened(), last, now="09:00")
        assert (state.next_percent, state.next_check_at) == (None, None)

    def test_there_is_none_after_the_breach(self) -> None:
        assert resolution(opened(), now="13:30").next_check_at is None

    def test_a_share_that_is_no_whole_second_is_reached_with_the_next_second(self) -> None:
        assert seconds_at(50, 61) == 31
        assert reached([50, 100], target_s=61, elapsed_s=30) == []
        assert reached([50, 100], target_s=61, elapsed_s=61) == [50]
        assert following([50, 100], target_s=61, elapsed_s=61) == 100


class TestCalendars:
    """R14 and R15."""

    def test_each_canton_has_holidays_of_its_own(self) -> None:
        labour_day = date(2026, 5, 1)
        assert labour_day in public_holidays("ZH", 2026)
        assert labour_day not in public_holidays("BE", 2026)

    def test_an_unknown_canton_has_those_of_the_default_one(self) -> None:
        calendar = document().calendar("office")
        day = (wall("2026-05-01T00:00"), wall("2026-05-02T00:00"))
        assert hours(calendar, "XX").elapsed(*day) == hours(calendar, None).elapsed(*day) == 0

    def test_letters_that_are_no_canton_are_refused(self) -> None:
        with pytest.raises(ValueError, match="not a Swiss canton"):
            public_holidays("XX", 2026)

    @pytest.mark.parametrize(
        ("spans", "open_s"),
        [([], 0), ([{"open": "10:00", "close": "12:00"}], 2 * HOUR)],
        ids=["closed", "open for two hours"],
    )
    @pytest.mark.parametrize("day", ["2026-05-01", "2026-05-04", "2026-05-02"], ids=["holiday", "weekday", "Saturday"])
    def test_an_exception_wins_over_weekday_and_holiday(
        self, day: str, spans: list[dict[str, str]], open_s: int
    ) -> None:
        exception = {"date": day, "label": {"de": "Tag", "en": "Day"}, "hours": spans}
        calendar = document(calendars=[OFFICE | {"key": "other", "exceptions": [exception]}]).calendar("other")
        begin = wall(f"{day}T00:00")
        assert hours(calendar, "ZH").elapsed(begin, begin + timedelta(days=1)) == open_s

    def test_a_calendar_without_public_holidays_is_open_on_them(self) -> None:
        calendar = document(calendars=[OFFICE | {"key": "other", "public_holidays": False}]).calendar("other")
        begin = wall("2026-05-01T00:00")
        assert hours(calendar, "ZH").elapsed(begin, begin + timedelta(days=1)) == 8 * HOUR


class TestOrder:
    """R16."""

    def test_an_instant_before_the_last_fact_freezes_the_clock_there(self) -> None:
        facts = (opened(), fact("10:00", "paused"), fact("11:00", "resumed"))
        assert resolution(*facts, now="07:00") == resolution(*facts, now="11:00")

    def test_a_fact_that_claims_to_be_older_than_its_predecessor_counts_at_the_predecessor(self) -> None:
        state = resolution(opened(), fact("10:00", "paused"), fact("09:00", "resumed"), now="11:00")
        assert (state.state, state.elapsed_s) == ("running", 3 * HOUR)

    def test_each_segment_says_why_and_by_which_rule(self) -> None:
        state = resolution(opened(), fact("09:00", "paused", rule="§9/R5", reason="awaiting_reporter"), now="10:00")
        assert [(s.why, s.rule, s.reason, s.calendar) for s in state.segments] == [
            ("opened", "§4.3", "", "office"),
            ("paused", "§9/R5", "awaiting_reporter", "office"),
        ]
