"""Reads. `cases_visible_to` is the only way in: others learn nothing, not even a number (P-7.5)."""

from privacy.selectors.cases import (
    BOARD,
    OFFICER,
    Written,
    cases_visible_to,
    enters,
    events_of,
    in_order,
    is_officer,
    notes_of,
    readers_of,
    readings_of,
    withheld_files,
    withheld_texts,
)
from privacy.selectors.law import current_law, current_version, law_of, law_versions

__all__ = [
    "BOARD",
    "OFFICER",
    "Written",
    "cases_visible_to",
    "current_law",
    "current_version",
    "enters",
    "events_of",
    "in_order",
    "is_officer",
    "law_of",
    "law_versions",
    "notes_of",
    "readers_of",
    "readings_of",
    "withheld_files",
    "withheld_texts",
]
