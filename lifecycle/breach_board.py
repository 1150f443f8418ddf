"""The affected schools of a case on one board: law, notice, and what their authority waits for (P-7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from notifications.selectors import states_of
from privacy.models import AffectedSchool, Case, Notice
from privacy.rules.regimes import Standing, regime_of
from privacy.selectors import Owed, law_of, newest_notices, owed_in, schools_of


@dataclass(frozen=True, slots=True)
class Line:
    """An affected school on the board."""

    row: AffectedSchool
    notice: Notice | None
    mail: str
    standing: Standing
    reports: list[Owed]

    @property
    def state(self) -> str:
        """The furthest its notice has come; `failed` where the mail server refused it, empty before the first draft."""
        notice = self.notice
        if notice is None:
            return ""
        if notice.state != Notice.State.SENT:
            return str(notice.state)
        if notice.opened_at:
            return "opened"
        if self.mail in ("dead", "skipped"):
            return "failed"
        return "reminded" if self.row.reminders else "delivered" if self.mail == "sent" else "sent"

    @property
    def is_told(self) -> bool:
        """Whether its notice is out."""
        return self.notice is not None and self.notice.sent_at is not None

    @property
    def deadline(self) -> datetime | None:
        """Until when its authority wants to hear from it, where that is still open."""
        return min((owed.row.deadline for owed in self.reports if owed.is_open and owed.row.deadline), default=None)


def lines_of(found: Case) -> Iterator[Line]:
    """The affected schools of a case, by name, with everything their board shows. Six queries."""
    affected = schools_of(found)
    newest = newest_notices(affected)
    mails = states_of([notice.message_key for notice in newest.values()])
    law, reports = law_of(found), [owed for owed in owed_in(found) if owed.clock.duty.code == "N2"]
    for row in affected:
        notice, school = newest.get(row.pk), row.school
        kind = school.legal_kind or None
        yield Line(
            row=row,
            notice=notice,
            mail=mails.get(notice.message_key, "") if notice else "",
            standing=regime_of(law, kind, school.canton, school.city, found.suspected_at),
            reports=[owed for owed in reports if owed.row.affected_id == row.pk],
        )
