"""How components are and were, read from notices alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from statuspage.rules.condition import Span, availability, days, state_at, worst

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZURICH = ZoneInfo("Europe/Zurich")


def test_nothing_said_is_well_and_the_worst_that_is_said_counts():
    assert worst([]) == "operational"
    assert worst(["degraded", "major", "maintenance"]) == "major"
    spans = [Span("degraded", NOW - HOUR), Span("major", NOW - 3 * HOUR, NOW - 2 * HOUR), Span("partial", NOW + HOUR)]
    assert state_at(spans, NOW) == "degraded"
    assert state_at(spans, NOW - 2 * HOUR) == "operational"
    assert state_at(spans, NOW - 3 * HOUR) == "major"


def test_a_bar_is_a_day_in_zurich_and_the_future_colours_none():
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)  # 00:00 on the 23rd in Zurich
    spans = [Span("major", midnight - HOUR, midnight), Span("maintenance", NOW + HOUR)]
    bars = {day.on.day: day.state for day in days(spans, now=NOW, zone=ZURICH, count=3)}
    assert bars == {21: "operational", 22: "major", 23: "operational"}
    assert days([Span("partial", NOW)], now=NOW, zone=ZURICH)[-1].state == "partial"


def test_overlapping_outages_count_once_and_slow_or_planned_not_at_all():
    since = NOW - 100 * HOUR
    spans = [
        Span("major", NOW - 4 * HOUR, NOW - 2 * HOUR),
        Span("partial", NOW - 3 * HOUR, NOW - HOUR),
        Span("degraded", NOW - 50 * HOUR, NOW - 40 * HOUR),
        Span("maintenance", NOW - 30 * HOUR, NOW - 20 * HOUR),
        Span("major", since - 5 * HOUR, since + HOUR),
    ]
    assert availability(spans, since=since, now=NOW) == 96.0
    assert availability([], since=since, now=NOW) == 100.0
