"""The RACI table, the matrix, the criteria, the lists people choose from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from process.rules.findings import Finding, error, notice, warning
from process.schema import ChainName, Criterion, Document, Level, RaciRow

NOT_ACKNOWLEDGED = "not_acknowledged"
MONITORING_DETECTED = "monitoring_detected"


def check_raci(document: Document) -> Iterator[Finding]:
    """Rows without an A, with several, without an R: the table stays as written, and it is said (P-14.2)."""
    for row in document.raci:
        accountable = row.holders("A")
        if len(accountable) > 1:
            names = ", ".join(document.label("roles", role) for role in accountable)
            names_en = ", ".join(document.label("roles", role, "en") for role in accountable)
            yield _raci(row, "raci_several_accountable", f"mehr als ein A ({names})", f"more than one A ({names_en})")
        elif not accountable:
            yield _raci(row, "raci_nobody_accountable", "kein A", "no A")
        if not row.holders("R"):
            yield _raci(row, "raci_nobody_responsible", "kein R", "no R")


def _raci(row: RaciRow, code: str, de: str, en: str) -> Finding:
    return notice(
        code, f"raci[{row.key}]", row.paragraph, de=f"«{row.label.de}» hat {de}.", en=f"“{row.label.en}” has {en}."
    )


def check_matrix(document: Document) -> Iterator[Finding]:
    """More urgency or more impact must never mean less priority."""
    levels = list(Level)
    matrix = document.matrix
    for impact in levels:
        for more, less in pairwise(levels):
            across = (
                matrix.priority(impact=impact, urgency=more).rank > matrix.priority(impact=impact, urgency=less).rank
            )
            down = matrix.priority(impact=more, urgency=impact).rank > matrix.priority(impact=less, urgency=impact).rank
            if across:
                yield _falling(document, f"matrix.rows[{impact}].{more}")
            if down:
                yield _falling(document, f"matrix.rows[{more}].{impact}")


def _falling(document: Document, path: str) -> Finding:
    return warning(
        "matrix_not_monotone",
        path,
        document.matrix.paragraph,
        de="Mehr Dringlichkeit oder Auswirkung ergibt hier eine tiefere Priorität.",
        en="More urgency or impact yields a lower priority here.",
    )


def check_criteria(document: Document) -> Iterator[Finding]:
    """Every level needs a criterion, and monitoring's criteria must mean the level they stand for (P-4.1, P-2.3)."""
    rooms: list[tuple[str, list[Criterion]]] = [
        ("urgency", document.urgency_criteria),
        ("impact", document.impact_criteria),
    ]
    for name, criteria in rooms:
        for level in Level:
            if level not in {criterion.level for criterion in criteria}:
                yield warning(
                    "level_without_criterion",
                    f"{name}_criteria",
                    document.matrix.paragraph,
                    de=f"Kein Kriterium führt zur Stufe «{level}».",
                    en=f"No criterion leads to the level “{level}”.",
                )
        by_key = {criterion.key: criterion.level for criterion in criteria}
        for rule in document.monitoring.severities:
            ticked = [by_key[key] for key in getattr(rule, f"{name}_criteria")]
            if ticked and min(ticked, key=list(Level).index) != getattr(rule, name):
                yield warning(
                    "severity_contradicts_criteria",
                    f"monitoring.severities[{rule.severity}].{name}",
                    document.monitoring.paragraph,
                    de="Die angekreuzten Kriterien bedeuten eine andere Stufe.",
                    en="The criteria that are ticked mean another level.",
                )


def check_choices(document: Document) -> Iterator[Finding]:
    """What the verbs cannot do without: a closure code to cancel with, the reasons that rules give."""
    if not any(code.for_cancel for code in document.closure_codes):
        yield error(
            "no_closure_code",
            "closure_codes",
            "§3",
            de="Kein Abschlusscode gilt fürs Stornieren.",
            en="No closure code is for cancelling.",
        )
    entry = document.chain(ChainName.FUNCTIONAL).monitoring_enters_at
    needed = [
        (chain, level, NOT_ACKNOWLEDGED) for chain in document.chains for level in chain.levels if level.level > 1
    ]
    functional = document.chain(ChainName.FUNCTIONAL)
    if entry > 1:
        needed.append((functional, functional.level(entry), MONITORING_DETECTED))
    for chain, level, key in needed:
        if key not in {reason.key for reason in level.reasons if reason.automatic}:
            yield error(
                "reason_missing",
                f"chains[{chain.name.value}].levels[{level.level}].reasons",
                level.paragraph,
                de=f"Der automatische Grund «{key}» fehlt; die Regel, die ihn gibt, könnte nicht eskalieren.",
                en=f"The automatic reason “{key}” is missing; the rule that gives it could not escalate.",
            )
