"""Triggers of §6.1 that are met without anybody ticking them: one circumstance suffices, all of it must hold."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from incidents.rules.majors import Extent, met
from process.schema import Circumstance, MajorTrigger


def trigger(key: str, *when: dict[str, Any]) -> MajorTrigger:
    label = {"de": "Ausfall", "en": "Outage"}
    return MajorTrigger.model_validate(
        {"key": key, "label": label, "paragraph": "§6.1", "effect": "propose", "when": when}
    )


OUTAGE = trigger("outage", {"category": "availability", "schools_at_least": 3}, {"flood": True})
LOGIN = trigger("login", {"module": "login", "schools_at_least": 2})
BY_HAND = trigger("by_hand")
ALL = [OUTAGE, LOGIN, BY_HAND]


@pytest.mark.parametrize(
    ("extent", "keys"),
    [
        (Extent("availability", schools=3), ["outage"]),
        (Extent("availability", schools=2), []),
        (Extent("software", schools=9), []),
        (Extent("software", is_flood=True), ["outage"]),
        (Extent("software", "login", 2), ["login"]),
        (Extent("software", "login", 1), []),
        (Extent("availability", "login", 3), ["outage", "login"]),
        (Extent("software"), []),
    ],
    ids=str,
)
def test_a_trigger_is_met_when_one_of_its_circumstances_holds_whole(extent: Extent, keys: list[str]) -> None:
    assert met(ALL, extent) == keys


def test_a_circumstance_that_names_nothing_would_always_hold_and_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least one of"):
        Circumstance.model_validate({})
