"""Lint: what the schema cannot see. Pure; one function per question lives in `process/rules/`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import chain

from process.rules.findings import Finding, Severity
from process.rules.people import check_parts, check_people, check_reach
from process.rules.promises import check_calendars, check_paces, check_targets
from process.rules.tables import check_choices, check_criteria, check_matrix, check_raci
from process.rules.targets import check_overlaps
from process.rules.wording import check_wording
from process.schema import Document

__all__ = ["Finding", "Severity", "lint"]


def lint(
    document: Document,
    *,
    today: date,
    holders: Mapping[str, int] | None = None,
    manned: Collection[str] | None = None,
) -> list[Finding]:
    """All findings, the gravest first.

    `today` starts the year in which calendars must open. `holders` is the number of reachable people per role; without
    it nothing is said about people (a document may be loaded before anybody has been entered). `manned` are the roles
    somebody holds, even if away; without it nothing is said about whom a chain reaches.
    """
    remarks: Iterable[Finding] = chain(
        check_calendars(document, today),
        check_choices(document),
        check_reach(document, manned) if manned is not None else (),
        check_people(document, holders) if holders is not None else (),
        check_targets(document),
        check_overlaps(document),
        check_paces(document),
        check_matrix(document),
        check_criteria(document),
        check_wording(document),
        check_raci(document),
        check_parts(document),
    )
    return sorted(remarks, key=lambda finding: list(Severity).index(finding.severity))
