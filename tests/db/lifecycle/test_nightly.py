"""What happens at night: stored clocks are compared with their events, step by step."""

from datetime import timedelta

from core.models import Pulse
from lifecycle import clock_check
from lifecycle.clock_check import compare_some
from sla.models import Clock


def test_a_clock_that_differs_is_found_once_a_night_and_nothing_is_ended_by_it(company, now, monkeypatch):
    monkeypatch.setattr(clock_check, "STEP", 2)
    incidents = [company.incident() for _n in range(5)]
    Clock.objects.filter(incident=incidents[3], kind="response").update(target_s=1)
    assert [compare_some(now=now, steps=1) for _run in range(4)] == [0, 1, 0, 0]
    assert Pulse.objects.get(name="clock_check").data["found"] == 1
    assert compare_some(now=now + timedelta(days=1)) == 1


def test_a_night_without_differences_finds_none(company, now):
    company.incident()
    assert compare_some(now=now) == 0
    assert Pulse.objects.get(name="clock_check").data["is_through"]
