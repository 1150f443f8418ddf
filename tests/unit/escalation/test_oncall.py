"""Who is on call when: examples on the nights when clocks change, and what holds for every rota."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.oncall import (
    DAILY,
    LOOK_AHEAD,
    NEVER_BACK,
    WEEKLY,
    Duty,
    Layer,
    Override,
    Rota,
    Turn,
    Why,
    holds,
    now_and_next,
    on_call,
    swap,
    turns,
)

ZURICH = ZoneInfo("Europe/Zurich")
MONDAY = date(2026, 11, 23)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ANN, BEN, CAT = 1, 2, 3


def zurich(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH).astimezone(UTC)


def rota(*layers: Layer, overrides: tuple[Override, ...] = (), absent: dict[int, datetime] | None = None) -> Rota:
    return Rota(ZURICH, layers, overrides, absent or {})


def weekly(*people: int, first: date = MONDAY) -> Layer:
    return Layer(people, first, time(8))


def daily(*people: int, first: date = MONDAY, hand_over: time = time(8)) -> Layer:
    return Layer(people, first, hand_over, DAILY)


def who(plan: Rota, at: str) -> int | None:
    duty = on_call(plan, zurich(at))
    return duty.person if duty else None


def test_a_week_begins_at_its_hand_over_and_people_follow_each_other() -> None:
    plan = rota(weekly(ANN, BEN))

    assert who(plan, "2026-11-23 07:59:59") is None
    assert on_call(plan, zurich("2026-11-23 08:00")) == Duty(ANN, Why.TURN, 0)
    assert who(plan, "2026-11-30 07:59:59") == ANN
    assert who(plan, "2026-11-30 08:00") == BEN
    assert who(plan, "2026-12-07 08:00") == ANN


def test_a_later_layer_wins_in_its_hours() -> None:
    nights = Layer((CAT,), MONDAY, time(8), WEEKLY, frozenset({0, 1, 2, 3}), time(18), time(7))
    plan = rota(weekly(ANN, BEN), nights)

    assert who(plan, "2026-11-23 17:59") == ANN
    assert on_call(plan, zurich("2026-11-23 18:00")) == Duty(CAT, Why.TURN, 1)
    assert who(plan, "2026-11-24 06:59") == CAT
    assert who(plan, "2026-11-24 07:00") == ANN
    assert who(plan, "2026-11-27 06:59") == CAT, "the night to Friday began on Thursday"
    assert who(plan, "2026-11-27 18:00") == ANN, "no night begins on Friday"


def test_an_override_replaces_whoever_it_would_be_and_the_newest_counts() -> None:
    start, end = zurich("2026-11-24 12:00"), zurich("2026-11-25 12:00")
    plan = rota(weekly(ANN, BEN), overrides=(Override(BEN, start, end), Override(CAT, start, start + HOUR)))

    assert on_call(plan, start) == Duty(CAT, Why.OVERRIDE, instead_of=ANN)
    assert on_call(plan, start + HOUR) == Duty(BEN, Why.OVERRIDE, instead_of=ANN)
    assert on_call(plan, end) == Duty(ANN, Why.TURN, 0)


def test_absent_people_are_passed_to_the_next_and_nobody_elses_turn_moves() -> None:
    plan = rota(weekly(ANN, BEN, CAT), absent={ANN: zurich("2026-11-25 12:00")})

    assert on_call(plan, zurich("2026-11-24 12:00")) == Duty(BEN, Why.STAND_IN, 0, instead_of=ANN)
    assert on_call(plan, zurich("2026-11-25 12:00")) == Duty(ANN, Why.TURN, 0)
    assert who(plan, "2026-11-30 08:00") == BEN


def test_a_layer_of_absent_people_covers_nothing_and_their_overrides_do_not_count() -> None:
    at = zurich("2026-11-24 12:00")
    gone = {BEN: NEVER_BACK, CAT: NEVER_BACK}

    assert on_call(rota(weekly(ANN), weekly(BEN, CAT), absent=gone), at) == Duty(ANN, Why.TURN, 0)
    assert on_call(rota(weekly(BEN), absent=gone), at) is None
    assert who(rota(weekly(ANN), overrides=(Override(BEN, at, at + DAY),), absent=gone), "2026-11-24 12:00") == ANN


@pytest.mark.parametrize(
    ("night", "hours"), [("2027-03-27", 23), ("2026-10-24", 25)], ids=["an hour is skipped", "an hour comes twice"]
)
def test_eight_o_clock_stays_eight_o_clock_when_the_clocks_change(night: str, hours: int) -> None:
    first = date.fromisoformat(night)
    plan = rota(daily(ANN, BEN, first=first))
    start = zurich(f"{night} 08:00")

    assert turns(plan, start, start + 3 * DAY)[:1] == [Turn(start, start + hours * HOUR, Duty(ANN, Why.TURN, 0))]
    assert who(plan, f"{first + DAY} 08:00") == BEN
    assert who(plan, f"{first + DAY} 07:59") == ANN


def test_a_hand_over_in_the_hour_that_is_skipped_happens_when_it_is_over() -> None:
    plan = rota(daily(ANN, BEN, first=date(2027, 3, 27), hand_over=time(2, 30)))
    gap = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # 02:00 becomes 03:00

    assert [on_call(plan, gap - timedelta(seconds=1)), on_call(plan, gap)] == [
        Duty(ANN, Why.TURN, 0),
        Duty(BEN, Why.TURN, 0),
    ]


def test_a_hand_over_in_the_hour_that_comes_twice_happens_once_the_first_time() -> None:
    plan = rota(daily(ANN, BEN, first=date(2026, 10, 24), hand_over=time(2, 30)))
    first_time = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    found = turns(plan, first_time - HOUR, first_time + 3 * HOUR)

    assert [(turn.person, turn.start) for turn in found] == [(ANN, first_time - HOUR), (BEN, first_time)]


def test_now_and_next() -> None:
    at = zurich("2026-11-24 12:00")
    monday = zurich("2026-11-30 08:00")
    present, following = now_and_next(rota(weekly(ANN, ANN, BEN)), at)

    assert present == Turn(at, monday + WEEK, Duty(ANN, Why.TURN, 0))
    assert following == Turn(monday + WEEK, monday + 2 * WEEK, Duty(BEN, Why.TURN, 0))
    assert now_and_next(rota(weekly(ANN)), at) == (Turn(at, at + LOOK_AHEAD, Duty(ANN, Why.TURN, 0)), None)
    assert now_and_next(rota(weekly(ANN, first=date(2026, 11, 30))), at)[0] is None
    assert now_and_next(rota(), at) == (None, None)


def test_a_turn_is_ones_own_only_from_end_to_end() -> None:
    plan = rota(weekly(ANN, BEN))
    monday = zurich("2026-11-30 08:00")

    assert holds(plan, ANN, monday - DAY, monday)
    assert not holds(plan, ANN, monday - DAY, monday + HOUR)
    assert not holds(plan, ANN, zurich("2026-11-22 08:00"), monday), "nobody was on call on Sunday"
    assert not holds(plan, ANN, monday, monday)


# Every rota, on days around both changes of the clocks. ---------------------------------------------------------------

PEOPLE = st.integers(1, 5)
TIMES = st.sampled_from([time(0), time(1, 30), time(2), time(2, 30), time(3), time(8), time(17, 45)])
DATES = st.sampled_from([date(2026, 10, 19), date(2026, 10, 24), date(2027, 3, 22), date(2027, 3, 28)])
INSTANTS = st.builds(
    lambda day, minutes: datetime.combine(day, time(0), UTC) + timedelta(minutes=minutes),
    DATES,
    st.integers(0, 14 * 24 * 60),
)
LAYERS = st.builds(
    Layer,
    people=st.lists(PEOPLE, min_size=1, max_size=4).map(tuple),
    first=DATES,
    hand_over=TIMES,
    every_days=st.sampled_from([DAILY, WEEKLY]),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1) | st.just(frozenset(range(7))),
    opens=TIMES,
    closes=TIMES,
)
OVERRIDES = st.builds(
    lambda person, start, minutes: Override(person, start, start + timedelta(minutes=minutes)),
    PEOPLE,
    INSTANTS,
    st.integers(1, 5000),
)
ZONES = st.sampled_from([ZURICH, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Apia")])
ROTAS = st.builds(
    Rota,
    zone=ZONES,
    layers=st.lists(LAYERS, max_size=3).map(tuple),
    overrides=st.lists(OVERRIDES, max_size=3).map(tuple),
    absent_until=st.dictionaries(PEOPLE, INSTANTS | st.just(NEVER_BACK), max_size=3),
)


@given(plan=ROTAS, start=INSTANTS, moments=st.lists(st.integers(0, 21 * 24 * 60 - 1), max_size=20))
def test_turns_never_overlap_and_say_what_each_instant_says(plan: Rota, start: datetime, moments: list[int]) -> None:
    end = start + 21 * DAY
    found = turns(plan, start, end)

    assert all(turn.start < turn.end for turn in found)
    assert all(start <= turn.start and turn.end <= end for turn in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    edges = [edge for turn in found for edge in (turn.start, turn.end, turn.end - timedelta(seconds=1)) if edge < end]
    for at in [*edges, *(start + timedelta(minutes=minute) for minute in moments)]:
        holding = [turn.duty for turn in found if turn.start <= at < turn.end]
        assert holding == ([duty] if (duty := on_call(plan, at)) else [])


@given(plan=ROTAS, start=INSTANTS, cut=st.integers(1, 20 * 24 * 60))
def test_it_does_not_matter_from_where_one_looks(plan: Rota, start: datetime, cut: int) -> None:
    middle, end = start + timedelta(minutes=cut), start + 21 * DAY

    def hours(found: list[Turn]) -> dict[int, timedelta]:
        return {p: sum((t.end - t.start for t in found if t.person == p), timedelta()) for p in range(1, 6)}

    assert hours(turns(plan, start, end)) == hours([*turns(plan, start, middle), *turns(plan, middle, end)])


@given(plan=ROTAS, start=INSTANTS)
def test_nobody_is_on_call_while_absent(plan: Rota, start: datetime) -> None:
    for turn in turns(plan, start, start + 21 * DAY):
        assert plan.absent_until.get(turn.person, turn.start) <= turn.start


@given(plan=ROTAS, start=INSTANTS, picks=st.tuples(st.integers(0, 50), st.integers(0, 50)))
def test_a_swap_gives_each_the_hours_of_the_other_and_touches_nobody_else(
    plan: Rota, start: datetime, picks: tuple[int, int]
) -> None:
    plan = Rota(plan.zone, plan.layers, plan.overrides)
    before = turns(plan, start, start + 21 * DAY)
    if not before:
        return
    one, other = (before[pick % len(before)] for pick in picks)

    after = turns(Rota(plan.zone, plan.layers, (*plan.overrides, *swap(one, other))), start, start + 21 * DAY)

    for at in {edge for turn in (*before, *after) for edge in (turn.start, turn.end)}:
        was = next((turn.person for turn in before if turn.start <= at < turn.end), None)
        expected = other.person if one.start <= at < one.end else was
        expected = one.person if other.start <= at < other.end else expected
        assert next((turn.person for turn in after if turn.start <= at < turn.end), None) == expected
    total = [sum((turn.end - turn.start for turn in found), timedelta()) for found in (before, after)]
    assert total[0] == total[1]
