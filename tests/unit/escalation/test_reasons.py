"""Reasons hold by themselves when everything one of their circumstances names is so (P-5.1, P-5.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation.rules.reasons import Case, due
from process.loader import default_text, parse
from process.schema import Chain, ChainName, Priority

OPENED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CASE = Case(OPENED, "performance", frozenset({"many_schools"}), Priority.HIGH)
DAY = timedelta(days=1)


def chain(**when: Any) -> Chain:
    """The management chain, of which one reason of level 3 holds by itself."""
    content = parse(default_text()).chain(ChainName.MANAGEMENT).model_dump(mode="json")
    for level in content["levels"]:
        for reason in level["reasons"]:
            reason["when"] = [when] if reason["key"] == "crisis" else []
    return Chain.model_validate(content)


@pytest.mark.parametrize(
    ("when", "after"),
    [
        ({"category": "performance"}, timedelta()),
        ({"category": "software"}, None),
        ({"criterion": "many_schools"}, timedelta()),
        ({"criterion": "few_schools"}, None),
        ({"priority_from": "high"}, timedelta()),
        ({"priority_from": "medium"}, timedelta()),
        ({"priority_from": "critical"}, None),
        ({"open_for_min": 1440}, DAY),
        ({"open_for_min": 1440, "category": "performance"}, DAY),
        ({"open_for_min": 1440, "category": "software"}, None),
    ],
)
def test_everything_a_circumstance_names_must_hold(when: dict[str, Any], after: timedelta | None) -> None:
    found = list(due(CASE, chain(**when), above=1))

    assert [(entry.at - OPENED, entry.level, entry.reason.key) for entry in found] == (
        [] if after is None else [(after, 3, "crisis")]
    )


def test_what_was_heard_or_lies_below_does_not_speak_again() -> None:
    ladder = chain(category="performance")

    assert not list(due(replace(CASE, heard={"crisis"}), ladder, above=1))
    assert not list(due(CASE, ladder, above=3))
