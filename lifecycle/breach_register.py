"""The register of data-protection cases (N7, form F7): every case, also those not reported, with why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime

from core.clock import ZURICH
from lifecycle.breach_papers import paper_of
from privacy.models import Case
from privacy.papers.render import to_json

COLUMNS = (
    *("number", "incident", "state", "suspected_at", "confirmed_at", "closed_at", "severity"),
    *("schools", "told", "open_duties", "late_duties", "last_reported_at", "keep_until", "legal_hold"),
)


def as_csv(cases: Iterable[Case]) -> str:
    """One line a case, times in Zurich. Nothing in it was typed by anybody."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow(_line(case))
    return "\ufeff" + out.getvalue()


def as_json(cases: Iterable[Case], *, language: str, now: datetime) -> str:
    """The whole row of every case (form F7)."""
    rows = [json.loads(to_json(paper_of(case, "F7", language=language, now=now))) for case in cases]
    return json.dumps({"made_at": now.isoformat(), "cases": rows}, ensure_ascii=False, indent=1)


def _line(case: Case) -> list[str]:
    duties = list(case.duties.all())
    done = [duty.done_at for duty in duties if duty.done_at]
    schools = list(case.schools.all())
    return [
        case.number,
        case.incident.number,
        case.state,
        _at(case.suspected_at),
        _at(case.confirmed_at),
        _at(case.closed_at or case.dismissed_at),
        "" if case.severity is None else f"{case.severity:g}",
        str(len(schools)),
        str(sum(row.aware_at is not None for row in schools)),
        str(sum(case.is_open and duty.done_at is None and duty.verdict != "not_due" for duty in duties)),
        str(sum(duty.is_late for duty in duties)),
        _at(max(done, default=None)),
        case.keep_until.isoformat() if case.keep_until else "",
        "yes" if case.hold_since else "",
    ]


def _at(instant: datetime | None) -> str:
    return instant.astimezone(ZURICH).isoformat(timespec="minutes") if instant else ""
