"""Giving back while others do the same, or while the engine calls on: one step, and one call waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.models import Step
from incidents.models import Incident
from lifecycle import climb, descend, tick
from lifecycle.errors import Invalid
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Anwenderfrage, kein Fehler im Code."


def test_of_ten_who_give_back_at_once_one_does(company, now):
    number = company.incident().number
    climb.escalate(number, chain="functional", reason="technical_incident", by=company.by("support"), now=now)
    by = company.by("lead")
    answers = at_once(10, lambda _n: descend.de_escalate(number, chain="functional", reason=WHY, by=by, now=now))
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert sum(isinstance(answer, Invalid) for answer in answers) == 9
    assert Step.objects.filter(reason="de_escalated").count() == 1


def test_beside_a_sweep_that_calls_on_one_call_waits_where_the_incident_stands(company, now):
    number = company.incident(urgency="high", impact="high").number
    climb.escalate(number, chain="functional", reason="technical_incident", by=company.by("support"), now=now)
    late, by = now + timedelta(minutes=11), company.by("lead")

    def act(turn: int) -> object:
        if turn % 2:
            return tick.sweep(now=late)
        return descend.de_escalate(number, chain="functional", reason=WHY, level=1, by=by, now=late)

    at_once(6, act)
    [waiting] = Step.objects.filter(chain="functional", state="calling")
    assert waiting.to_level == Incident.objects.get().functional_level == 1
