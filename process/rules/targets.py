"""Targets as the policy they are: how long each is, which overlap, which can never be chosen (P-9.1, R14)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from process.rules.findings import Finding, notice, warning
from process.schema import Document, Priority, Sla, When
from process.schema.policy import LISTED


def check_overlaps(document: Document) -> Iterator[Finding]:
    """Two targets of a clock that fit one incident: which counts is said, and which never will is a warning."""
    sla = document.sla
    for first, second in combinations(sorted(sla.targets, key=lambda target: target.rank), 2):
        if first.clock is not second.clock or not _meet(first.when, second.when, sla):
            continue
        names = {"first": first.key, "second": second.key}
        if _covers(first.when, second.when, sla):
            yield warning(
                "target_never_reached",
                f"sla.targets[{second.key}]",
                second.paragraph,
                de="«{second}» wird nie gewählt: «{first}» steht davor und gilt für alle diese Incidents.".format(
                    **names
                ),
                en="“{second}” is never chosen: “{first}” comes first and holds for all these incidents.".format(
                    **names
                ),
            )
        else:
            yield notice(
                "targets_overlap",
                f"sla.targets[{second.key}]",
                second.paragraph,
                de="«{first}» und «{second}» passen auf dieselben Incidents; dann zählt «{first}».".format(**names),
                en="“{first}” and “{second}” fit the same incidents; “{first}” counts then.".format(**names),
            )


def _allowed(when: When, sla: Sla) -> dict[str, frozenset[object] | None]:
    """Per condition the values it allows, None for any; contracts are the schools that signed them."""
    allowed: dict[str, frozenset[object] | None] = {
        name: frozenset(values) if (values := getattr(when, name)) else None for name in ("priority", *LISTED)
    }
    if allowed["priority"] == frozenset(Priority):
        allowed["priority"] = None
    allowed["major"] = None if when.major is None else frozenset([when.major])
    if when.contract:
        signed = frozenset(number for entry in sla.contracts if entry.key in when.contract for number in entry.schools)
        named = allowed["school"]
        allowed["school"] = signed if named is None else named & signed
    return allowed


def _meet(one: When, other: When, sla: Sla) -> bool:
    left, right = _allowed(one, sla), _allowed(other, sla)
    for name, values in left.items():
        others = right[name]
        if values is not None and others is not None and not values & others:
            return False
    return True


def _covers(wide: When, narrow: When, sla: Sla) -> bool:
    outer, inner = _allowed(wide, sla), _allowed(narrow, sla)
    for name, values in outer.items():
        others = inner[name]
        if values is not None and (others is None or not others <= values):
            return False
    return True
