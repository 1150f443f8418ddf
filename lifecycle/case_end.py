"""How a case ends: watched, reviewed, closed when every gate is open, and kept as long as law and hold ask (N7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lifecycle import breach_duties
from lifecycle.access import By
from lifecycle.case_desk import kept_until, let_duties_follow, log, may_decide, needed, state_after, take, write
from lifecycle.errors import Invalid
from privacy import services
from privacy.models import Case, Note, Notice
from privacy.rules.assessment import gaps
from privacy.rules.gates import LABELS, Gate, Shut, shut
from privacy.rules.gates import Notice as Told
from privacy.rules.states import Verb
from privacy.selectors import assessment_of, newest_notices, schools_of, undecided_in

REGISTER = ("n7_register",)
"""What closing itself fulfils: the row stands."""


@transaction.atomic
def monitor(number: str, *, by: By, now: datetime, version: int | None = None) -> Case:
    """Everything is on its way; the case is watched until it closes."""
    may_decide(by)
    case = take(number, by=by, version=version)
    services.change(case, now=now, set_={"state": state_after(case, Verb.MONITOR)})
    log(case, "privacy.monitoring", by=by, now=now)
    return case


@transaction.atomic
def review(number: str, *, text: str, by: By, now: datetime, version: int | None = None) -> Case:
    """The case was looked back on: what came of it (P-10.1). Only now it may close."""
    may_decide(by)
    case = take(number, by=by, version=version)
    why = needed("text", text, _("Was hat die Nachbetrachtung ergeben?"))
    services.change(case, now=now, set_={"review_done_at": now})
    told = write(case, why, kind=Note.Kind.REVIEW, by=by, now=now)
    log(case, "privacy.reviewed", by=by, now=now, **told)
    return case


@transaction.atomic
def close(number: str, *, by: By, now: datetime, version: int | None = None) -> Case:
    """Closes a case whose gates are all open; Invalid on `gates` names those that are shut, and what they wait for."""
    may_decide(by)
    case = take(number, by=by, verb=Verb.CLOSE, version=version)
    let_duties_follow(case)
    breach_duties.settle(case, REGISTER, done_at=now, by=by, now=now, late_reason="")
    found = shut_gates(case)
    if found:
        raise Invalid({"gates": [sentence_of(entry) for entry in found]})
    set_ = {"state": state_after(case, Verb.CLOSE), "closed_at": now, **kept_until(case, now=now)}
    services.change(case, now=now, set_=set_)
    services.silence(case)
    log(case, "privacy.closed", by=by, now=now, keep_until=case.keep_until.isoformat() if case.keep_until else "")
    return case


def shut_gates(case: Case) -> list[Shut]:
    """What stands between a case and its end; nothing lets it close."""
    affected = schools_of(case)
    newest = newest_notices(affected, sent=True)
    notices = [
        Told(
            school=row.school.name,
            is_acknowledged=row.pk in newest and newest[row.pk].state == Notice.State.ACKNOWLEDGED,
            reminders=row.reminders,
        )
        for row in affected
    ]
    return shut(
        assessment_gaps=gaps(assessment_of(case)),
        notices=notices,
        undecided_duties=[owed.row.key for owed in undecided_in(case) if owed.clock.duty.key not in REGISTER],
        review_done=case.review_done_at is not None,
    )


def sentence_of(entry: Shut) -> str:
    """A shut gate in words, with how much it waits for."""
    said = LABELS[Gate(entry.gate)].in_(get_language() or "de")
    return f"{said} ({len(entry.waits_for)})" if entry.waits_for else said


@transaction.atomic
def hold(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Case:
    """A legal hold: nothing of the case is deleted until it is released, whatever retention says."""
    return _hold(number, now, reason=reason, by=by, now=now, version=version)


@transaction.atomic
def release(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Case:
    """The legal hold ends."""
    return _hold(number, None, reason=reason, by=by, now=now, version=version)


def _hold(number: str, since: datetime | None, *, reason: str, by: By, now: datetime, version: int | None) -> Case:
    may_decide(by)
    case = take(number, by=by, version=version)
    if (case.hold_since is None) == (since is None):
        raise Invalid.field("reason", _("Das ist bereits so."))
    why = needed("reason", reason, _("Warum? Die Begründung gehört zum Nachweis."))
    services.change(case, now=now, set_={"hold_since": since})
    told = write(case, why, kind=Note.Kind.HOLD, by=by, now=now)
    log(case, "privacy.held" if since else "privacy.released", by=by, now=now, **told)
    return case
