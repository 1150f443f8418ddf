"""What people complain about in other tools, each as a test of ours (research, C1). Names: tool, number, complaint."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.models import Event
from core.rules.workhours import Hours, NoWorkingTime, Schedule
from process.rules.calendar import hours, public_holidays
from process.rules.promises import check_targets
from process.schema import Calendar, Circumstances, ClockKind, Priority
from sla.rules.clock import SlaFact, derive
from sla.rules.log import Words, facts_in
from tests.unit.sla.documents import OFFICE, document
from tests.unit.sla.facts import DOCUMENT, HOUR, fact, opened, resolution, response, wall
from tests.unit.sla.oracle import ZURICH
from tests.unit.sla.test_policy import agreed, begun, target
from tests.unit.sla.test_properties import calmly, histories

OFFICE_HOURS = hours(DOCUMENT.calendar("office"), "ZH")


# ServiceNow ----------------------------------------------------------------------------------------------------------
def test_servicenow_started_and_paused_at_one_instant_it_is_paused_and_not_cancelled() -> None:
    state = resolution(opened("09:00"), fact("09:00", "paused"), now="11:00")
    assert (state.state, state.elapsed_s) == ("paused", 0)


def test_servicenow_another_priority_does_not_break_a_clock_retroactively() -> None:
    """Four hours are promised from now on, less what was used; told from the start they would be over on Friday."""
    facts = (
        opened("2026-11-20T15:00", Priority.MEDIUM),
        fact("2026-11-21T10:00", "priority", priority=Priority.CRITICAL),
    )
    state = resolution(*facts, now="2026-11-21T10:00")
    assert (state.breached_at, state.due_at) == (None, wall("2026-11-21T12:00"))


def test_servicenow_what_breaks_when_it_is_attached_is_told_once() -> None:
    """Already used up: no warning of 50, 75 or 90 per cent stands ahead of the breach."""
    raised = fact("2026-11-17T08:00", "priority", priority=Priority.HIGH)
    state = resolution(opened("08:00", Priority.LOW), raised, now="2026-11-17T08:00")
    assert (state.breach_cause, state.next_percent, state.next_check_at) == ("reclassified", None, None)


def test_servicenow_one_day_is_not_24_hours_of_an_8_hour_schedule() -> None:
    with pytest.raises(ValidationError):
        agreed(target("day", 1) | {"target_min": "1 day"})
    agreement = agreed(target("days", 1, days=1))
    assert derive(ClockKind.RESOLUTION, [opened("09:00")], agreement, wall("09:00")).due_at == wall("2026-11-17T17:00")


def test_servicenow_inputs_on_related_records_are_in_the_incidents_own_events() -> None:
    """The school moved to Berne since: the event says where it stood, and that counts."""
    data = {"set": {"priority": "high", "school": 7}, "canton": "TI"}
    event = Event(kind="incident.opened", at=wall("08:00"), data=data)
    (told,) = facts_in(event, Words(cantons={7: "BE"}, modules={}))
    assert told.circumstances.canton == "TI"


# Zammad --------------------------------------------------------------------------------------------------------------
def test_zammad_5177_nothing_that_is_promised_later_moves_the_first_response() -> None:
    """Pauses, reopenings and dates of the resolution clock leave the due instant of the response alone."""
    due = response(opened("08:00"), now="08:00").due_at
    by_hand = SlaFact(wall("09:00"), "due", clock=ClockKind.RESOLUTION, due_at=wall("16:00"))
    assert response(opened("08:00"), fact("08:30", "paused"), by_hand, now="10:00").due_at == due


def test_zammad_3140_who_has_answered_is_not_escalated() -> None:
    state = response(opened("08:00"), fact("11:59", "acknowledged"), now="2026-11-18T08:00")
    assert (state.state, state.next_check_at, state.breached_at) == ("met", None, None)


def test_zammad_390_only_the_days_of_the_canton_are_holidays_and_a_wrong_one_can_be_taken_away() -> None:
    in_zurich = {day for day in public_holidays("ZH", 2026) if day.weekday() < 5}
    written = {(1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (12, 25)}
    assert in_zurich == {date(2026, *day) for day in written}
    label = {"de": "Kein Feiertag", "en": "No holiday"}
    corrected = [{"date": "2026-05-01", "label": label, "is_holiday": False}]
    ours = Calendar.model_validate(OFFICE | {"holiday_corrections": corrected})
    assert hours(ours, "ZH").elapsed(wall("2026-05-01T00:00"), wall("2026-05-02T00:00")) == 8 * HOUR


@calmly
@given(st.integers(0, 60 * 24 * 20), st.sampled_from([Priority.HIGH, Priority.MEDIUM, Priority.LOW]))
def test_zammad_4432_no_warning_of_an_office_clock_falls_due_at_midnight_or_on_a_weekend(
    minutes: int, priority: Priority
) -> None:
    start = wall("08:00") + timedelta(minutes=minutes)
    state = derive(ClockKind.RESOLUTION, [SlaFact(start, "opened", priority=priority, canton="ZH")], DOCUMENT, start)
    assert state.next_check_at is not None
    local = state.next_check_at.astimezone(ZURICH)
    assert local.weekday() < 5
    assert 8 <= local.hour + local.minute / 60 <= 17


def test_zammad_2579_a_clock_that_is_over_has_all_its_figures() -> None:
    state = resolution(opened("08:00"), fact("10:00", "resolved"), now="2026-11-18T08:00")
    assert (state.elapsed_s, state.target_s, state.stopped_at) == (2 * HOUR, 4 * HOUR, wall("10:00"))
    assert state.started_at == wall("08:00")


def test_zammad_overlapping_agreements_are_decided_by_rank_and_not_by_their_place() -> None:
    first, second = target("first", 1, 30, module=["app"]), target("second", 2, 90, school=[7])
    for order in ((first, second), (second, first)):
        facts = [begun(module="app", school=7)]
        assert derive(ClockKind.RESOLUTION, facts, agreed(*order), wall("08:10")).target == "first"


# GLPI ----------------------------------------------------------------------------------------------------------------
def test_glpi_6902_15605_a_pause_is_not_lost_when_the_priority_changes() -> None:
    pause = fact("09:00", "paused"), fact("11:00", "resumed")
    state = resolution(opened("08:00"), *pause, fact("13:30", "priority", priority=Priority.MEDIUM), now="14:00")
    assert state.elapsed_s == 3 * HOUR  # 8–9, 11–12, 13–14


def test_glpi_6902_a_pause_goes_on_when_the_priority_changes_in_it() -> None:
    facts = opened("08:00"), fact("09:00", "paused"), fact("10:00", "priority", priority=Priority.MEDIUM)
    state = resolution(*facts, now="16:00")
    assert (state.state, state.elapsed_s) == ("paused", HOUR)


def test_glpi_10594_14492_a_pause_is_counted_in_the_calendar_of_the_promise() -> None:
    """From Friday noon to Monday 14:00 only five office hours passed: that is what the pause is worth."""
    pause = fact("2026-11-20T12:00", "paused"), fact("2026-11-23T14:00", "resumed")
    state = resolution(opened("2026-11-20T11:00"), *pause, now="2026-11-23T14:00")
    assert (state.elapsed_s, state.due_at) == (HOUR, wall("2026-11-23T17:00"))


@pytest.mark.parametrize("start", ["2026-11-21T10:00", "2026-12-25T10:00", "2026-11-16T22:00", "2026-11-16T17:00"])
def test_glpi_15429_nothing_is_escalated_at_its_creation_outside_office_hours(start: str) -> None:
    state = resolution(opened(start), now=start)
    assert (state.state, state.elapsed_s, state.next_percent) == ("running", 0, 50)


def test_glpi_23359_the_time_it_was_solved_is_no_pause_after_reopening() -> None:
    facts = opened("08:00"), fact("09:00", "resolved"), fact("11:00", "reopened")
    state = resolution(*facts, now="11:30")
    assert [(part.state, part.why) for part in state.segments] == [
        ("running", "opened"),
        ("standing", "resolved"),
        ("running", "reopened"),
    ]
    assert state.elapsed_s == HOUR * 3 // 2


@calmly
@given(histories(("priority", "canton", "paused", "resumed")))
def test_glpi_24481_nothing_breaks_by_itself_while_it_is_pending(
    history: tuple[datetime, list[SlaFact], datetime],
) -> None:
    _, facts, now = history
    held = [*facts, SlaFact(facts[-1].at, "paused")]
    before = derive(ClockKind.RESOLUTION, held, DOCUMENT, held[-1].at)
    assert before.state in ("paused", "breached")
    assert derive(ClockKind.RESOLUTION, held, DOCUMENT, now).breached_at == before.breached_at


def test_glpi_17186_a_date_set_by_hand_is_not_shifted_by_a_pause() -> None:
    by_hand = SlaFact(wall("08:30"), "due", clock=ClockKind.RESOLUTION, due_at=wall("16:00"))
    state = resolution(opened("08:00"), by_hand, fact("09:00", "paused"), fact("11:00", "resumed"), now="12:00")
    assert state.due_at == wall("16:00")


def test_glpi_a_calendar_without_working_time_is_refused_and_never_counts_as_24x7() -> None:
    with pytest.raises(ValidationError, match="some working time"):
        Calendar.model_validate(OFFICE | {"weekly": {}})
    shut: Hours = Schedule(ZURICH, lambda _day: [])
    with pytest.raises(NoWorkingTime):
        shut.add(wall("08:00"), 60)


# Freshdesk -----------------------------------------------------------------------------------------------------------
def test_freshdesk_a_due_time_set_by_hand_can_be_taken_back_and_is_then_computed_again() -> None:
    by_hand = SlaFact(wall("08:30"), "due", clock=ClockKind.RESOLUTION, due_at=wall("16:00"))
    taken_back = SlaFact(wall("09:00"), "due", clock=ClockKind.RESOLUTION)
    state = resolution(opened("08:00"), by_hand, taken_back, now="09:30")
    assert (state.manual_due_at, state.due_at) == (None, wall("12:00"))


def test_freshdesk_a_resolution_due_before_the_response_is_told_when_the_policy_is_checked() -> None:
    codes = {finding.code for finding in check_targets(agreed())}
    assert "resolution_before_response" not in codes
    sla = DOCUMENT.sla.model_dump(mode="json")
    for entry in sla["targets"]:
        entry["target_min"] = 60 if entry["clock"] == "resolution" else 120
    shorter = DOCUMENT.model_copy(update={"sla": type(DOCUMENT.sla).model_validate(sla)})
    assert "resolution_before_response" in {finding.code for finding in check_targets(shorter)}


# Jira Service Management ---------------------------------------------------------------------------------------------
def test_jsm_elapsed_time_carries_over_into_the_shorter_goal() -> None:
    """10:00 medium, three hours; 11:00 high, two hours: due at 12:00."""
    goals = document(minutes={"medium": 180, "high": 120})
    facts = [opened("10:00", Priority.MEDIUM), fact("11:00", "priority", priority=Priority.HIGH)]
    assert derive(ClockKind.RESOLUTION, facts, goals, wall("11:00")).due_at == wall("12:00")


def test_jsm_zammad_what_is_agreed_anew_touches_no_clock_that_runs() -> None:
    """An incident is told under the version it is pinned to; the edited one is another document."""
    facts = [opened("08:00")]
    before = derive(ClockKind.RESOLUTION, facts, DOCUMENT, wall("09:00"))
    edited = derive(ClockKind.RESOLUTION, facts, document(minutes={"high": 30}), wall("09:00"))
    assert edited.breached_at is not None
    assert derive(ClockKind.RESOLUTION, facts, DOCUMENT, wall("09:00")) == before


# Others --------------------------------------------------------------------------------------------------------------
def test_dynamics_a_pause_on_a_holiday_costs_nothing_and_gains_nothing() -> None:
    pause = fact("2026-12-25T09:00", "paused"), fact("2026-12-25T16:00", "resumed")
    plain = resolution(opened("2026-12-24T15:00"), now="2026-12-25T16:00").due_at
    assert resolution(opened("2026-12-24T15:00"), *pause, now="2026-12-25T16:00").due_at == plain


def test_frappe_2449_a_pause_is_not_added_to_the_creation_time() -> None:
    """Two office hours of waiting before Christmas move the deadline to the 28th, not into the holidays."""
    pause = fact("2026-12-24T13:00", "paused"), fact("2026-12-24T15:00", "resumed")
    state = resolution(opened("2026-12-24T10:00"), *pause, now="2026-12-24T15:00")
    assert state.due_at == wall("2026-12-24T17:00")
    later = resolution(opened("2026-12-24T11:00"), *pause, now="2026-12-24T15:00")
    assert later.due_at == wall("2026-12-28T09:00")


@pytest.mark.parametrize("day", ["2026-10-23", "2026-10-26", "2027-03-26", "2026-07-01"])
def test_dbt_zendesk_25_azure_8675_history_is_told_with_the_offset_of_its_own_day(day: str) -> None:
    """A day of eight hours has eight hours in winter and in summer, whenever it is looked at."""
    canton = "TI"  # Good Friday is no holiday there
    office = hours(DOCUMENT.calendar("office"), canton)
    assert office.elapsed(wall(f"{day}T00:00"), wall(f"{day}T23:59")) == 8 * HOUR


@pytest.mark.parametrize(("eve", "utc"), [("2026-10-24", 7), ("2027-03-27", 6)])
def test_cal_diy_30021_nothing_is_an_hour_late_on_the_day_the_clocks_change(eve: str, utc: int) -> None:
    daily = {day: [{"open": "08:00", "close": "12:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    every_day = Calendar.model_validate(OFFICE | {"weekly": daily, "public_holidays": False})
    opens = hours(every_day).add(wall(f"{eve}T12:00"), 1)
    change = date.fromisoformat(eve) + timedelta(days=1)
    assert opens == datetime(change.year, change.month, change.day, utc, 0, 1, tzinfo=UTC)


def test_the_circumstances_a_promise_depends_on_are_all_facts() -> None:
    """Whoever adds a condition adds the fact that changes it, or a change would be lost."""
    for name in Circumstances._fields:
        told = SlaFact(wall("09:00"), name, priority=Priority.LOW, value="x")  # type: ignore[arg-type]
        assert list(told.change) == [name]
