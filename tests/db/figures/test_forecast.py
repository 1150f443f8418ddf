"""The forecast rests on cases one can count, is measured on history it has not seen, and knows when to be silent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from figures import forecast
from figures.learning import learn
from figures.models import ClockFact, DayTally
from incidents.models import Incident
from sla.models import Clock
from tests.company import Company

pytestmark = pytest.mark.django_db


def past(incident: Incident, now: datetime, *, kept: int, broken: int) -> None:
    """Decided clocks of the past weeks, like those of this incident; every fifth or so broke, all along."""
    outcomes = ["breached" if place % ((kept + broken) // broken) == 0 else "met" for place in range(kept + broken)]
    ClockFact.objects.bulk_create(
        ClockFact(
            incident_id=1_000_000 + place,
            clock="resolution",
            priority=incident.priority,
            category=incident.category,
            team=incident.team.key if incident.team else "",
            channel="phone",
            kind="single",
            outcome=outcome,
            decided_at=now - timedelta(hours=len(outcomes) - place),
            decided_day=now.date(),
            target_s=28_800,
            used_s=28_000,
        )
        for place, outcome in enumerate(outcomes)
    )


def test_it_says_on_how_many_cases_it_rests(company: Company, now: datetime) -> None:
    incident = company.incident()
    past(incident, now, kept=120, broken=30)
    learn(now=now)
    clock = Clock.objects.select_related("incident__team", "incident__school").get(incident=incident, kind="resolution")
    chance = forecast.chances([clock], now=now)[clock.pk]
    assert (chance.reached, chance.broken) == (150, 30)
    assert chance.value == pytest.approx(0.2, abs=0.01)
    assert chance.words == "Von 150 ähnlichen, die so weit waren, wurden 30 verletzt."
    assert "Mittel" in chance.like


def test_it_is_measured_on_the_latest_fifth(company: Company, now: datetime) -> None:
    incident = company.incident()
    past(incident, now, kept=120, broken=30)
    learn(now=now)
    quality = forecast.quality()
    assert quality is not None
    assert quality.n == 30 * 5, "thirty clocks it had not seen, asked five times each"
    assert quality.brier == pytest.approx(0.16, abs=0.01)
    assert quality.baseline == pytest.approx(0.16, abs=0.01)
    assert sum(one.n for one in quality.bins) == quality.n
    assert quality.trained_until is not None
    assert quality.trained_until < now


def test_with_too_little_history_it_says_so(company: Company, now: datetime) -> None:
    incident = company.incident()
    past(incident, now, kept=20, broken=5)
    learn(now=now)
    clock = Clock.objects.select_related("incident__team", "incident__school").get(incident=incident, kind="resolution")
    chance = forecast.chances([clock], now=now)[clock.pk]
    assert chance.value is None
    assert chance.words == "Zu wenige ähnliche Fälle für eine Vorhersage."


def test_the_same_hour_of_past_weeks_says_how_much_will_come(company: Company, now: datetime) -> None:
    for day in range(1, 57):
        hours = [0] * 24
        hours[10] = 4 if (now.date() - timedelta(days=day)).weekday() == 1 else 0
        arrive(now.date() - timedelta(days=day), hours)
    hours_ahead = {hour.at: hour for hour in forecast.load(now=now)}
    assert len(hours_ahead) == 168
    tuesday_ten = hours_ahead[datetime.fromisoformat("2026-11-24T09:00:00+00:00")]
    assert (tuesday_ten.expected, tuesday_ten.samples, tuesday_ten.holiday) == (4.0, 8, False)
    assert tuesday_ten.low is not None
    assert tuesday_ten.high is not None
    assert tuesday_ten.low < 4 < tuesday_ten.high
    assert hours_ahead[datetime.fromisoformat("2026-11-25T09:00:00+00:00")].expected == 0


def test_a_holiday_is_expected_like_a_sunday(company: Company) -> None:
    before_christmas = datetime.fromisoformat("2026-12-23T08:00:00+00:00")
    for day in range(1, 57):
        local = before_christmas.date() - timedelta(days=day)
        arrive(local, [1 if local.weekday() == 6 else 5] * 24)
    christmas = [hour for hour in forecast.load(now=before_christmas) if hour.at.date() == date(2026, 12, 25)]
    assert {hour.holiday for hour in christmas[:20]} == {True}
    assert {hour.expected for hour in christmas[:20]} == {1.0}


def test_two_weeks_are_too_few(company: Company, now: datetime) -> None:
    for day in range(1, 15):
        arrive(now.date() - timedelta(days=day), [1] * 24)
    assert {hour.expected for hour in forecast.load(now=now)} == {None}


def arrive(day: date, hours: list[int]) -> None:
    """Arrivals of a day."""
    zeros = {
        field.name: 0 for field in DayTally._meta.concrete_fields if field.get_internal_type() == "PositiveIntegerField"
    }
    DayTally.objects.create(**{**zeros, "arrivals": sum(hours)}, day=day, hours=hours)
