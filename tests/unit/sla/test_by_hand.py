"""R15: a due instant that a lead sets by hand stays until it is taken back."""

from __future__ import annotations

from process.schema import ClockKind, Priority
from sla.rules.clock import OVERDUE, RECLASSIFIED, SlaFact
from tests.unit.sla.facts import HOUR, TUESDAY, fact, opened, resolution, response, wall


def fixed(text: str, until: str | None, clock: ClockKind = ClockKind.RESOLUTION) -> SlaFact:
    return fact(text, "due", clock=clock, due_at=wall(until) if until else None)


def test_the_promise_becomes_what_was_used_and_the_opening_hours_up_to_it() -> None:
    state = resolution(opened(), fixed("09:00", "16:00"), now="10:00")
    assert (state.due_at, state.manual_due_at) == (wall("16:00"), wall("16:00"))
    assert (state.target_s, state.elapsed_s, state.segment) == (7 * HOUR, 2 * HOUR, 2)
    assert (state.next_percent, state.next_check_at) == (50, wall("11:30"))


def test_it_concerns_one_clock_only() -> None:
    facts = opened(), fixed("09:00", "16:00", ClockKind.RESPONSE)
    assert response(*facts, now="10:00").due_at == wall("16:00")
    assert resolution(*facts, now="10:00").due_at == wall("12:00")
    assert resolution(*facts, now="10:00").segment == 1


def test_neither_priority_nor_canton_moves_it() -> None:
    facts = opened(), fixed("09:00", "16:00"), fact("10:00", "priority", priority=Priority.CRITICAL)
    state = resolution(*facts, fact("11:00", "canton", canton="TI"), now="11:00")
    assert (state.due_at, state.state, state.calendar) == (wall("16:00"), "running", "always")
    assert (state.target_s, state.elapsed_s) == (8 * HOUR, 3 * HOUR)


def test_while_waiting_it_keeps_its_instant_and_what_is_left_shrinks() -> None:
    held = opened(), fixed("09:00", "16:00"), fact("10:00", "paused")
    waiting = resolution(*held, now="11:00")
    assert (waiting.state, waiting.due_at, waiting.deadline) == ("paused", None, wall("16:00"))
    assert (waiting.next_percent, waiting.next_check_at) == (100, wall("16:00"))
    back = resolution(*held, fact("14:00", "resumed"), now="14:00")
    assert (back.due_at, back.target_s, back.elapsed_s, back.next_percent) == (
        wall("16:00"),
        4 * HOUR,
        2 * HOUR,
        75,
    )


def test_it_breaks_one_instant_later_running_or_waiting() -> None:
    facts = opened(), fixed("09:00", "16:00")
    assert resolution(*facts, now="16:00").state == "running"
    for more in ((), (fact("10:00", "paused"),)):
        late = resolution(*facts, *more, now="16:00:01")
        assert (late.state, late.breached_at, late.breach_cause) == ("breached", wall("16:00"), OVERDUE)
    assert resolution(*facts, fact("16:00", "resolved"), now="18:00").state == "met"


def test_on_a_day_off_nothing_is_left_to_use_and_yet_it_breaks_only_then() -> None:
    saturday = fixed("18:00", "2026-11-21T10:00")
    state = resolution(opened("2026-11-20T20:00"), saturday, now="2026-11-21T09:00")
    assert (state.state, state.target_s, state.due_at) == ("running", 0, wall("2026-11-21T10:00"))
    assert (state.next_percent, state.next_check_at) == (100, wall("2026-11-21T10:00"))


def test_taken_back_the_ordinary_promise_returns_with_what_was_used() -> None:
    facts = opened(), fixed("09:00", f"{TUESDAY}T16:00"), fact("10:00", "paused"), fact("11:00", "resumed")
    state = resolution(*facts, fixed("11:30", None), now="11:30")
    assert (state.manual_due_at, state.target_s, state.elapsed_s) == (None, 4 * HOUR, 2.5 * HOUR)
    assert state.due_at == wall("14:00")


def test_taken_back_too_late_the_ordinary_promise_breaks_at_that_instant() -> None:
    facts = opened(), fixed("09:00", f"{TUESDAY}T16:00"), fixed("16:00", None)
    state = resolution(*facts, now="16:30")
    assert (state.breached_at, state.breach_cause) == (wall("16:00"), OVERDUE)


def test_only_what_shortens_the_promise_itself_is_called_reclassified() -> None:
    facts = opened(priority=Priority.MEDIUM), fixed("09:00", f"{TUESDAY}T16:00"), fixed("13:00", None)
    state = resolution(*facts, fact("13:30", "priority", priority=Priority.HIGH), now="14:00")
    assert (state.breached_at, state.breach_cause) == (wall("13:30"), RECLASSIFIED)


def test_a_breach_is_not_erased_by_a_later_date() -> None:
    state = resolution(opened(), fixed("14:00", f"{TUESDAY}T16:00"), now="15:00")
    assert (state.state, state.breached_at, state.due_at) == ("breached", wall("12:00"), wall(f"{TUESDAY}T16:00"))
    assert state.next_check_at is None


def test_reopened_after_it_has_passed_it_breaks_when_work_goes_on() -> None:
    facts = opened(), fixed("09:00", "11:00"), fact("10:00", "resolved"), fact("14:00", "reopened")
    assert resolution(*facts, now="14:00").state == "running"
    assert resolution(*facts, now="14:01").breached_at == wall("14:00")


def test_said_twice_or_for_a_time_that_has_passed_it_is_taken_as_it_can_be() -> None:
    once = resolution(opened(), fixed("09:00", "16:00"), now="10:00")
    twice = resolution(opened(), fixed("09:00", "16:00"), fixed("09:30", "16:00"), now="10:00")
    assert once == twice
    assert resolution(opened(), fixed("09:00", "08:30"), now="09:01").breached_at == wall("09:00")
