"""E-mail over Django's backend. Sent at least once; a second copy has the same Message-ID, so mail programs fold it."""

from __future__ import annotations

import contextlib
import re
import smtplib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from directory.models import Person
from notifications.answer_links import answer_url, link_url, reply_address
from notifications.contract import Channel, ChannelError, Fault
from notifications.models import Message
from notifications.unsubscribe_links import headers as unsubscribe_headers
from notifications.unsubscribe_links import unsubscribe_url

SERVICE_NOT_AVAILABLE = 421
PERMANENT = 500


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail of an outbox row, text and HTML, marked as sent by a machine (RFC 3834) so that no robot answers."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    code = "en" if message.language == "en" else settings.LANGUAGE_CODE
    with translation.override(code):
        parts = {
            "language": code,
            "subject": message.subject,
            "body": message.body,
            "answer": answer_url(message),
            "link": link_url(message),
            "is_drill": message.topic_type == "drill",
            "to_staff": message.person_id is not None,
            "unsubscribe": unsubscribe_url(message),
        }
        text = render_to_string("notifications/layout.txt", parts)
        html = render_to_string("notifications/layout.html", parts)
    headers = {
        "Message-ID": f"<im-{message.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **_thread_headers(message.thread, host),
        **unsubscribe_headers(message),
        **({"Importance": "high", "X-Priority": "1"} if message.is_urgent else {}),
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=text.strip() + "\n",
        to=[message.address],
        reply_to=[address] if (address := reply_address(message)) else None,
        headers=headers,
    )
    enclosure = message.enclosure
    own = enclosure.html if enclosure else ""
    mail.attach_alternative((own or html).strip() + "\n", "text/html")
    if enclosure and enclosure.name:
        mail.attach(enclosure.name, bytes(enclosure.content), enclosure.content_type)
    return mail


def _thread_headers(thread: str, host: str) -> dict[str, str]:
    local = re.sub(r"[^A-Za-z0-9.-]+", "-", thread).strip("-.").lower()
    return {"References": f"<{local}@{host}>", "In-Reply-To": f"<{local}@{host}>"} if local else {}


class MailLine:
    """One connection to the mail server (`EMAIL_TIMEOUT` bounds every wait on it)."""

    def __init__(self) -> None:
        self._connection: Any = get_connection()
        try:
            self._connection.open()
        except OSError as error:  # smtplib's errors are OSErrors too: refused, unreachable, wrong password, no greeting
            raise ChannelError(_plain(error), Fault.DOWN) from error

    def send(self, message: Message, *, at: datetime) -> None:
        """Hands one mail to the server; returns once the server has answered for it."""
        try:
            sent = self._connection.send_messages([compose(message)])
        except smtplib.SMTPException as error:
            raise ChannelError(_plain(error), _fault_of(error)) from error
        except OSError as error:
            raise ChannelError(_plain(error), Fault.STALLED) from error
        except ValueError as error:  # an address or a header that no mail may carry
            raise ChannelError(_plain(error), Fault.REFUSED) from error
        if not sent:
            raise ChannelError("no recipient", Fault.REFUSED)

    def close(self) -> None:
        """Ends the connection."""
        with contextlib.suppress(OSError):
            self._connection.close()


def _fault_of(error: smtplib.SMTPException) -> Fault:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    else:  # the server hung up in the middle, or does not speak what is needed
        return Fault.STALLED
    if SERVICE_NOT_AVAILABLE in codes:
        return Fault.DOWN
    # a refused sender is our own setting, not the message: worth trying again once it is mended
    final = min(codes, default=0) >= PERMANENT and not isinstance(error, smtplib.SMTPSenderRefused)
    return Fault.REFUSED if final else Fault.LATER


def _plain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _address(person: Person) -> str | None:
    return person.email or None


CHANNEL = Channel("email", _("E-Mail"), "mail", address=_address, connect=MailLine)
