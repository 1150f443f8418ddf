"""The part of a process document that clocks read; calendars and targets differ from test to test."""

from __future__ import annotations

from typing import Any

from process.schema import Calendar, ClockKind, Document, Priority, Sla

OFFICE: dict[str, Any] = {
    "key": "office",
    "label": {"de": "Bürozeiten", "en": "Office hours"},
    "paragraph": "§9",
    "weekly": {
        day: [{"open": "08:00", "close": "12:00"}, {"open": "13:00", "close": "17:00"}]
        for day in ("mon", "tue", "wed", "thu", "fri")
    },
}
ALWAYS: dict[str, Any] = {"key": "always", "label": {"de": "Immer", "en": "Always"}, "paragraph": "§9", "always": True}

MINUTES = {"critical": 240, "high": 240, "medium": 480, "low": 2400}
CALENDAR_OF = {"critical": "always", "high": "office", "medium": "office", "low": "office"}
"""The agreement of the golden vectors: critical runs around the clock, the others in office hours."""


def document(
    *,
    calendars: list[dict[str, Any]] | None = None,
    minutes: dict[str, int] | None = None,
    calendar_of: dict[str, str] | None = None,
    checkpoints: list[int] | None = None,
) -> Document:
    """A document with these promises, the same for both clocks; everything that no clock reads is left out."""
    target_min = MINUTES | (minutes or {})
    calendar = CALENDAR_OF | (calendar_of or {})
    sla = Sla.model_validate(
        {
            "paragraph": "§9",
            "note": {"de": "Prüfwerte", "en": "Test values"},
            "checkpoints": checkpoints or [50, 75, 90, 100],
            "targets": [
                {
                    "clock": clock,
                    "priority": priority,
                    "target_min": target_min[priority],
                    "calendar": calendar[priority],
                    "paragraph": "§9",
                }
                for clock in ClockKind
                for priority in Priority
            ],
        }
    )
    rooms = [Calendar.model_validate(data) for data in (OFFICE, ALWAYS, *(calendars or []))]
    return Document.model_construct(calendars=rooms, sla=sla)
