"""What each affected school is told (P-7.3): drafted from the record, read by somebody, and sent as a link."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.secrets import encrypt
from core.text import clean
from lifecycle import breach_duties
from lifecycle.access import By
from lifecycle.breach_papers import Words, compose, enclosed_in
from lifecycle.case_desk import calls_of, let_duties_follow, log, may_decide, state_after, take
from lifecycle.correspondence import can_be_mailed
from lifecycle.errors import Invalid
from lifecycle.notice_links import LINK_FIELDS, address_of, new_code, renew_link, send_links
from privacy import services
from privacy.models import AffectedSchool, Case, Duty, Notice
from privacy.rules.assessment import LAST
from privacy.rules.states import BREACH, Verb
from privacy.selectors import newest_notices, schools_of

__all__ = ["Words", "draft_notices", "notify_schools", "plain_words", "renew_code", "review_notices", "send_link_again"]
State = Notice.State
DUTY = "n1_controller_notice"


@transaction.atomic
def draft_notices(
    number: str,
    *,
    schools: Collection[int] = (),
    words: Words | None = None,
    by: By,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Writes a notice for each of the affected schools named, or for all that have none: filled from the record.

    For a school that was told already it is the next version, a follow-up. Raises Invalid before the breach is
    confirmed, and for schools that are not affected.
    """
    may_decide(by)
    case = take(number, by=by, version=version)
    if case.state not in {state.value for state in BREACH}:
        raise Invalid.field("state", _("Zuerst bestätigen, dass es ein Datenschutzvorfall ist."))
    if words and words.next_update_at and not now < words.next_update_at <= LAST:
        raise Invalid.field("next_update_at", _("Ein Zeitpunkt, der noch kommt."))
    affected = schools_of(case)
    there = newest_notices(affected)
    chosen = [row for row in affected if (row.pk in schools if schools else row.pk not in there)]
    if not chosen or set(schools) - {row.pk for row in affected}:
        raise Invalid.field("schools", _("Für welche betroffenen Schulen?"))
    numbers = {row.pk: _next_number(there.get(row.pk)) for row in chosen}
    papers = compose(case, chosen, numbers=numbers, words=words or Words(), now=now)
    services.save_notices({row: kept.to_json() for row, kept in papers.items()}, numbers=numbers, by=by.person, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.notices_drafted", by=by, now=now, count=len(papers))
    return case


def _next_number(newest: Notice | None) -> int:
    if newest is None:
        return 1
    return newest.number + 1 if newest.sent_at else newest.number


@transaction.atomic
def review_notices(
    number: str, *, schools: Collection[int] = (), by: By, now: datetime, version: int | None = None
) -> Case:
    """Somebody has read the drafts, of the schools named or all: they may go out. Who wrote them may do it alone."""
    may_decide(by)
    case = take(number, by=by, version=version)
    drafts = [
        notice
        for row, notice in newest_notices(schools_of(case)).items()
        if notice.state == State.DRAFT and (not schools or row in schools)
    ]
    if not drafts:
        raise Invalid.field("schools", _("Es gibt keinen Entwurf zu prüfen."))
    lacking = {finding.label for notice in drafts for finding in enclosed_in(notice).gaps}
    if lacking:
        sentence = _("Das Recht verlangt mehr: %s. Bitte in der Erstbeurteilung angeben, oder als noch unbekannt.")
        raise Invalid.field("schools", sentence % ", ".join(sorted(lacking)))
    Notice.objects.filter(pk__in=[notice.pk for notice in drafts]).update(
        state=State.REVIEWED, reviewed_at=now, reviewed_by=by.person
    )
    services.change(case, now=now, set_={})
    log(case, "privacy.notices_reviewed", by=by, now=now, count=len(drafts))
    return case


@transaction.atomic
def notify_schools(
    number: str,
    *,
    schools: Collection[int] = (),
    by: By,
    now: datetime,
    late_reason: str = "",
    version: int | None = None,
) -> Case:
    """Sends every reviewed notice, or those of the schools named: each school one mail, whatever happens meanwhile.

    All are queued with the state that says so, in one transaction; a school without an address stops nothing, it stays
    reviewed and is counted in the refusal where there is no other.
    """
    may_decide(by)
    case = take(number, by=by, verb=Verb.NOTIFY_SCHOOLS, version=version)
    affected = {row.pk: row for row in schools_of(case)}
    ready = [
        notice
        for row, notice in newest_notices(affected.values()).items()
        if notice.state == State.REVIEWED and (not schools or row in schools)
    ]
    sent = [notice for notice in ready if can_be_mailed(address_of(affected[notice.affected_id]))]
    if not sent:
        sentence = _("Keine dieser Schulen hat eine Adresse.") if ready else _("Es ist keine Mitteilung geprüft.")
        raise Invalid.field("schools", sentence)
    for notice in sent:
        notice.state, notice.sent_at = State.SENT, now
        notice.address = address_of(affected[notice.affected_id])
        notice.code = encrypt(new_code())
    send_links(case, [(notice, affected[notice.affected_id]) for notice in sent], now=now)
    services.save_all(sent, ["state", "sent_at", "address", "code", *LINK_FIELDS])
    told = [affected[notice.affected_id] for notice in sent]
    for row in told:
        row.aware_at = row.aware_at or now
        row.reminders = 0
        row.next_reminder_at = now + timedelta(minutes=calls_of(case).remind_schools_every_min)
    services.save_all(told, ["aware_at", "reminders", "next_reminder_at"])
    of_schools = Duty.objects.filter(case=case, key__startswith=f"{DUTY}/", affected__in=told)
    keys = list(of_schools.values_list("key", flat=True))
    breach_duties.settle(case, keys, done_at=now, late_reason=late_reason, by=by, now=now)
    services.change(case, now=now, set_={"state": state_after(case, Verb.NOTIFY_SCHOOLS)})
    log(case, "privacy.notices_sent", by=by, now=now, count=len(sent))
    let_duties_follow(case)
    return case


@transaction.atomic
def send_link_again(number: str, *, school: int, by: By, now: datetime, version: int | None = None) -> Case:
    """A new link for a school; the one before opens no more. The code stays."""
    may_decide(by)
    case = take(number, by=by, version=version)
    notice, affected = _sent_to(case, school)
    notice.address = address_of(affected)
    if not can_be_mailed(notice.address):
        raise Invalid.field("school", _("Diese Schule hat keine Adresse."))
    renew_link(case, notice, affected, now=now)
    Notice.objects.filter(pk=notice.pk).update(address=notice.address)
    services.change(case, now=now, set_={})
    log(case, "privacy.link_sent", by=by, now=now, notice=notice.pk)
    return case


@transaction.atomic
def renew_code(number: str, *, school: int, by: By, now: datetime, version: int | None = None) -> Case:
    """Another code for a school: it was lost, or tried wrongly too often."""
    may_decide(by)
    case = take(number, by=by, version=version)
    notice, _affected = _sent_to(case, school)
    notice.code, notice.wrong_codes = encrypt(new_code()), 0
    notice.save(update_fields=["code", "wrong_codes"])
    services.change(case, now=now, set_={})
    log(case, "privacy.code_renewed", by=by, now=now, notice=notice.pk)
    return case


def _sent_to(case: Case, school: int) -> tuple[Notice, AffectedSchool]:
    affected = AffectedSchool.objects.select_related("school").filter(case=case, pk=school).first()
    rows = Notice.objects.filter(affected=affected, sent_at__isnull=False) if affected else Notice.objects.none()
    notice = rows.order_by("-number").first()
    if affected is None or notice is None:
        raise Invalid.field("school", _("Diese Schule ist noch nicht informiert."))
    return notice, affected


def plain_words(text: str) -> str:
    """The officer's own words for a notice."""
    return clean(text.strip(), limit=5000)
