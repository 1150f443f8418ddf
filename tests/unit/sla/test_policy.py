"""Which promise holds: conditions, ranks, what an incident changes into, business days (P-9.1, R7, R14, R17)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from process.rules.targets import check_overlaps
from process.schema import Circumstances, ClockKind, Document, Priority, Sla
from sla.rules.clock import ClockState, SlaFact, derive
from tests.unit.sla.documents import document
from tests.unit.sla.facts import HOUR, opened, wall

PLAIN = document()
LABEL = {"de": "Ziel", "en": "Target"}


def target(key: str, rank: int, minutes: int | None = 60, *, calendar: str = "office", **more: Any) -> dict[str, Any]:
    """A target of the resolution clock."""
    days = more.pop("days", None)
    length = {"business_days": days} if days else {"target_min": minutes}
    return {
        "key": key,
        "label": LABEL,
        "clock": "resolution",
        "rank": rank,
        "when": more,
        "calendar": calendar,
        "paragraph": "§9",
        **length,
    }


def agreed(*targets: dict[str, Any], contracts: list[dict[str, Any]] | None = None) -> Document:
    """The plain agreement with these targets before it."""
    sla = PLAIN.sla.model_dump(mode="json")
    sla["targets"] = [*targets, *sla["targets"]]
    sla["contracts"] = contracts or []
    return PLAIN.model_copy(update={"sla": Sla.model_validate(sla)})


def begun(**case: Any) -> SlaFact:
    """Opened on Monday at 08:00 with priority high, under these circumstances."""
    return SlaFact(wall("08:00"), "opened", priority=Priority.HIGH, canton="ZH", case=Circumstances(**case))


def changed(at: str, kind: str, value: object) -> SlaFact:
    """Another circumstance."""
    return SlaFact(wall(at), kind, value=value)  # type: ignore[arg-type]


def resolution(agreement: Document, *facts: SlaFact, now: str) -> ClockState:
    """The resolution clock under an agreement."""
    return derive(ClockKind.RESOLUTION, facts, agreement, wall(now))


CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"priority": ["high"]}, {}, {}),
    ({"kind": ["incident"]}, {}, {"kind": "support"}),
    ({"category": ["software"]}, {"category": "software"}, {"category": "performance"}),
    ({"module": ["app", "login"]}, {"module": "app"}, {"module": "billing"}),
    ({"school": [7]}, {"school": 7}, {"school": 8}),
    ({"contract": ["gold"]}, {"school": 3}, {"school": 4}),
    ({"channel": ["phone"]}, {"channel": "phone"}, {"channel": "email"}),
    ({"major": True}, {"major": True}, {"major": False}),
    ({"major": False}, {"major": False}, {"major": True}),
    ({"module": ["app"], "school": [7]}, {"module": "app", "school": 7}, {"module": "app", "school": 8}),
]
GOLD = [{"key": "gold", "label": LABEL, "paragraph": "§9", "schools": [3]}]


@pytest.mark.parametrize(("when", "fits", "misses"), CASES, ids=lambda value: str(value))
def test_a_target_holds_under_its_conditions_only(
    when: dict[str, Any], fits: dict[str, Any], misses: dict[str, Any]
) -> None:
    agreement = agreed(target("special", 1, 30, **when), contracts=GOLD)
    assert resolution(agreement, begun(**fits), now="08:10").target == "special"
    if misses:
        assert resolution(agreement, begun(**misses), now="08:10").target == "resolution_high"


def test_the_canton_is_a_condition_too() -> None:
    agreement = agreed(target("there", 1, 30, canton=["TI"]))
    moved = SlaFact(wall("08:15"), "canton", canton="TI")
    assert resolution(agreement, begun(), now="08:10").target == "resolution_high"
    assert resolution(agreement, begun(), moved, now="08:20").target == "there"


def test_of_several_that_fit_the_lowest_rank_counts_wherever_it_stands() -> None:
    wide, narrow = target("wide", 20, 30), target("narrow", 10, 15, module=["app"])
    for order in ((wide, narrow), (narrow, wide)):
        agreement = agreed(*order)
        assert resolution(agreement, begun(module="app"), now="08:01").target == "narrow"
        assert resolution(agreement, begun(module="login"), now="08:01").target == "wide"


@pytest.mark.parametrize(
    ("when", "fact"),
    [
        ({"module": ["app"]}, ("module", "app")),
        ({"category": ["software"]}, ("category", "software")),
        ({"school": [7]}, ("school", 7)),
        ({"kind": ["support"]}, ("kind", "support")),
        ({"channel": ["phone"]}, ("channel", "phone")),
        ({"major": True}, ("major", True)),
    ],
    ids=lambda value: str(value),
)
def test_r7_a_change_begins_a_segment_and_carries_what_is_consumed(
    when: dict[str, Any], fact: tuple[str, object]
) -> None:
    agreement = agreed(target("special", 1, 120, **when))
    state = resolution(agreement, begun(), changed("09:00", *fact), now="09:30")
    assert (state.segment, state.elapsed_s, state.due_at) == (2, 5400, wall("10:00"))
    assert [(part.target, part.seconds) for part in state.segments] == [("resolution_high", 3600), ("special", 1800)]


def test_r7_what_no_target_asks_for_begins_nothing() -> None:
    state = resolution(PLAIN, begun(), changed("09:00", "module", "app"), now="09:30")
    assert (state.segment, len(state.segments)) == (1, 1)


def test_r7_two_changes_at_one_instant_are_one_and_nothing_between_them_breaks() -> None:
    agreement = agreed(target("both", 1, 180, module=["app"], school=[7]), target("tight", 2, 1, module=["app"]))
    facts = changed("09:00", "module", "app"), changed("09:00", "school", 7)
    state = resolution(agreement, begun(), *facts, now="09:30")
    assert (state.target, state.breached_at, state.segment) == ("both", None, 2)


def test_r8_a_breach_stays_when_a_longer_promise_follows() -> None:
    agreement = agreed(target("long", 1, 4000, module=["app"]))
    state = resolution(agreement, begun(), changed("14:00", "module", "app"), now="14:30")
    assert (state.state, state.breached_at) == ("breached", wall("12:00"))


def test_declared_a_major_and_not_any_more() -> None:
    agreement = agreed(target("restore", 1, 120, calendar="always", major=True))
    facts = changed("09:00", "major", True), changed("09:30", "major", False)
    state = resolution(agreement, begun(), *facts, now="10:00")
    assert [part.target for part in state.segments] == ["resolution_high", "restore", "resolution_high"]
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, wall("12:00"))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-16T09:00", 2, "2026-11-18T17:00"),  # Monday: Tuesday, Wednesday
        ("2026-11-20T16:59", 1, "2026-11-23T17:00"),  # Friday: Monday
        ("2026-11-21T10:00", 2, "2026-11-24T17:00"),  # Saturday: Monday, Tuesday
        ("2026-12-24T10:00", 1, "2026-12-28T17:00"),  # Christmas and a weekend in between
        ("2026-11-16T23:30", 1, "2026-11-17T17:00"),  # the day is the local one, not that of UTC
    ],
)
def test_r14_business_days_end_when_the_last_one_closes(start: str, days: int, due: str) -> None:
    agreement = agreed(target("days", 1, days=days))
    state = derive(ClockKind.RESOLUTION, [opened(start)], agreement, wall(start))
    assert state.due_at == wall(due)


def test_r14_a_pause_moves_business_days_by_its_opening_hours() -> None:
    agreement = agreed(target("days", 1, days=1))
    pause = SlaFact(wall("10:00"), "paused"), SlaFact(wall("11:00"), "resumed")
    assert resolution(agreement, opened(), *pause, now="11:00").due_at == wall("2026-11-18T09:00")


@pytest.mark.parametrize("length", ["1 day", "1 d", "one day", 0, -5, 60 * 24 * 3660, 10**12, 1.5, None])
def test_r14_q15_a_length_that_is_none_is_refused(length: object) -> None:
    with pytest.raises(ValidationError, match="target"):
        agreed(target("odd", 1) | {"target_min": length})


def test_r14_two_lengths_are_refused() -> None:
    with pytest.raises(ValidationError, match="either target_min"):
        agreed(target("odd", 1) | {"business_days": 2})


def test_every_incident_finds_a_promise() -> None:
    sla = PLAIN.sla.model_dump(mode="json")
    sla["targets"] = [entry | {"when": entry["when"] | {"major": False}} for entry in sla["targets"][:1]]
    with pytest.raises(ValidationError, match="missing: resolution/critical, resolution/high"):
        Sla.model_validate(sla)


def test_one_rank_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="another rank"):
        agreed(target("one", 1), target("two", 1, module=["app"]))


def test_data_protection_is_no_condition() -> None:
    with pytest.raises(ValidationError, match="data_protection"):
        agreed(target("secret", 1, data_protection=True))


def test_overlaps_are_shown_and_what_is_never_chosen_is_a_warning() -> None:
    agreement = agreed(
        target("app", 1, module=["app"]),
        target("school", 2, school=[3]),
        target("app_gold", 3, module=["app"], contract=["gold"]),
        contracts=GOLD,
    )
    found = {(entry.code, entry.path, entry.severity.value) for entry in check_overlaps(agreement)}
    assert ("target_never_reached", "sla.targets[app_gold]", "warning") in found
    assert ("targets_overlap", "sla.targets[school]", "notice") in found
    assert not list(check_overlaps(PLAIN))


def test_r17_what_was_merged_into_it_lets_it_begin_earlier() -> None:
    merged = SlaFact(wall("10:00"), "merged", since=wall("08:30"))
    state = resolution(PLAIN, opened("09:00"), merged, now="10:30")
    assert (state.started_at, state.elapsed_s, state.due_at) == (
        wall("08:30"),
        2 * HOUR,
        wall("13:30"),
    )
    assert sum(part.seconds for part in state.segments) == state.elapsed_s


def test_r17_one_reported_later_moves_nothing() -> None:
    merged = SlaFact(wall("10:00"), "merged", since=wall("09:30"))
    plain = resolution(PLAIN, opened("09:00"), now="10:30")
    assert resolution(PLAIN, opened("09:00"), merged, now="10:30").due_at == plain.due_at


def test_r17_begun_so_much_earlier_that_it_is_over_it_breaks_at_the_merge() -> None:
    merged = SlaFact(wall("10:00"), "merged", since=wall("2026-11-12T08:00"))
    state = resolution(PLAIN, opened("09:00"), merged, now="10:30")
    assert (state.breached_at, state.breach_cause) == (wall("10:00"), "reclassified")
