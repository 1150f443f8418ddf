"""The shipped document says what the written process says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from process.expectations import json_schema
from process.json_schema import SCHEMA_FILE, as_text
from process.loader import default_document
from process.schema import ChainName, ClockKind, Document, Level, Priority

DOCUMENT = default_document()
TREE = DOCUMENT.model_dump(mode="json")

MATRIX = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("high", "low"): "medium",
    ("medium", "high"): "high",
    ("medium", "medium"): "medium",
    ("medium", "low"): "low",
    ("low", "high"): "medium",
    ("low", "medium"): "low",
    ("low", "low"): "low",
}
RACI = """
identification            | R |   |   |     |     |
initial_diagnosis         | R |   |   |     |     |
prioritisation            | R | C |   |     | C   |
functional_escalation     | R | A | I |     |     |
management_escalation     | R |   |   |     | A   | I
handling                  | R | C |   |     | C   |
documentation             | R | C | C | C   | C   | C
resolution_closure        | R | R | C |     |     |
dissatisfied_customers    |   |   |   |     | R   | A
pir                       | C | C | A | I   | A   | I
data_protection_incidents |   |   |   | R, A|     |
emergency_restoration     |   | R |   |     | A   | I
continual_improvement     | R | R | A | I   | R, A| I
communication             | R |   |   |     | A   | C
sla_compliance            | R |   |   |     | A   |
training                  |   | A |   |     | A   | C
major_incident            | I | C | R | C   | R   | A
"""
COLUMNS = ["support", "development", "head_of_development", "dpo", "project_manager", "executive_board"]
PARAGRAPHS = [
    *("§1.3", "§2", "§3", "§4.1", "§4.2", "§4.3", "§5.1", "§5.2", "§6.1", "§7", "§8", "§9", "§10", "§11", "§12", "§13"),
    *("§5.1/1", "§5.1/2", "§5.1/3", "§5.2/1", "§5.2/2", "§5.2/3"),
    *(f"§5.1/1{letter}" for letter in "abcdef"),
    *(f"§5.1/2{letter}" for letter in "abcdefg"),
    *(f"§5.1/3{letter}" for letter in "abc"),
    *(f"§5.2/1{letter}" for letter in "abcdef"),
    *(f"§5.2/2{letter}" for letter in "abcdefg"),
    *(f"§5.2/3{letter}" for letter in "abcde"),
    *(f"§14/{row}" for row in range(1, 18)),
]


def keys(room: str) -> list[str]:
    return [entry.key for entry in getattr(DOCUMENT, room)]


def paragraphs(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["paragraph"]} if "paragraph" in node else set()
        return own.union(*(paragraphs(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(paragraphs(value) for value in node))
    return set()


def texts(node: Any) -> list[dict[str, str]]:
    if isinstance(node, dict) and node.keys() == {"de", "en"}:
        return [node]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for value in inner for text in texts(value)]


@pytest.mark.parametrize(("impact", "urgency"), list(product(Level, Level)))
def test_the_matrix_is_that_of_the_written_process(impact: Level, urgency: Level) -> None:
    assert DOCUMENT.matrix.priority(impact=impact, urgency=urgency) == MATRIX[impact.value, urgency.value]


def test_priorities_are_worked_from_critical_to_low() -> None:
    assert [priority.rank for priority in Priority] == [1, 2, 3, 4]
    assert [priority.value for priority in Priority] == ["critical", "high", "medium", "low"]


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_every_paragraph_that_is_data_stands_in_the_document(paragraph: str) -> None:
    assert paragraph in paragraphs(TREE)


def test_the_raci_table_is_the_written_one() -> None:
    wanted = {}
    for line in RACI.strip().splitlines():
        task, *cells = [cell.strip() for cell in line.split("|")]
        wanted[task] = {role: letters for role, letters in zip(COLUMNS, cells, strict=True) if letters}
    assert {row.key: row.roles for row in DOCUMENT.raci} == wanted


def test_the_lists_have_the_keys_programs_use() -> None:
    assert keys("channels") == ["ticket", "phone", "email", "app_feedback", "app_review", "monitoring", "manual"]
    assert [channel.key for channel in DOCUMENT.channels if channel.automatic] == ["monitoring"]
    assert keys("contact_kinds") == ["support", "feature_request", "management_request", "incident"]
    assert keys("categories") == ["availability", "performance", "software", "data_integrity_security"]
    assert set(keys("roles")) == {*COLUMNS, "it_manager"}
    assert len(DOCUMENT.urgency_criteria) == 8
    assert len(DOCUMENT.impact_criteria) == 9


def test_endangered_data_security_and_a_looming_major_are_urgent() -> None:
    levels = {criterion.key: criterion.level for criterion in DOCUMENT.urgency_criteria}
    assert levels["data_security_endangered"] == levels["prevents_major"] == Level.HIGH


def test_feature_and_management_requests_go_to_the_project_manager() -> None:
    handed = {kind.key.value: kind.handed_to for kind in DOCUMENT.contact_kinds}
    assert handed["feature_request"] == handed["management_request"] == "project_manager"
    assert [kind.key.value for kind in DOCUMENT.contact_kinds if kind.opens_incident] == ["incident"]


def test_both_chains_climb_as_written() -> None:
    rungs = {chain.name: [level.role for level in chain.levels] for chain in DOCUMENT.chains}
    assert rungs[ChainName.FUNCTIONAL] == ["support", "development", "head_of_development"]
    assert rungs[ChainName.MANAGEMENT] == ["support", "project_manager", "executive_board"]
    assert DOCUMENT.chain(ChainName.FUNCTIONAL).monitoring_enters_at == 2


def test_a_breach_enters_management_level_2_by_its_paragraph() -> None:
    level = DOCUMENT.chain(ChainName.MANAGEMENT).level(2)
    reason = next(reason for reason in level.reasons if reason.key == DOCUMENT.sla.breach_reason)
    assert reason.automatic
    assert reason.paragraph == "§5.2/2a"


def test_the_sla_figures_are_marked_as_defaults() -> None:
    assert DOCUMENT.sla.is_default
    for clock in ClockKind:
        assert DOCUMENT.sla.target(clock, Priority.CRITICAL).calendar == "24x7"


def test_duplicates_need_a_link_and_only_cancel() -> None:
    codes = {code.key: code for code in DOCUMENT.closure_codes}
    assert [code.key for code in codes.values() if code.needs_link] == ["duplicate"]
    assert {key for key, code in codes.items() if code.for_cancel} == {"duplicate", "not_an_incident", "withdrawn"}
    assert not any(code.for_cancel and code.for_resolve for code in codes.values())


def test_only_the_reporter_and_an_appointment_stop_the_clock() -> None:
    pausing = {reason.key for reason in DOCUMENT.pending_reasons if reason.pauses_sla}
    assert pausing == {"awaiting_reporter", "agreed_appointment"}
    assert pausing == {reason.key for reason in DOCUMENT.pending_reasons if reason.allowed_for_critical}


def test_the_major_incident_team_is_that_of_the_written_process() -> None:
    assert [member.name for member in DOCUMENT.major.team] == [
        *("Hannes Bärtschi", "Janick Pfenninger", "Florian Plattner", "Noah Valley", "Lucas Schmidt", "Lars Hartmann"),
    ]
    assert len(DOCUMENT.major.offered) == 5


def test_every_text_is_swiss_german_and_english() -> None:
    for text in texts(TREE):
        assert "ß" not in text["de"]
        assert text["en"]


def test_a_stored_document_reads_back_the_same() -> None:
    assert Document.model_validate(TREE) == DOCUMENT


def test_the_json_schema_for_editors_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == as_text(), "run: manage.py process schema > process/schema.json"
    assert json_schema()["additionalProperties"] is False
