"""The forecast: what like cases did, drawn towards the wider group, and silent where there is too little."""

from __future__ import annotations

import pytest

from figures.rules.odds import FEWEST, Past, Table, Trial, baseline, bins, brier, estimate, step_of


def table(kept: int, broken: int, *, used: float = 1.0) -> Table:
    """Clocks that were kept after using up a share, and broken ones."""
    found = Table.empty()
    for _ in range(kept):
        found.add(Past(used, is_broken=False))
    for _ in range(broken):
        found.add(Past(1.4, is_broken=True))
    return found


def test_only_those_that_got_as_far_count() -> None:
    mixed = table(100, 20, used=0.3)
    early, late = estimate([], [mixed], 0.1), estimate([], [mixed], 0.2)
    assert early is not None
    assert late is not None
    assert (early[1].reached, early[1].broken) == (120, 20)
    assert early[1].value == pytest.approx(20 / 120, abs=0.01)
    assert estimate([], [mixed], 0.5) is None, "twenty got so far: too few to say anything"
    all_broke = estimate([], [table(10, FEWEST, used=0.3)], 0.5)
    assert all_broke is not None
    assert all_broke[1].value == pytest.approx(1, abs=0.02)


def test_a_small_group_leaves_the_word_to_the_wider_one() -> None:
    narrow, wide = table(2, 1), table(90, 10)
    found = estimate([narrow], [wide], 0.5)
    assert found is not None
    place, told = found
    assert (place, told.reached, told.broken) == (1, 100, 10)


def test_a_group_large_enough_speaks_and_is_drawn_towards_the_wider_one() -> None:
    found = estimate([table(15, 15)], [table(1000, 0)], 0.5)
    assert found is not None
    assert found[0] == 0
    assert 0.35 < found[1].value < 0.5


def test_with_too_little_history_it_says_nothing() -> None:
    assert estimate([Table.empty()], [table(FEWEST - 1, 0)], 0.0) is None


def test_steps() -> None:
    assert [step_of(used) for used in (-1, 0, 0.049, 0.05, 0.3, 0.999, 1.0, 7)] == [0, 0, 0, 1, 6, 19, 20, 20]


def test_the_scores_of_a_sure_and_of_a_shrugging_forecast() -> None:
    sure = [Trial(1.0, is_broken=True), Trial(0.0, is_broken=False)]
    shrug = [Trial(0.5, is_broken=True), Trial(0.5, is_broken=False)]
    assert (brier(sure), brier(shrug), baseline(sure)) == (0.0, 0.25, 0.25)
    assert (brier([]), baseline([])) == (None, None)


def test_bins_say_what_was_said_and_what_happened() -> None:
    [low, high] = bins([Trial(0.05, is_broken=False), Trial(1.0, is_broken=True), Trial(0.92, is_broken=False)])
    assert (low.low, low.high, low.n, low.observed) == (0.0, 0.1, 1, 0.0)
    assert (high.low, high.n, high.observed) == (0.9, 2, 0.5)
    assert high.predicted == pytest.approx(0.96)
