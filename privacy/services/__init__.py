"""Writes to cases and to the law. Only `lifecycle` calls these; each runs inside the caller's transaction."""

from privacy.services.cases import Kept, add_reader, change, keep, log, open_case, read, remove_reader, write_note
from privacy.services.law import law_in_force, store_law
from privacy.services.work import (
    Hit,
    add_custody,
    add_evidence,
    affect,
    next_alarm,
    save_assessment,
    save_consent,
    save_notices,
    save_police_report,
    sealed_json,
    set_duties,
    silence,
)

__all__ = [
    "Hit",
    "Kept",
    "add_custody",
    "add_evidence",
    "add_reader",
    "affect",
    "change",
    "keep",
    "law_in_force",
    "log",
    "next_alarm",
    "open_case",
    "read",
    "remove_reader",
    "save_assessment",
    "save_consent",
    "save_notices",
    "save_police_report",
    "sealed_json",
    "set_duties",
    "silence",
    "store_law",
    "write_note",
]
