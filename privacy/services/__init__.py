"""Writes to cases, to the law, and about personal data. Only `lifecycle` calls these, in its own transactions."""

from privacy.services.cases import Kept, add_reader, change, keep, log, open_case, read, remove_reader, write_note
from privacy.services.law import law_in_force, store_law
from privacy.services.personal import blank, doom, due_files, hold, keep_deed, release, report_retention
from privacy.services.work import (
    Hit,
    add_custody,
    add_evidence,
    affect,
    next_alarm,
    save_all,
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
    "blank",
    "change",
    "doom",
    "due_files",
    "hold",
    "keep",
    "keep_deed",
    "law_in_force",
    "log",
    "next_alarm",
    "open_case",
    "read",
    "release",
    "remove_reader",
    "report_retention",
    "save_all",
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
