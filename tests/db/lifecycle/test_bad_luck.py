"""What must hold whatever happens around the ladders: many at once, sweepers side by side, a clock that jumps (D4)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from core.models import Event
from escalation.models import Call, Step
from incidents.models import Incident
from lifecycle import climb, tick
from lifecycle.access import RULES
from lifecycle.climb import Climb
from process.schema import ChainName
from tests.together import at_once

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MANY = tick.TOGETHER + 1


def calls():
    """Every call made, each with its instant: twice the same would be a call to the same person for the same step."""
    return list(Call.objects.order_by("pk").values_list("step", "person", "at"))


@pytest.mark.django_db
def test_more_steps_than_a_batch_takes_due_in_the_same_second_are_carried_out_in_one_sweep(company, now):
    first = company.incident(urgency="high", impact="medium")
    with connection.cursor() as cursor:  # many like the first; `make bench` measures a thousand
        names = [field.column for field in Incident._meta.concrete_fields if field.name not in ("id", "number")]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO incidents_incident (number, {columns}) "  # noqa: S608 -- our own columns
            f"SELECT 'INC-2025-' || lpad(n::text, 6, '0'), {columns} "
            "FROM incidents_incident, generate_series(1, %s) AS n WHERE id = %s",
            [MANY, first.pk],
        )
    many = list(Incident.objects.exclude(pk=first.pk).select_related("team", "assignee"))
    climb.climb_all(
        [Climb(incident, ChainName.FUNCTIONAL, 2, "technical_incident", "§5.1/1e") for incident in many],
        by=RULES,
        now=now,
    )
    waiting = Step.objects.filter(incident__in=many, chain="functional")
    assert waiting.filter(next_call_at=now + 30 * MINUTE).count() == MANY

    tick.sweep(now=now + 30 * MINUTE)

    assert not waiting.filter(next_call_at__lte=now + 30 * MINUTE).exists()
    assert Call.objects.filter(step__in=waiting, at=now + 30 * MINUTE).count() == MANY
    assert len(calls()) == len({(step, person) for step, person, _at in calls()})


@pytest.mark.django_db
def test_a_clock_that_jumps_two_hours_there_and_back_calls_nobody_too_early_or_twice(company, now):
    company.incident(urgency="high", impact="medium")
    tick.sweep(now=now)
    before = calls()
    for jump in (-2 * HOUR, timedelta(), -2 * HOUR, MINUTE):
        tick.sweep(now=now + jump)
    assert calls() == before, "the clock ran behind: nothing is due"

    tick.sweep(now=now + 2 * HOUR)
    after = calls()
    for jump in (-2 * HOUR, timedelta(), 10 * MINUTE):
        tick.sweep(now=now + jump)
    assert calls() == after, "what the clock was ahead for is not done again"
    numbers = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert all(earlier < later for earlier, later in pairwise(numbers))


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_for_ten_minutes_call_as_one_would(company, now):
    for _ in range(3):
        company.incident(urgency="high", impact="high")
    for second in range(0, 601, 20):
        results = at_once(2, lambda _n, at=now + timedelta(seconds=second): tick.sweep(now=at))
        assert not [result for result in results if isinstance(result, Exception)]
    made = calls()
    assert len(made) == len({(step, person) for step, person, _at in made})
    stepped = Event.objects.filter(kind="escalation.stepped").values_list("subject_id", "data__chain", "data__to")
    assert len(stepped) == len(set(stepped))
    assert {at for _step, _person, at in made} == {now, now + 10 * MINUTE}
