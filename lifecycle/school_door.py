"""What a school does behind the link of its notice: read it, acknowledge it, say what its authority answered (P-7.3).

Nobody is logged in. The link says which notice, the code that somebody of the school opens it; a link opens once, and
whoever comes later has a new one sent to the school's own address.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.secrets import decrypt, encrypt
from core.text import clean, first_line
from lifecycle import breach_duties
from lifecycle.access import By
from lifecycle.breach_duties import AUTHORITY
from lifecycle.case_desk import log
from lifecycle.errors import Invalid
from lifecycle.notice_links import notice_behind, renew_link, visited
from lifecycle.notice_reminders import ANSWERED, tell_officers
from privacy import services
from privacy.models import AffectedSchool, Case, Duty, Notice, Visit
from privacy.selectors import owed_in

MOST_WRONG_CODES = 5
PAUSE_BETWEEN_LINKS = timedelta(minutes=10)
MOST_LINKS = 20
SCHOOL = By(Actor("source", "school", "Schule", "link"))
"""As the log names whoever comes by a link: which school it was stands in the case only."""
What = Visit.What


class Door(StrEnum):
    """How a link stands."""

    CODE = "code"
    USED = "used"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody came by a link."""

    notice: Notice
    door: Door


def knock(token: str, *, now: datetime) -> Knock:
    """How a link stands. Raises NotFound for one we did not make."""
    notice, link = notice_behind(token)
    return Knock(notice, _door(notice, link, now))


def _door(notice: Notice, link: str, now: datetime) -> Door:
    if notice.wrong_codes >= MOST_WRONG_CODES:
        return Door.LOCKED
    if link != notice.link or notice.link_used_at is not None:
        return Door.USED
    return Door.CODE if notice.link_until and now <= notice.link_until else Door.EXPIRED


def enter(token: str, *, code: str, now: datetime) -> Notice:
    """Opens a notice with its code: the link is used up. Raises NotFound, and Invalid on `code`.

    Five wrong codes shut it until the officer gives a new one. A wrong code counts even though it is refused.
    """
    with transaction.atomic():
        notice, link = notice_behind(token)
        notice = _locked(notice)
        door = _door(notice, link, now)
        is_right = door is Door.CODE and hmac.compare_digest(
            decrypt(notice.code).encode(), "".join(filter(str.isdigit, code)).encode()
        )
        if door is Door.CODE and not is_right:
            notice.wrong_codes += 1
            notice.save(update_fields=["wrong_codes"])
            visited(notice, What.WRONG_CODE, now=now)
        if is_right:
            notice.link_used_at, notice.wrong_codes = now, 0
            notice.opened_at = notice.opened_at or now
            notice.save(update_fields=["link_used_at", "wrong_codes", "opened_at"])
            visited(notice, What.OPENED, now=now)
    if not is_right:
        raise Invalid.field("code", _("Dieser Code stimmt nicht."))
    return notice


@transaction.atomic
def ask_for_link(token: str, *, now: datetime) -> bool:
    """A new link goes to the school's own address, whoever asks for it. False when the last one is too recent."""
    notice, _link = notice_behind(token)
    case = _case_of(notice)
    notice = _locked(notice)
    is_soon = notice.link_sent_at is not None and now < notice.link_sent_at + PAUSE_BETWEEN_LINKS
    if is_soon or notice.links_sent >= MOST_LINKS:
        return False
    renew_link(case, notice, notice.affected, now=now)
    visited(notice, What.NEW_LINK, now=now)
    return True


@transaction.atomic
def downloaded(notice: Notice, *, now: datetime) -> None:
    """A paper was fetched."""
    visited(notice, What.DOWNLOADED, now=now)


@transaction.atomic
def acknowledge(notice: Notice, *, name: str, now: datetime) -> Notice:
    """The school confirms that it knows; nobody reminds it any more, unless a later notice waits. Twice is once.

    The case's version stays: 137 schools that confirm would make every form of the officer stale.
    """
    case = _case_of(notice)
    notice = _locked(notice)
    who = first_line(clean(name, limit=200), limit=200)
    if not who:
        raise Invalid.field("name", _("Wer bestätigt für die Schule?"))
    if notice.acknowledged_at is None:
        notice.state, notice.acknowledged_at, notice.acknowledged_by = Notice.State.ACKNOWLEDGED, now, encrypt(who)
        notice.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
        if not Notice.objects.filter(affected=notice.affected_id, number__gt=notice.number, sent_at__lte=now).exists():
            AffectedSchool.objects.filter(pk=notice.affected_id).update(next_reminder_at=None)
        visited(notice, What.ACKNOWLEDGED, now=now)
        log(case, "privacy.notice_acknowledged", by=SCHOOL, now=now, notice=notice.pk)
    return notice


@transaction.atomic
def report(notice: Notice, *, report_id: str, reported_at: datetime, now: datetime) -> Notice:
    """The school says under which number its authority keeps its report, and when it was made: that duty is done."""
    case = _case_of(notice)
    notice = _locked(notice)
    number = first_line(clean(report_id, limit=100), limit=100)
    if not number:
        raise Invalid.field("report_id", _("Welche Nummer hat die Behörde vergeben?"))
    if not case.suspected_at <= reported_at <= now:
        raise Invalid.field("reported_at", _("Zwischen dem Bekanntwerden und jetzt."))
    AffectedSchool.objects.filter(pk=notice.affected_id).update(report_id=number, reported_at=reported_at)
    _settle_reports(case, notice.affected_id, number, reported_at=reported_at, now=now)
    visited(notice, What.REPORTED, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.school_reported", by=SCHOOL, now=now, notice=notice.pk)
    tell_officers(case, ANSWERED, key=f"privacy:reported:{notice.pk}:{now.isoformat()}", now=now)
    return notice


def _settle_reports(case: Case, affected: int, number: str, *, reported_at: datetime, now: datetime) -> None:
    """Its duty towards its authority is done. That it was late needs no reason from the school here: its own authority
    asks for it; the row says that it was. Where it has to tell two, one number does not say which: the officer asks."""
    owed = [owed for owed in owed_in(case) if owed.clock.duty.code == AUTHORITY and owed.row.affected_id == affected]
    if len(owed) != 1:
        return
    reason = _("Von der Schule nach ihrer Frist gemeldet.")
    [row] = [entry.row for entry in owed]
    breach_duties.settle(case, [row.key], done_at=reported_at, late_reason=reason, by=SCHOOL, now=now)
    Duty.objects.filter(pk=row.pk).update(reference=number)


def _case_of(notice: Notice) -> Case:
    """The case, locked before what hangs on it, as every verb does."""
    return Case.objects.select_for_update(of=("self",)).select_related("incident").get(pk=notice.affected.case_id)


def _locked(notice: Notice) -> Notice:
    rows = Notice.objects.select_for_update(of=("self",))
    return rows.select_related("affected__school", "affected__case__incident").get(pk=notice.pk)
