"""What each affected school is told (P-7.3): drafted, read by somebody, sent as a link, and asked after.

The mail says nothing but that there is a message. What it says is read behind a link that opens once, with a code that
the school gets by another way.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from core.secrets import decrypt, encrypt
from core.text import clean
from directory.selectors import holders
from lifecycle import breach_duties
from lifecycle.access import RULES, By
from lifecycle.breach_papers import Words, compose, enclosed_in
from lifecycle.case_desk import calls_of, let_duties_follow, link_to, log, may_decide, state_after, take, topic
from lifecycle.correspondence import can_be_mailed
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid, NotFound
from notifications.services import Draft, notify_people, queue_all
from privacy import services
from privacy.models import AffectedSchool, Case, Duty, Notice, Visit
from privacy.models.schools import NOTICE_LANGUAGES
from privacy.rules.gates import REMINDERS
from privacy.rules.states import BREACH, Verb
from privacy.selectors import OFFICER, newest_notices, schools_of

__all__ = [
    "Words",
    "address_of",
    "code_of",
    "draft_notices",
    "notice_behind",
    "notify_schools",
    "path_to",
    "plain_words",
    "remind",
    "renew_code",
    "renew_link",
    "review_notices",
    "send_link_again",
    "tell_officers",
    "visited",
]
State = Notice.State
DUTY = "n1_controller_notice"
MAIL, SILENT, ANSWERED = "privacy_notice", "privacy_school_silent", "privacy_school_answered"
CODE_DIGITS = 8
_SIGNER_SALT = "privacy.notice"


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
        notice.code = encrypt(_new_code())
    _send_links(case, [(notice, affected[notice.affected_id]) for notice in sent], now=now)
    services.save_all(sent, ["state", "sent_at", "address", "code", *_LINK_FIELDS])
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


_LINK_FIELDS = ("message_key", "link", "links_sent", "link_sent_at", "link_until", "link_used_at")


def _send_links(case: Case, notices: Iterable[tuple[Notice, AffectedSchool]], *, now: datetime) -> None:
    """Queues a mail with a new link for each; the caller stores the notices. It carries no content, only the link."""
    drafts = []
    until = now + timedelta(days=calls_of(case).school_link_days)
    said = {
        language: {"tongue": language, "until": until} for language, _name in NOTICE_LANGUAGES
    }  # each rendered once
    for notice, affected in notices:
        notice.link = secrets.token_urlsafe(12)
        notice.links_sent += 1
        notice.link_sent_at, notice.link_used_at = now, None
        notice.link_until = until
        notice.message_key = f"privacy:notice:{notice.pk}:{notice.links_sent}"
        drafts.append(
            Draft(
                key=notice.message_key,
                channel="email",
                kind=MAIL,
                context=said[affected.language],
                address=notice.address,
                language="en" if affected.language == "en" else "de",
                is_urgent=True,
                link=path_to(notice),
                topic_type=topic(case)["topic_type"],
                topic_id=case.pk,
            )
        )
    queue_all(drafts, now=now)
    ring_after_commit()


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


def renew_link(case: Case, notice: Notice, affected: AffectedSchool, *, now: datetime) -> None:
    """A new link goes to the school's address; the one before opens no more."""
    _send_links(case, [(notice, affected)], now=now)
    notice.save(update_fields=list(_LINK_FIELDS))


@transaction.atomic
def renew_code(number: str, *, school: int, by: By, now: datetime, version: int | None = None) -> Case:
    """Another code for a school: it was lost, or tried wrongly too often."""
    may_decide(by)
    case = take(number, by=by, version=version)
    notice, _affected = _sent_to(case, school)
    notice.code, notice.wrong_codes = encrypt(_new_code()), 0
    notice.save(update_fields=["code", "wrong_codes"])
    services.change(case, now=now, set_={})
    log(case, "privacy.code_renewed", by=by, now=now, notice=notice.pk)
    return case


def code_of(notice: Notice) -> str:
    """The code as it is told: two groups of four digits. Who reads it is kept by the door that shows it."""
    plain = decrypt(notice.code)
    return f"{plain[:4]} {plain[4:]}" if plain else ""


def _sent_to(case: Case, school: int) -> tuple[Notice, AffectedSchool]:
    affected = AffectedSchool.objects.select_related("school").filter(case=case, pk=school).first()
    rows = Notice.objects.filter(affected=affected, sent_at__isnull=False) if affected else Notice.objects.none()
    notice = rows.order_by("-number").first()
    if affected is None or notice is None:
        raise Invalid.field("school", _("Diese Schule ist noch nicht informiert."))
    return notice, affected


@transaction.atomic
def remind(now: datetime, batch: int) -> int:
    """One batch of schools that have not acknowledged: each is reminded with a new link, three times in all.

    After the last one the officer hears that the school stays silent: somebody has to call.
    """
    waiting = AffectedSchool.objects.filter(next_reminder_at__lte=now)
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("incident")
    taken = {case.pk: case for case in cases.filter(pk__in=waiting.values("case"))}
    rows = list(waiting.filter(case__in=taken).select_related("school").order_by("case_id", "id")[:batch])
    newest = newest_notices(rows)
    for pk, case in taken.items():
        _remind(case, [row for row in rows if row.case_id == pk], newest, now=now)
    services.save_all(rows, ["reminders", "next_reminder_at"])
    return len(rows)


def _remind(case: Case, rows: Sequence[AffectedSchool], newest: Mapping[int, Notice], *, now: datetime) -> None:
    wait = timedelta(minutes=calls_of(case).remind_schools_every_min)
    silent = [row for row in rows if row.reminders >= REMINDERS]
    again = [row for row in rows if row.reminders < REMINDERS]
    notices = [(newest[row.pk], row) for row in again if newest[row.pk].sent_at]
    _send_links(case, notices, now=now)
    services.save_all([notice for notice, _row in notices], _LINK_FIELDS)
    for row in again:
        row.reminders += 1
        row.next_reminder_at = now + wait
    for row in silent:
        row.next_reminder_at = None
    if again:
        log(case, "privacy.reminded", by=RULES, now=now, count=len(again))
    if silent:
        key = f"privacy:{case.pk}:silent:{silent[0].pk}:{now.isoformat()}"
        tell_officers(case, SILENT, key=key, count=len(silent), now=now)


def tell_officers(case: Case, kind: str, *, key: str, now: datetime, **context: object) -> None:
    """Officer and deputies hear something about the schools of a case; no school is named in it."""
    notify_people(
        holders(OFFICER, now=now),
        kind=kind,
        key=key,
        context={"number": case.number, **context},
        link=f"{link_to(case)}schools/",
        now=now,
        **topic(case),
    )
    ring_after_commit()


def address_of(affected: AffectedSchool) -> str:
    """Where a school's notices go."""
    return affected.school.privacy_email or affected.school.email


def path_to(notice: Notice) -> str:
    """The path behind which a notice is read: signed, and new with every mail."""
    return f"/notice/{Signer(salt=_SIGNER_SALT, sep='.').sign(f'{notice.pk}.{notice.link}')}/"


def notice_behind(token: str) -> tuple[Notice, str]:
    """The notice a link was made for, and which of its links it is. Raises NotFound for what we did not make."""
    try:
        pk, _dot, link = Signer(salt=_SIGNER_SALT, sep=".").unsign(token).partition(".")
        notice = Notice.objects.select_related("affected__school", "affected__case__incident").get(
            pk=int(pk), sent_at__isnull=False
        )
    except (BadSignature, ValueError, Notice.DoesNotExist):
        raise NotFound("notice") from None
    return notice, link


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def visited(notice: Notice, what: Visit.What, *, now: datetime) -> None:
    """Keeps what was done behind a notice's link (P-7.5)."""
    Visit.objects.create(notice=notice, what=what, at=now)


def plain_words(text: str) -> str:
    """The officer's own words for a notice."""
    return clean(text.strip(), limit=5000)
