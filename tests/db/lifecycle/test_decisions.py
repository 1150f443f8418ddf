"""What the management decides and does is kept with its evidence, on the level the document names (P-5.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import Event
from escalation.models import Step
from incidents.models import Comment, DutyDone, Incident
from lifecycle import decisions, finish, respond
from lifecycle.errors import Forbidden, Invalid, WrongState
from tests.company import Company

SAID: dict[str, dict[str, Any]] = {
    "strategic_decision": {"decision": "Wir wechseln den Anbieter.", "grounds": "Dritter Ausfall im Jahr."},
    "crisis": {"situation": "Alle Schulen ohne Zugang.", "measures": "Krisenstab tagt stündlich."},
    "product_change": {"extent": "necessary", "change": "Noten zweimal speichern.", "reference": "Aufgabe 4711"},
    "external_communication": {"recipient": "Schulpflege", "channel": "phone", "said": "Bis Mittag."},
}


def keep(company: Company, incident: Incident, verb: str, who: str, **facts: Any) -> Incident:
    call = getattr(decisions, verb)
    given = {"now": company.now, **SAID[verb], **facts}
    return call(incident.number, by=company.by(who), **given)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("verb", "who", "level", "rule", "duty"),
    [
        ("strategic_decision", "board", 3, "§5.2/3a", "decide_strategy"),
        ("crisis", "board", 3, "§5.2/3b", "lead_crisis"),
        ("product_change", "pm", 2, "§5.2/2e", "change_product"),
        ("external_communication", "pm", 2, "§5.2/2f", "communicate_externally"),
    ],
)
def test_each_is_kept_on_its_level_under_its_paragraph_and_does_its_duty(company, verb, who, level, rule, duty):
    incident = keep(company, company.incident(), verb, who)
    assert (incident.management_level, incident.functional_level) == (level, 1)
    event = Event.objects.get(kind="incident.decided")
    assert (event.rule, event.data["matter"], event.actor_label) == (rule, verb, company.people[who].display_name)
    written = Comment.objects.get(pk=event.data["comment"])
    texts = [text for name, text in SAID[verb].items() if name not in ("extent", "channel")]
    assert all(text in written.body for text in texts)
    assert not any(text in str(event.data) for text in texts), "the log holds no text"
    tick = DutyDone.objects.get()
    assert (tick.chain, tick.level, tick.key, tick.by) == ("management", level, duty, company.people[who])


def test_an_extensive_change_of_the_product_is_the_boards_alone(company: Company) -> None:
    incident = company.incident()
    with pytest.raises(Forbidden, match="Geschäftsleitung"):
        keep(company, incident, "product_change", "pm", extent="extensive")
    incident = keep(company, incident, "product_change", "board", extent="extensive")
    assert incident.management_level == 3
    assert Event.objects.get(kind="incident.decided").rule == "§5.2/3d"


def test_where_the_level_is_reached_already_nothing_climbs_again(company: Company) -> None:
    incident = keep(company, company.incident(), "crisis", "board")
    respond.acknowledge(incident.number, by=company.by("board"), now=company.now)
    later = company.now + timedelta(hours=1)
    keep(company, incident, "external_communication", "board", now=later)
    assert Step.objects.filter(chain="management").count() == 1
    assert Incident.objects.get().management_level == 3


def test_when_and_by_which_channel_somebody_outside_was_told_is_kept(company: Company) -> None:
    said_at = company.now - timedelta(minutes=20)
    keep(company, company.incident(), "external_communication", "pm", said_at=said_at)
    data = Event.objects.get(kind="incident.decided").data
    assert (data["said_via"], data["said_at"]) == ("phone", said_at.isoformat())


@pytest.mark.parametrize("verb", ["strategic_decision", "crisis"])
def test_the_board_alone_decides_on_strategy_and_leads_a_crisis(company: Company, verb: str) -> None:
    for who in ("support", "lead", "pm"):
        with pytest.raises(Forbidden):
            keep(company, company.incident(), verb, who)


@pytest.mark.parametrize(
    ("verb", "facts", "field"),
    [
        ("strategic_decision", {"decision": " "}, "decision"),
        ("strategic_decision", {"grounds": ""}, "grounds"),
        ("crisis", {"measures": ""}, "measures"),
        ("product_change", {"change": ""}, "change"),
        ("product_change", {"extent": "huge"}, "extent"),
        ("external_communication", {"recipient": ""}, "recipient"),
        ("external_communication", {"channel": "monitoring"}, "channel"),
    ],
)
def test_without_its_evidence_nothing_is_kept(company: Company, verb: str, facts: dict[str, str], field: str) -> None:
    incident = company.incident()
    with pytest.raises(Invalid) as refused:
        keep(company, incident, verb, "board", **facts)
    assert list(refused.value.errors) == [field]
    assert not Event.objects.filter(kind="incident.decided").exists()
    assert Incident.objects.get().management_level == 1


def test_what_lies_ahead_cannot_have_been_said(company: Company) -> None:
    with pytest.raises(Invalid, match="Zukunft"):
        keep(company, company.incident(), "external_communication", "pm", said_at=company.now + timedelta(hours=1))


def test_nothing_is_decided_on_what_has_ended(company: Company) -> None:
    incident = company.incident()
    finish.resolve(incident.number, code="solved_permanently", text="Gelöst.", by=company.by("pm"), now=company.now)
    with pytest.raises(WrongState):
        keep(company, incident, "crisis", "board")
