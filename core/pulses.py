"""Signs of life: whoever must not fall silent says regularly that it still works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.models import Pulse


def show(name: str, *, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    """Notes that `name` was alive at an instant, and what it has to say. One statement: it comes every few seconds."""
    Pulse.objects.bulk_create(
        [Pulse(name=name, at=at, data=dict(data or {}))],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "data"],
    )
