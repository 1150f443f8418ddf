"""The link behind which a school reads its notice, and the code that opens it (P-7.3).

The mail says nothing but that there is a message. The link opens once; the code goes to the school by another way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

from core.secrets import decrypt
from lifecycle.case_desk import calls_of, topic
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import NotFound
from notifications.services import Draft, queue_all
from privacy.models import AffectedSchool, Case, Notice, Visit
from privacy.models.schools import NOTICE_LANGUAGES

MAIL = "privacy_notice"
CODE_DIGITS = 8
SALT = "privacy.notice"
LINK_FIELDS = ("message_key", "link", "links_sent", "link_sent_at", "link_until", "link_used_at")


def send_links(case: Case, notices: Iterable[tuple[Notice, AffectedSchool]], *, now: datetime) -> None:
    """Queues a mail with a new link for each; the caller stores the notices. It carries no content, only the link."""
    drafts = []
    until = now + timedelta(days=calls_of(case).school_link_days)
    # drafts that share a context are rendered once
    said = {language: {"tongue": language, "until": until} for language, _name in NOTICE_LANGUAGES}
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


def renew_link(case: Case, notice: Notice, affected: AffectedSchool, *, now: datetime) -> None:
    """A new link goes to the school's address; the one before opens no more."""
    send_links(case, [(notice, affected)], now=now)
    notice.save(update_fields=list(LINK_FIELDS))


def code_of(notice: Notice) -> str:
    """The code as it is told: two groups of four digits. Who reads it is kept by the door that shows it."""
    plain = decrypt(notice.code)
    return f"{plain[:4]} {plain[4:]}" if plain else ""


def address_of(affected: AffectedSchool) -> str:
    """Where a school's notices go."""
    return affected.school.privacy_email or affected.school.email


def path_to(notice: Notice) -> str:
    """The path behind which a notice is read: signed, and new with every mail."""
    return f"/notice/{Signer(salt=SALT, sep='.').sign(f'{notice.pk}.{notice.link}')}/"


def notice_behind(token: str) -> tuple[Notice, str]:
    """The notice a link was made for, and which of its links it is. Raises NotFound for what we did not make."""
    try:
        pk, _dot, link = Signer(salt=SALT, sep=".").unsign(token).partition(".")
        notice = Notice.objects.select_related("affected__school", "affected__case__incident").get(
            pk=int(pk), sent_at__isnull=False
        )
    except (BadSignature, ValueError, Notice.DoesNotExist):
        raise NotFound("notice") from None
    return notice, link


def new_code() -> str:
    """A code nobody can guess in five tries."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def visited(notice: Notice, what: Visit.What, *, now: datetime) -> None:
    """Keeps what was done behind a notice's link (P-7.5)."""
    Visit.objects.create(notice=notice, what=what, at=now)
