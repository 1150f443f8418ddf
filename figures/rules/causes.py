"""Why a promise was broken (R7, R8, R10): one cause per breach, the first of these that holds. Pure."""

from __future__ import annotations

from datetime import datetime

from figures.rules.story import Story

CAUSES = ("reclassified", "reopened", "late_start", "waiting", "overdue")
WAITED_SHARE = 4
"""Waiting is the cause from a quarter of the time between report and breach on."""


def cause_of(story: Story, clock: str, *, breached_at: datetime, of_clock: str) -> str:
    """`of_clock` is the cause the clock itself recorded; real time counts, as the people affected live through it.

    A response that broke is a late start by itself; any other clock had one when nobody took the incident on within
    half of the time to the breach.
    """
    if of_clock == "reclassified":
        return "reclassified"
    if was_kept_at_first(story, clock):
        return "reopened"
    span = breached_at - story.reported_at
    taken = story.acknowledged_at
    if clock == "response" or taken is None or taken > story.reported_at + span / 2:
        return "late_start"
    if story.held_s(breached_at, only_pausing=False) * WAITED_SHARE >= span.total_seconds():
        return "waiting"
    return "overdue"


def was_kept_at_first(story: Story, clock: str) -> bool:
    """Whether the promise had been kept once: what came later belongs to a second cycle (R10)."""
    stop = story.stops.get(clock)
    return stop is not None and stop.state == "met"
