"""Writes to cases and to the law. Only `lifecycle` calls these; each runs inside the caller's transaction."""

from privacy.services.cases import (
    Kept,
    add_reader,
    change,
    keep,
    log,
    open_case,
    read,
    remove_reader,
    write_note,
)
from privacy.services.law import law_in_force, store_law

__all__ = [
    "Kept",
    "add_reader",
    "change",
    "keep",
    "law_in_force",
    "log",
    "open_case",
    "read",
    "remove_reader",
    "store_law",
    "write_note",
]
