"""The document says whom a rung calls, step after step, and at which hours (P-5.3, R12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from core.actors import SYSTEM
from core.models import Event
from directory.models import Team
from escalation.rules.policy import Move
from escalation.services import enter
from escalation.simulation import NOBODY_ANSWERS, simulate
from lifecycle.process_change import load_process
from process.loader import default_text
from process.models import ProcessVersion
from process.selectors import current_document
from tests.db.escalation.conftest import FUNCTIONAL, MINUTE, Ladders

pytestmark = pytest.mark.django_db
SATURDAY_NIGHT = timedelta(days=5, hours=14)
MONDAY_AT_EIGHT = timedelta(days=6, hours=23)
OFFICE = {"calendar": "8x5"}


def changed(ladders: Ladders, level: int = 2, **facts: Any) -> Ladders:
    """The company once that level of the functional chain is written otherwise."""
    content = yaml.safe_load(default_text())
    content["chains"][0]["levels"][level - 1] |= facts
    load_process(text=yaml.safe_dump(content, allow_unicode=True), by_actor=SYSTEM, now=ladders.now)
    ladders.version, ladders.document = ProcessVersion.objects.get(is_current=True), current_document()[1]
    return ladders


def first_called(ladders: Ladders, number: int, *, at: datetime) -> list[str]:
    entries = [ladders.entry(incident) for incident in ladders.incidents(number)]
    return [ladders.called(step)[0] for step in enter(entries, now=at, actor=SYSTEM)]


def test_each_step_calls_somebody_else_and_whoever_holds_the_role_comes_last(ladders: Ladders) -> None:
    Team.objects.get(key="project-manager").members.add(ladders.company.board)
    steps = [
        {"notify": "person", "key": "it", "wait_min": 3},
        {"notify": "team", "key": "project-manager", "call": "everyone", "wait_min": 4},
        {"notify": "on_call"},
    ]
    changed(ladders, steps=steps)
    [incident] = ladders.incidents()

    step = ladders.enter(incident)
    assert (ladders.called(step), step.next_call_at) == (["it"], ladders.now + 3 * MINUTE)
    ladders.sweep(3 * MINUTE)
    assert sorted(ladders.called(step)[1:]) == ["board", "pm"]
    ladders.sweep(7 * MINUTE)
    ladders.sweep(37 * MINUTE)
    assert ladders.called(step)[3:] == ["dev", "dev2"]
    [exhausted] = ladders.sweep(67 * MINUTE)
    assert exhausted.step == step


def test_a_call_that_can_wait_waits_until_duty_begins_and_the_log_says_so(ladders: Ladders) -> None:
    changed(ladders, hours=OFFICE)
    night, morning = ladders.now + SATURDAY_NIGHT, ladders.now + MONDAY_AT_EIGHT
    calm, urgent = ladders.incidents(priority="medium")[0], ladders.incidents(priority="high")[0]

    waiting, at_once = ladders.enter(calm, now=night), ladders.enter(urgent, now=night)

    assert (waiting.state, ladders.called(waiting), waiting.next_call_at) == ("calling", [], morning)
    assert ladders.called(at_once) == ["dev"]
    held = Event.objects.get(kind="escalation.held", subject_id=calm.pk)
    assert held.data["until"] == morning.isoformat()
    ladders.sweep(MONDAY_AT_EIGHT - MINUTE)
    assert ladders.called(waiting) == []
    ladders.sweep(MONDAY_AT_EIGHT)
    assert ladders.called(waiting) == ["dev"]


def test_a_major_waits_for_no_hours(ladders: Ladders) -> None:
    changed(ladders, hours=OFFICE)
    [incident] = ladders.incidents(priority="medium", is_major=True, major_state="declared")

    assert ladders.called(ladders.enter(incident, now=ladders.now + SATURDAY_NIGHT)) == ["dev"]


def test_outside_its_hours_a_level_may_be_passed(ladders: Ladders) -> None:
    changed(ladders, hours=OFFICE | {"outside": "pass"})
    [incident] = ladders.incidents(priority="medium")

    step = ladders.enter(incident, now=ladders.now + SATURDAY_NIGHT)

    assert (step.to_level, ladders.called(step)) == (3, ["lead"])


def test_the_last_level_is_never_passed_for_its_hours(ladders: Ladders) -> None:
    changed(ladders, level=3, hours=OFFICE | {"outside": "pass"})
    [incident] = ladders.incidents(priority="medium")

    step = ladders.enter(incident, to_level=3, now=ladders.now + SATURDAY_NIGHT)

    assert (step.state, step.to_level, step.next_call_at) == ("calling", 3, ladders.now + MONDAY_AT_EIGHT)


def test_round_robin_begins_with_whoever_was_left_alone_the_longest(ladders: Ladders) -> None:
    changed(ladders, call="round_robin")

    assert first_called(ladders, 3, at=ladders.now) == ["dev", "dev2", "dev"]
    assert first_called(ladders, 1, at=ladders.now + MINUTE) == ["dev"]
    assert first_called(ladders, 1, at=ladders.now + 2 * MINUTE) == ["dev2"]


def test_a_simulation_waits_for_duty_as_the_engine_does(ladders: Ladders) -> None:
    changed(ladders, hours=OFFICE)
    [incident] = ladders.incidents(priority="medium")

    story = simulate(incident, FUNCTIONAL, at=ladders.now + SATURDAY_NIGHT, silent={NOBODY_ANSWERS}, level=2)

    held, called = story.scenes[:2]
    assert (held.move, held.called, held.until) == (Move.HOLD, [], ladders.now + MONDAY_AT_EIGHT)
    assert (called.at, [entry.person.username for entry in called.called]) == (held.until, ["dev"])
