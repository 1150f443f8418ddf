"""A reply mail answers the call it replies to (P-5.3). What people wrote in it is neither needed nor kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from enum import StrEnum

from lifecycle import answering, drills
from lifecycle.answering import Outlook
from lifecycle.errors import Forbidden, NotFound
from notifications.answer_links import tokens_in

RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
ROBOTS = ("bulk", "junk", "list", "auto_reply")


class Reply(StrEnum):
    """What became of a mail."""

    ANSWERED = "answered"
    TOO_LATE = "too_late"
    """Somebody else was faster, or the call is over."""
    AUTOMATIC = "automatic"
    """Written by a robot: an absence note must not take an incident on."""
    NOT_OURS = "not_ours"
    """It carries no address of ours, one that is too old, or one we did not make."""


def receive(raw: bytes, *, now: datetime, recipients: Sequence[str] = ()) -> Reply:
    """Takes a mail in as it came; `recipients` are those of the envelope, where the mail server names them.

    Whoever may write to the signed address was called: as with the link, the address is what counts, not the sender.
    """
    mail = BytesParser(policy=policy.default).parsebytes(raw, headersonly=True)
    tokens = tokens_in([*recipients, *_addresses(mail)])
    if not tokens:
        return Reply.NOT_OURS
    if _is_automatic(mail):
        return Reply.AUTOMATIC
    try:
        return _answer(tokens[0], now=now)
    except (NotFound, Forbidden):
        return Reply.NOT_OURS


def _answer(token: str, *, now: datetime) -> Reply:
    if drills.look_up(token, now=now) is not None:
        return Reply.ANSWERED if drills.answer(token, now=now) else Reply.TOO_LATE
    return Reply.ANSWERED if answering.answer(token, now=now).outlook is Outlook.MINE else Reply.TOO_LATE


def _addresses(mail: EmailMessage) -> Iterator[str]:
    for name in RECIPIENTS:
        yield from (address for _name, address in getaddresses(_values(mail, name)))


def _is_automatic(mail: EmailMessage) -> bool:
    """As RFC 3834 and the habits of mail programs tell a robot from a person."""
    submitted = " ".join(_values(mail, "Auto-Submitted")).strip().lower()
    precedence = " ".join(_values(mail, "Precedence")).strip().lower()
    is_bounce = any(value.strip() == "<>" for value in _values(mail, "Return-Path"))
    marked = any(_values(mail, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    return submitted not in ("", "no") or precedence in ROBOTS or is_bounce or marked


def _values(mail: EmailMessage, name: str) -> list[str]:
    """The values of a header; what cannot be read as one counts as not there."""
    try:
        return [str(value) for value in mail.get_all(name, [])]
    except (ValueError, IndexError, LookupError, AttributeError):  # the standard library gives up on broken headers
        return []
