"""Fields of answers."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers


class Instant(serializers.DateTimeField):
    """An instant in UTC (`2026-11-23T08:00:00Z`): programs should not have to know where this server stands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)
