"""When a clock has used up 50, 75, 90, 100 per cent of its promise (P-9.3, R11)."""

from __future__ import annotations

from collections.abc import Sequence

BREACH = 100


def seconds_at(percent: int, target_s: int) -> int:
    """Consumed seconds with which a checkpoint is reached; never earlier than its share of the target."""
    return -(-target_s * percent // 100)


def reached(checkpoints: Sequence[int], *, target_s: int, elapsed_s: int) -> list[int]:
    """The warnings a clock has passed, without the breach: a clock stopped exactly at its due time is met (R9)."""
    return [percent for percent in checkpoints if percent < BREACH and elapsed_s >= seconds_at(percent, target_s)]


def following(checkpoints: Sequence[int], *, target_s: int, elapsed_s: int) -> int:
    """The checkpoint that comes next for a clock that is not broken; the breach after the last warning."""
    return next((percent for percent in checkpoints if seconds_at(percent, target_s) > elapsed_s), BREACH)
