"""The state of a record as its events tell it (G-7). `manage.py verify_integrity` compares it with the stored row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

REPLAYED = (
    "status",
    "category",
    "urgency",
    "impact",
    "priority",
    "functional_level",
    "management_level",
    "is_major",
    "team",
    "assignee",
    "closure_code",
    "version",
)
UNTOLD: Mapping[str, Any] = {"is_major": False, "team": None, "assignee": None, "closure_code": ""}
"""How a record stands as long as no event says otherwise; opening leaves out what is empty."""


def replay(data_of_events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Folds `data["set"]` of events in their order into the last value of each replayed field."""
    state: dict[str, Any] = dict(UNTOLD)
    for data in data_of_events:
        for field, value in data.get("set", {}).items():
            if field in REPLAYED:
                state[field] = value
    return state
