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
    """An affected school on the board: what it was told last, and what is still being written for it."""

    row: AffectedSchool
    sent: Notice | None
    unsent: Notice | None
    mail: str
    standing: Standing
    reports: list[Owed]

    @property
    def state(self) -> str:
        """How far the newest notice it got has come, `failed` where the mail server refused it; before the first one
        how far that is written, empty before the first draft. A follow-up in writing changes nothing of it."""
        notice = self.sent
        if notice is None:
            return self.writing
        if notice.state != Notice.State.SENT:
            return str(notice.state)
        if notice.opened_at:
            return "opened"
        if self.mail in ("dead", "skipped"):
            return "failed"
        return "reminded" if self.row.reminders else "delivered" if self.mail == "sent" else "sent"

    @property
    def writing(self) -> str:
        """How far a notice is that has not gone out yet; empty where there is none."""
        return str(self.unsent.state) if self.unsent else ""

    @property
    def is_told(self) -> bool:
        """Whether a notice is out."""
        return self.sent is not None

    @property
    def deadline(self) -> datetime | None:
        """Until when its authority wants to hear from it, where that is still open."""
        return min((owed.row.deadline for owed in self.reports if owed.is_open and owed.row.deadline), default=None)


def lines_of(found: Case) -> Iterator[Line]:
    """The affected schools of a case, by name, with everything their board shows. Seven queries."""
    affected = schools_of(found)
    newest, sent = newest_notices(affected), newest_notices(affected, sent=True)
    mails = states_of([notice.message_key for notice in sent.values()])
    law, reports = law_of(found), [owed for owed in owed_in(found) if owed.clock.duty.code == "N2"]
    for row in affected:
        last, told, school = newest.get(row.pk), sent.get(row.pk), row.school
        kind = school.legal_kind or None
        yield Line(
            row=row,
            sent=told,
            unsent=last if last and not last.sent_at else None,
            mail=mails.get(told.message_key, "") if told else "",
            standing=regime_of(law, kind, school.canton, school.city, found.suspected_at),
            reports=[owed for owed in reports if owed.row.affected_id == row.pk],
        )
