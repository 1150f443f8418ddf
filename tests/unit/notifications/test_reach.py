"""What a person chose is read back as it was kept; quiet hours are wall times and end every day."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.rules.reach import DEFAULT, Quiet, Reach

ZURICH = ZoneInfo("Europe/Zurich")
NIGHTS = Quiet(time(22), time(6, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


def test_a_choice_is_read_back_as_it_was_kept() -> None:
    chosen = Reach(frozenset({"email", "sms"}), frozenset(), NIGHTS, frozenset({"webhook"}))

    assert Reach.read(chosen.stored()) == chosen
    assert Reach.read({}) == DEFAULT


def test_a_place_that_is_registered_carries_what_is_urgent_until_it_is_gone() -> None:
    there = DEFAULT.with_place("webhook")

    assert there.chosen(is_urgent=True) == {"email", "webhook"}
    assert there.chosen(is_urgent=False) == {"email"}
    assert there.without_place("webhook").places == frozenset()


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T06:30"),
        ("2026-11-24T03:00", "2026-11-24T06:30"),
        ("2026-11-24T06:30", None),
        ("2026-10-25T01:00", "2026-10-25T06:30"),  # the clocks go back in between: the wall time stays
    ],
)
def test_a_night_is_over_at_its_wall_time(moment: str, over: str | None) -> None:
    assert NIGHTS.over_at(at(moment), ZURICH) == (at(over) if over else None)


def test_quiet_hours_begin_only_on_their_days() -> None:
    weekdays = Quiet(time(22), time(6), frozenset(range(5)))

    assert weekdays.over_at(at("2026-11-28T03:00"), ZURICH) == at("2026-11-28T06:00")  # began on Friday
    assert weekdays.over_at(at("2026-11-28T23:00"), ZURICH) is None
    assert Quiet(time(12), time(13)).over_at(at("2026-11-28T12:30"), ZURICH) == at("2026-11-28T13:00")
