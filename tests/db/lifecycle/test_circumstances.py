"""A reason that holds by itself carries an incident up, once, whether a fact or time made it hold (P-5.1, P-5.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from core.actors import SYSTEM
from core.models import Event
from escalation.models import Step
from lifecycle import descend, finish, ranking, respond, tick
from lifecycle.integrity import findings
from lifecycle.process_change import load_process
from process.loader import default_text

TEN_DAYS = timedelta(days=10)


@pytest.fixture
def rules(company, now):
    """`rules(3, "crisis", category="software")`: that reason of the management chain holds by itself."""

    def write(level: int, key: str, **when: Any) -> None:
        content = yaml.safe_load(default_text())
        for reason in content["chains"][1]["levels"][level - 1]["reasons"]:
            if reason["key"] == key:
                reason["when"] = [when]
        load_process(text=yaml.safe_dump(content, allow_unicode=True), by_actor=SYSTEM, now=now)

    return write


def steps(incident):
    found = Step.objects.filter(incident=incident, chain="management").order_by("id")
    return list(found.values_list("to_level", "reason", "rule"))


def test_what_runs_long_reaches_the_project_manager_by_the_shipped_document(company, now):
    incident = company.incident(urgency="low", impact="low")
    respond.acknowledge(incident.number, by=company.by("support"), now=now)
    tick.run("circumstances", now=now + TEN_DAYS - timedelta(seconds=1))
    assert steps(incident) == []
    tick.run("circumstances", now=now + TEN_DAYS)
    assert steps(incident) == [(2, "resources_needed", "§5.2/2d")]
    assert Event.objects.get(kind="incident.escalated", subject_id=incident.pk).actor_kind == "system"
    assert tick.run("circumstances", now=now + 2 * TEN_DAYS) == 0


def test_a_category_or_a_ticked_criterion_speaks_at_the_next_sweep(company, now, rules):
    rules(3, "crisis", category="data_integrity_security", criterion="many_schools")
    incident = company.incident(urgency="low", impact="low")
    tick.sweep(now=now)
    assert steps(incident) == []
    respond.edit(incident.number, fields={"category": "data_integrity_security"}, by=company.by("support"), now=now)
    tick.sweep(now=now)
    assert steps(incident) == []
    ranking.set_priority(incident.number, impact_criteria=["many_schools"], by=company.by("support"), now=now)
    tick.sweep(now=now)
    assert steps(incident) == [(3, "crisis", "§5.2/3b")]
    assert [found for found in findings(now=now) if "unsealed" not in found.problem] == []


def test_given_back_it_does_not_speak_a_second_time(company, now, rules):
    rules(3, "crisis", category="software")
    incident = company.incident()
    tick.sweep(now=now)
    descend.de_escalate(
        incident.number, chain="management", reason="Keine Krise, sagt die Leitung.", by=company.by("board"), now=now
    )
    respond.edit(incident.number, fields={"title": "Anders"}, by=company.by("support"), now=now)
    ranking.set_priority(incident.number, urgency="high", impact="high", by=company.by("support"), now=now)
    tick.run("circumstances", now=now)
    assert [level for level, reason, _rule in steps(incident) if reason == "crisis"] == [3]


def test_what_is_over_is_left_alone_and_looked_at_again_once_reopened(company, now):
    incident = company.incident(urgency="low", impact="low")
    by = company.by("support")
    respond.acknowledge(incident.number, by=by, now=now)
    finish.resolve(incident.number, code="workaround_provided", text="Umgehung", by=by, now=now + TEN_DAYS / 2)
    assert tick.run("circumstances", now=now + TEN_DAYS) == 0
    finish.reopen(incident.number, reason="Es ist wieder da.", by=by, now=now + TEN_DAYS + timedelta(days=1))
    tick.run("circumstances", now=now + TEN_DAYS + timedelta(days=1))
    assert steps(incident) == [(2, "resources_needed", "§5.2/2d")]
