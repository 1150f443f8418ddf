"""When a message is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from notifications.rules.backoff import LEASE, MAX_ATTEMPTS, next_try

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def waits(seed: int) -> list[float]:
    tries = [next_try(attempts, seed=seed, at=AT) for attempts in range(1, MAX_ATTEMPTS)]
    return [(instant - AT).total_seconds() for instant in tries if instant]


def test_pauses_double_from_half_a_minute() -> None:
    for seed in range(50):
        for base, wait in zip([30, 60, 120, 240], waits(seed), strict=True):
            assert base <= wait <= base * 1.2


def test_the_fifth_failure_is_the_last() -> None:
    assert next_try(MAX_ATTEMPTS - 1, seed=1, at=AT) is not None
    assert next_try(MAX_ATTEMPTS, seed=1, at=AT) is None
    assert next_try(MAX_ATTEMPTS + 1, seed=1, at=AT) is None


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    instants = sorted(waits(seed)[0] for seed in range(1, 101))

    assert len(set(instants)) == 100
    assert max(later - earlier for earlier, later in pairwise(instants)) < 1


def test_the_same_message_always_waits_the_same() -> None:
    assert waits(42) == waits(42)


def test_a_lease_outlives_the_time_limit_of_a_task() -> None:
    assert timedelta(seconds=60) <= LEASE
