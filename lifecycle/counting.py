"""The figures of the SLA dashboard follow what happened: every few seconds, and all at once for a new house."""

from __future__ import annotations

from datetime import datetime

from figures import services
from figures.learning import learn

BATCHES = 10
"""A bounded task: what is left waits for the next ring."""


def follow(*, now: datetime) -> None:
    """Takes what was sealed since into the figures."""
    for _batch in range(BATCHES):
        if not services.follow(now=now):
            break


def foretell(*, now: datetime) -> None:
    """Learns for the forecast what like cases did."""
    learn(now=now)


def begin(*, now: datetime) -> None:
    """Everything there is, once: for a house that was just filled."""
    for _incidents in services.rebuild(now=now):
        pass
    foretell(now=now)
