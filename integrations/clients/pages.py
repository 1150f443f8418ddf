"""What both clients agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.http import Failed


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `cursor` leads to the next one and is empty on the last."""

    items: list[dict[str, Any]]
    cursor: str = ""


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON list; raises Failed for anything else, because an error must not look like "no more"."""
    if not isinstance(value, list):
        raise Failed("a list was expected")
    return [item for item in value if isinstance(item, dict)]
