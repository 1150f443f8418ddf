"""Lint says what is odd in a valid document."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from process.lint import Finding, Severity, lint
from process.loader import default_document, default_text, read
from process.schema import Document

TODAY = date(2026, 11, 23)
DEFAULT = default_document()
EVERYBODY = {role.key: 1 for role in DEFAULT.roles}


def changed(**parts: Any) -> Document:
    """The default document with some parts replaced."""
    return Document.model_validate({**DEFAULT.model_dump(mode="json"), **parts})


def part(name: str) -> Any:
    return DEFAULT.model_dump(mode="json")[name]


def found(document: Document, code: str, **more: Any) -> list[Finding]:
    return [finding for finding in lint(document, today=TODAY, **more) if finding.code == code]


def test_the_shipped_document_has_neither_errors_nor_warnings() -> None:
    assert {finding.severity for finding in lint(DEFAULT, today=TODAY, holders=EVERYBODY)} == {Severity.NOTICE}


def test_raci_rows_without_an_a_or_with_two_are_kept_and_said() -> None:
    none = [finding.path for finding in found(DEFAULT, "raci_nobody_accountable")]
    several = [finding.path for finding in found(DEFAULT, "raci_several_accountable")]
    assert none == [
        *("raci[identification]", "raci[initial_diagnosis]", "raci[prioritisation]", "raci[handling]"),
        *("raci[documentation]", "raci[resolution_closure]"),
    ]
    assert several == ["raci[pir]", "raci[continual_improvement]", "raci[training]"]
    assert [finding.path for finding in found(DEFAULT, "raci_nobody_responsible")] == ["raci[pir]", "raci[training]"]


def test_a_row_names_both_who_answer_for_it_in_both_languages() -> None:
    finding = found(DEFAULT, "raci_several_accountable")[0]
    assert finding.paragraph == "§14/10"
    assert "Leitung Entwicklung, Projektmanager" in finding.message.de
    assert "Head of Development, Project manager" in finding.message.en


def test_a_rung_nobody_can_be_reached_for_is_an_error() -> None:
    findings = found(DEFAULT, "level_without_holder", holders=EVERYBODY | {"support": 0})
    assert [finding.path for finding in findings] == ["chains[functional].levels[1]", "chains[management].levels[1]"]
    assert {finding.severity for finding in findings} == {Severity.ERROR}


def test_a_last_rung_nobody_can_be_reached_for_is_a_dead_end() -> None:
    [finding] = found(DEFAULT, "dead_end", holders=EVERYBODY | {"executive_board": 0})
    assert (finding.path, finding.severity) == ("chains[management].levels[3]", Severity.ERROR)
    assert "hier endet die Kette im Leeren" in finding.message.de


def test_a_chain_of_roles_nobody_holds_is_an_error_and_one_holder_is_enough() -> None:
    assert [finding.path for finding in found(DEFAULT, "chain_reaches_nobody", manned={"support"})] == []
    [finding] = found(DEFAULT, "chain_reaches_nobody", manned={"development", "dpo"})
    assert (finding.path, finding.severity) == ("chains[management]", Severity.ERROR)
    assert "support, project_manager, executive_board" in finding.message.en


def test_another_role_nobody_holds_is_a_warning() -> None:
    holders = {role: count for role, count in EVERYBODY.items() if role != "dpo"}
    assert [finding.path for finding in found(DEFAULT, "role_without_holder", holders=holders)] == ["roles[dpo]"]


def test_without_knowing_people_nothing_is_said_about_them() -> None:
    assert not found(DEFAULT, "level_without_holder")
    assert not found(DEFAULT, "role_without_holder")
    assert not found(DEFAULT, "chain_reaches_nobody")


def test_a_role_without_any_part_is_said() -> None:
    assert [finding.path for finding in found(DEFAULT, "role_without_part")] == ["roles[it_manager]"]


def test_default_sla_figures_are_said_until_they_are_agreed() -> None:
    assert found(DEFAULT, "sla_is_default")
    assert not found(changed(sla=part("sla") | {"is_default": False}), "sla_is_default")


def test_a_calendar_that_never_opens_within_a_year_is_an_error() -> None:
    closed = [
        {"date": f"{year}-01-01", "label": {"de": "Neujahr", "en": "New Year"}, "hours": []} for year in (2026, 2027)
    ]
    calendars = part("calendars")
    calendars[0] |= {"weekly": {"mon": []}, "exceptions": closed}
    assert not found(DEFAULT, "calendar_without_working_time")
    with pytest.raises(ValueError, match="expected some working time"):
        changed(calendars=calendars)
    calendars[0] |= {"weekly": {"mon": [{"open": "08:00", "close": "09:00"}]}}
    mondays = [date.fromordinal(TODAY.toordinal() + 7 * week) for week in range(53)]
    calendars[0]["exceptions"] = [{**closed[0], "date": day.isoformat()} for day in mondays]
    assert [f.path for f in found(changed(calendars=calendars), "calendar_without_working_time")] == ["calendars[8x5]"]


def test_holidays_count_when_looking_for_working_time() -> None:
    calendars = part("calendars")
    day = {"label": {"de": "Offen", "en": "Open"}, "hours": []}
    fridays = [date.fromordinal(date(2026, 11, 27).toordinal() + 7 * week) for week in range(53)]
    good_friday = date(2027, 3, 26)
    calendars[0] |= {
        "weekly": {"fri": [{"open": "08:00", "close": "09:00"}]},
        "exceptions": [{**day, "date": friday.isoformat()} for friday in fridays if friday != good_friday],
    }
    assert found(changed(calendars=calendars), "calendar_without_working_time")
    calendars[0]["public_holidays"] = False
    assert not found(changed(calendars=calendars), "calendar_without_working_time")


def test_a_day_with_two_exceptions_is_a_warning() -> None:
    calendars = part("calendars")
    day = {"date": "2026-12-24", "label": {"de": "Heiligabend", "en": "Christmas Eve"}, "hours": []}
    calendars[0]["exceptions"] = [day, day]
    assert [finding.path for finding in found(changed(calendars=calendars), "exception_twice")] == [
        "calendars[8x5].exceptions[2026-12-24]"
    ]


def with_target(clock: str, priority: str, minutes: int) -> Document:
    sla = part("sla")
    for target in sla["targets"]:
        if target["key"] == f"{clock}_{priority}":
            target["target_min"] = minutes
    return changed(sla=sla)


def test_a_resolution_promised_before_the_response_is_a_warning() -> None:
    findings = found(with_target("resolution", "high", 30), "resolution_before_response")
    assert [finding.path for finding in findings] == ["sla.targets[resolution_high]"]


def test_critical_promised_later_than_high_is_a_warning_across_calendars() -> None:
    findings = found(with_target("resolution", "critical", 5 * 1440), "target_slower_than_lower_priority")
    assert [finding.path for finding in findings] == ["sla.targets[resolution_critical]"]


def test_a_matrix_in_which_more_means_less_is_a_warning() -> None:
    matrix = part("matrix")
    matrix["rows"][0]["high"] = "low"
    assert {finding.path for finding in found(changed(matrix=matrix), "matrix_not_monotone")} == {
        "matrix.rows[high].high"
    }


def test_critical_answered_more_slowly_than_high_is_a_warning() -> None:
    cadence = part("cadence")
    cadence["minutes"]["critical"] = 0
    assert [f.path for f in found(changed(cadence=cadence), "pace_slower_than_lower_priority")] == [
        "cadence.minutes.critical"
    ]


def test_a_level_no_criterion_leads_to_is_a_warning() -> None:
    criteria = [criterion for criterion in part("impact_criteria") if criterion["level"] != "low"]
    monitoring = part("monitoring")
    monitoring["severities"][3]["impact_criteria"] = []
    document = changed(impact_criteria=criteria, monitoring=monitoring)
    assert [finding.path for finding in found(document, "level_without_criterion")] == ["impact_criteria"]


def test_a_severity_whose_criteria_mean_another_level_is_a_warning() -> None:
    monitoring = part("monitoring")
    monitoring["severities"][0]["impact_criteria"] = ["few_schools"]
    findings = found(changed(monitoring=monitoring), "severity_contradicts_criteria")
    assert [finding.path for finding in findings] == ["monitoring.severities[critical].impact"]


def test_having_no_code_to_cancel_with_is_an_error() -> None:
    codes = [code | {"for_cancel": False} for code in part("closure_codes")]
    findings = found(changed(closure_codes=codes), "no_closure_code")
    assert [finding.severity for finding in findings] == [Severity.ERROR]


@pytest.mark.parametrize("key", ["not_acknowledged", "monitoring_detected"])
def test_a_rule_without_its_reason_is_an_error(key: str) -> None:
    chains = part("chains")
    level = chains[0]["levels"][1]
    level["reasons"] = [reason for reason in level["reasons"] if reason["key"] != key]
    findings = found(changed(chains=chains), "reason_missing")
    assert [(finding.path, finding.severity) for finding in findings] == [
        ("chains[functional].levels[2].reasons", Severity.ERROR)
    ]


def test_german_that_is_not_swiss_is_a_warning() -> None:
    title = {"de": "Große Störung", "en": "Major incident"}
    assert [finding.path for finding in found(changed(title=title), "not_swiss_german")] == ["title.de"]


def test_findings_come_gravest_first_and_know_their_line() -> None:
    parsed = read(default_text().replace("critical: 30,", "critical: 0,"))
    findings = lint(parsed.document, today=TODAY, holders={})
    order = [list(Severity).index(finding.severity) for finding in findings]
    assert order == sorted(order)
    slow = next(finding for finding in findings if finding.code == "pace_slower_than_lower_priority")
    line = default_text()[: default_text().index("minutes: {critical: 30")].count("\n") + 1
    assert slow.in_file("p.yaml", parsed.line_of(slow.path)).startswith(f"p.yaml:{line}: warning: cadence.minutes")
