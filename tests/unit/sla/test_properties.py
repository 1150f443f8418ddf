"""What must hold for any history of an incident (Q1–Q12, Q14–Q16), some of it against a judge that counts minutes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.rules.workhours import Always, Schedule, Span
from process.rules.calendar import hours
from process.schema import ClockKind, Document, Priority
from sla.rules.clock import ClockState, SlaFact, derive
from tests.unit.sla.documents import document
from tests.unit.sla.oracle import AUTUMN, DAYS, MINUTE, SPRING, judge, open_minutes

DOCUMENT = document()
IN_OFFICE = document(minutes={"critical": 60}, calendar_of={"critical": "office"})
ODD_CHECKPOINTS = [document(checkpoints=[10, 99, 100]), document(checkpoints=[100])]
OFFICE = hours(DOCUMENT.calendar("office"), "ZH")
SECOND = timedelta(seconds=1)
calmly = settings(derandomize=True, max_examples=25, deadline=None)
often = settings(calmly, max_examples=50)

windows = st.sampled_from([AUTUMN, SPRING])
seconds = st.integers(0, DAYS * 86_400 - 1)
instants = st.builds(lambda window, second: window + second * SECOND, windows, seconds)
priorities = st.sampled_from(Priority)
targets = st.integers(1, 10 * 8 * 3600)
MOVING = ("priority", "canton", "paused", "resumed", "due")
ANY = (*MOVING, "acknowledged", "resolved", "reopened", "closed", "cancelled")


@st.composite
def histories(
    draw: st.DrawFn, kinds: tuple[str, ...] = ANY, gap: int = 1000, first: st.SearchStrategy[Priority] = priorities
) -> tuple[datetime, list[SlaFact], datetime]:
    """A window, up to six facts on its minutes in their order, at most `gap` minutes apart, and a later instant.

    Due instants set by hand lie up to three gaps ahead; some are taken back.
    """
    window = draw(windows)
    minute = draw(st.integers(0, 17 * 24 * 60))
    facts = [SlaFact(window + minute * MINUTE, "opened", priority=draw(first), canton="ZH")]
    for distance, kind in draw(st.lists(st.tuples(st.integers(1, gap), st.sampled_from(kinds)), max_size=6)):
        minute += distance
        facts.append(
            SlaFact(
                window + minute * MINUTE,
                kind,  # type: ignore[arg-type]
                priority=draw(priorities) if kind == "priority" else None,
                canton=draw(st.sampled_from(["ZH", "TI"])) if kind == "canton" else None,
                pauses=draw(st.booleans()),
                clock=draw(st.sampled_from(ClockKind)) if kind == "due" else None,
                due_at=window + (minute + ahead) * MINUTE
                if kind == "due" and (ahead := draw(st.integers(0, 3 * gap)))
                else None,
            )
        )
    return window, facts, window + (minute + draw(st.integers(0, 3 * gap))) * MINUTE


def resolution(facts: list[SlaFact], now: datetime) -> ClockState:
    """The resolution clock."""
    return derive(ClockKind.RESOLUTION, facts, DOCUMENT, now)


@often
@given(histories(), st.sampled_from(ClockKind))
def test_any_history_reads_as_the_judge_who_counts_minutes_says(
    history: tuple[datetime, list[SlaFact], datetime], kind: ClockKind
) -> None:
    window, facts, now = history
    state = derive(kind, facts, DOCUMENT, now)
    assert (state.state, state.elapsed_s, state.breached_at) == judge(kind, facts, DOCUMENT, now, window)


@calmly
@given(windows, st.sampled_from(["ZH", "TI"]), st.integers(0, DAYS * 1440), st.integers(0, DAYS * 1440))
def test_elapsed_time_is_the_number_of_open_minutes(window: datetime, canton: str, one: int, other: int) -> None:
    counted = open_minutes("office", canton, window)
    since, until = sorted((one, other))
    found = hours(DOCUMENT.calendar("office"), canton).elapsed(window + since * MINUTE, window + until * MINUTE)
    assert found == (counted[until] - counted[since]) * 60


@calmly
@given(histories(), st.integers(0, 10**6))
def test_q1_elapsed_never_shrinks_while_time_goes_on(
    history: tuple[datetime, list[SlaFact], datetime], later: int
) -> None:
    _, facts, now = history
    assert 0 <= resolution(facts, now).elapsed_s <= resolution(facts, now + later * SECOND).elapsed_s


@often
@given(instants, instants, instants)
def test_q2_elapsed_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted((one, two, three))
    assert OFFICE.elapsed(a, c) == OFFICE.elapsed(a, b) + OFFICE.elapsed(b, c)


@often
@given(instants, targets)
def test_q3_due_is_the_first_instant_with_exactly_the_target_elapsed(start: datetime, target: int) -> None:
    due = OFFICE.add(start, target)
    assert OFFICE.elapsed(start, due) == target
    assert OFFICE.elapsed(start, due - SECOND) == target - 1


@calmly
@given(histories(MOVING, gap=60))
def test_q4_what_is_left_and_what_is_used_are_the_target_until_the_breach(
    history: tuple[datetime, list[SlaFact], datetime],
) -> None:
    _, facts, now = history
    state = resolution(facts, now)
    assume(state.state == "running")
    assert state.due_at is not None
    calendar, canton = DOCUMENT.calendar(state.calendar), [f.canton for f in facts if f.canton][-1]
    assert state.elapsed_s + hours(calendar, canton).elapsed(now, state.due_at) == state.target_s


@calmly
@given(instants, st.integers(0, 4 * 86_400), st.integers(0, 4 * 86_400))
def test_q5_a_pause_moves_the_due_time_by_exactly_its_opening_hours(start: datetime, gap: int, length: int) -> None:
    opened = SlaFact(start, "opened", priority=Priority.LOW, canton="ZH")
    pause = SlaFact(start + gap * SECOND, "paused")
    resume = SlaFact(pause.at + length * SECOND, "resumed")
    plain, paused = resolution([opened], start), resolution([opened, pause, resume], resume.at)
    assert plain.due_at is not None
    assume(plain.due_at > pause.at)
    cost = OFFICE.elapsed(pause.at, resume.at)
    assert paused.due_at == OFFICE.add(start, plain.target_s + cost)


@calmly
@given(instants, st.lists(st.integers(0, 40_000), min_size=3, max_size=3))
def test_q6_pauses_may_be_split_merged_repeated_or_empty(start: datetime, gaps: list[int]) -> None:
    begin, middle, end = (start + sum(gaps[: n + 1]) * SECOND for n in range(3))
    opened = SlaFact(start, "opened", priority=Priority.LOW, canton="ZH")
    whole = [opened, SlaFact(begin, "paused"), SlaFact(end, "resumed")]
    split = [*whole[:2], SlaFact(middle, "resumed"), SlaFact(middle, "paused"), whole[2]]
    nested = [*whole[:2], SlaFact(middle, "paused"), whole[2], SlaFact(end, "resumed")]
    empty = [*whole, SlaFact(end, "paused"), SlaFact(end, "resumed")]
    seen = {(s.elapsed_s, s.due_at, s.state) for s in (resolution(f, end) for f in (whole, split, nested, empty))}
    assert len(seen) == 1


@calmly
@given(histories(), st.data())
def test_q7_a_fact_that_arrives_twice_changes_nothing(
    history: tuple[datetime, list[SlaFact], datetime], data: st.DataObject
) -> None:
    _, facts, now = history
    index = data.draw(st.integers(0, len(facts) - 1))
    assert resolution([*facts[: index + 1], *facts[index:]], now) == resolution(facts, now)


def test_q8_around_the_clock_elapsed_is_the_difference_of_instants_on_each_day_of_six_years() -> None:
    zone, always = ZoneInfo("Europe/Zurich"), Always()
    day, lengths = datetime(2025, 1, 1, tzinfo=zone), set()
    while day.year < 2031:
        following = day + timedelta(days=1)  # wall time: the same time tomorrow
        real = following.astimezone(UTC) - day.astimezone(UTC)
        assert always.elapsed(day, following) == real // SECOND
        assert always.add(day, real // SECOND) == following
        lengths.add(real // timedelta(hours=1))
        day = following
    assert lengths == {23, 24, 25}


@pytest.mark.parametrize("year", range(2025, 2031))
@pytest.mark.parametrize("month", [3, 10])
def test_q9_eight_hours_a_day_stay_eight_hours_on_the_sunday_the_clocks_change(year: int, month: int) -> None:
    zone = ZoneInfo("Europe/Zurich")
    sunday = max(
        datetime(year, month, day, tzinfo=zone)
        for day in range(25, 32)
        if datetime(year, month, day, tzinfo=zone).weekday() == 6
    )
    daily = Schedule(zone, lambda _day: [Span(time(8), time(12)), Span(time(13), time(17))])
    assert daily.elapsed(sunday, sunday + timedelta(days=1)) == 8 * 3600


@calmly
@given(histories(), priorities, priorities)
def test_q10_raised_and_lowered_back_at_one_instant_is_as_if_nothing_had_been(
    history: tuple[datetime, list[SlaFact], datetime], raised: Priority, other: Priority
) -> None:
    _, facts, now = history
    priority = [f.priority for f in facts if f.priority][-1]
    at = max(now, facts[-1].at)
    changes = [SlaFact(at, "priority", priority=p) for p in (raised, other, priority)]
    assert resolution([*facts, *changes], at + 3600 * SECOND) == resolution(facts, at + 3600 * SECOND)


@calmly
@given(instants, st.integers(0, 200_000), priorities, priorities)
def test_q10_raising_never_leaves_more_time_in_the_same_calendar(
    start: datetime, gap: int, one: Priority, other: Priority
) -> None:
    low, high = sorted((one, other), key=lambda p: -(IN_OFFICE.sla.target(ClockKind.RESOLUTION, p).target_min or 0))
    opened = SlaFact(start, "opened", priority=low, canton="ZH")
    raised = SlaFact(start + gap * SECOND, "priority", priority=high)
    before = derive(ClockKind.RESOLUTION, [opened], IN_OFFICE, raised.at)
    after = derive(ClockKind.RESOLUTION, [opened, raised], IN_OFFICE, raised.at)
    assert after.target_s - after.elapsed_s <= before.target_s - before.elapsed_s


@calmly
@given(histories(first=st.just(Priority.CRITICAL)), st.data())
def test_q11_a_breach_is_never_taken_back_by_what_happens_later(
    history: tuple[datetime, list[SlaFact], datetime], data: st.DataObject
) -> None:
    _, facts, now = history
    cut = data.draw(st.integers(1, len(facts)))
    early = resolution(facts[:cut], facts[cut - 1].at)
    assume(early.breached_at is not None)
    late = resolution(facts, now)
    assert (late.state, late.breached_at, late.breach_cause) == ("breached", early.breached_at, early.breach_cause)


@calmly
@given(instants, priorities, st.sampled_from([DOCUMENT, *ODD_CHECKPOINTS]), st.integers(0, 10**6))
def test_q12_checkpoints_come_in_their_order_once_each(
    start: datetime, priority: Priority, agreed: Document, by_hand: int
) -> None:
    facts = [SlaFact(start, "opened", priority=priority, canton="ZH")]
    if by_hand % 2:
        due_at = OFFICE.add(start, 100 + by_hand)
        facts.append(SlaFact(start, "due", clock=ClockKind.RESOLUTION, due_at=due_at))
    now, seen = start, []
    while (state := derive(ClockKind.RESOLUTION, facts, agreed, now)).next_check_at is not None:
        assert state.next_check_at >= now
        seen.append((state.next_percent, state.next_check_at))
        now = state.next_check_at + (SECOND if state.next_percent == 100 else 0 * SECOND)
    assert [percent for percent, _ in seen] == agreed.sla.checkpoints
    assert [at for _, at in seen] == sorted({at for _, at in seen})
    assert state.breached_at == seen[-1][1]


@often
@given(histories(("priority", "canton", "paused", "resumed")), st.integers(1, 20_000))
def test_r15_a_date_set_by_hand_is_the_deadline_whatever_happens_meanwhile(
    history: tuple[datetime, list[SlaFact], datetime], ahead: int
) -> None:
    _, (opened, *later), now = history
    due_at = opened.at + ahead * MINUTE
    state = resolution([opened, SlaFact(opened.at, "due", clock=ClockKind.RESOLUTION, due_at=due_at), *later], now)
    assert state.deadline == due_at
    assert state.breached_at == (due_at if now > due_at else None)


@calmly
@given(histories(MOVING))
def test_r15_taken_back_at_once_it_is_as_if_the_promise_had_been_made_anew(
    history: tuple[datetime, list[SlaFact], datetime],
) -> None:
    _, facts, now = history
    at = max(now, facts[-1].at)
    there = SlaFact(at, "due", clock=ClockKind.RESOLUTION, due_at=at + 60 * MINUTE)
    back = SlaFact(at, "due", clock=ClockKind.RESOLUTION)
    plain, taken_back = resolution([*facts, back], at), resolution([*facts, there, back], at)
    for name in ("state", "target_s", "elapsed_s", "due_at", "manual_due_at", "breached_at", "next_check_at"):
        assert getattr(taken_back, name) == getattr(plain, name)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        pytest.param("2026-12-25T10:00", "2026-12-28T09:00", id="on a holiday"),
        pytest.param("2026-11-14T10:00", "2026-11-16T09:00", id="on a Saturday"),
        pytest.param("2026-11-16T18:30", "2026-11-17T09:00", id="after closing"),
        pytest.param("2026-11-16T17:00", "2026-11-17T09:00", id="at closing"),
        pytest.param("2026-11-16T08:00", "2026-11-16T09:00", id="at opening"),
        pytest.param("2026-11-16T12:00", "2026-11-16T14:00", id="at lunch"),
        pytest.param("2028-02-29T16:30", "2028-03-01T08:30", id="on the leap day"),
        pytest.param("2026-12-31T16:30", "2027-01-04T08:30", id="on the last day of the year"),
    ],
)
def test_q14_an_hour_begun_at_an_odd_time(start: str, due: str) -> None:
    zone = ZoneInfo("Europe/Zurich")
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, due))
    assert OFFICE.add(begin, 3600) == end


@pytest.mark.parametrize("minutes", [0, -5, 60 * 24 * 366 + 1, 10**12])
def test_q15_a_promise_of_nothing_or_of_years_is_refused(minutes: int) -> None:
    with pytest.raises(ValidationError, match="target_min"):
        document(minutes={"high": minutes})


@calmly
@given(histories(), st.integers(0, 10**6))
def test_q16_a_clock_that_runs_behind_freezes_time_and_raises_nothing(
    history: tuple[datetime, list[SlaFact], datetime], behind: int
) -> None:
    _, facts, _ = history
    assert resolution(facts, facts[-1].at - behind * SECOND) == resolution(facts, facts[-1].at)
