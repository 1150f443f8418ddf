"""Text messages through a provider: `SMS_URL` says which. What arrives is told by the provider later (receipts)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import phonenumbers
import structlog
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from core.http import Answer, Client, Failed, OutboundError, Refused
from directory.models import Person
from directory.phone import REGION
from notifications.answer_links import answer_url, link_url
from notifications.contract import Channel, ChannelError, Fault, fault_of_status
from notifications.models import Message

log = structlog.get_logger()
KEY = "sms"
LONGEST = 300
"""Characters: two or three parts of a text message. A link is never cut."""
NEVER = frozenset({21211, 21214, 21408, 21610, 21612, 21614})
"""Twilio's codes for numbers that are none, cannot get text messages, or whose owner said STOP."""
OUR_FAULT = frozenset({20003, 20005, 21606, 21659, 21660})
"""Twilio's codes for a wrong login, a suspended account, a sender that is not ours: no message would go out."""


class Provider(Protocol):
    """Whoever carries text messages."""

    def send(self, message: Message, text: str) -> None:
        """Hands a text over; raises ChannelError. Every wait is bounded (10 s)."""

    def close(self) -> None:
        """Ends connections; never raises."""


class LogProvider:
    """Writes the number of each message to the log and sends nothing: for trying out. The text stays unwritten."""

    def send(self, message: Message, text: str) -> None:
        """Says that there would have been one."""
        log.info("sms.not_sent", message=message.pk, characters=len(text))

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Account:
    """What `twilio://SID:TOKEN@host/?from=+41…` says. `url` is where messages are posted to."""

    url: str
    sid: str
    token: str
    sender: str

    @classmethod
    def read(cls, text: str) -> Account:
        """Of SMS_URL."""
        parts = urlsplit(text)
        query = {name: values[-1] for name, values in parse_qs(parts.query.replace("+", "%2B")).items()}
        scheme = "http" if query.get("plain") == "1" else "https"
        sid, host = unquote(parts.username or ""), parts.netloc.rpartition("@")[2]
        url = f"{scheme}://{host}/2010-04-01/Accounts/{sid}/Messages.json"
        return cls(url, sid, unquote(parts.password or ""), query.get("from", ""))


class TwilioProvider:
    """Twilio's Messages API, which others speak too."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._client = Client()

    def send(self, message: Message, text: str) -> None:
        """Posts once; the outbox tries again."""
        account = self._account
        login = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        form = {"To": message.address, "From": account.sender, "Body": text, "StatusCallback": callback_url(message)}
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self._client.post(account.url, body=urlencode(form).encode(), headers=headers)
        except Refused as error:
            raise ChannelError(str(error), Fault.DOWN) from error
        except OutboundError as error:
            raise ChannelError(str(error), Fault.STALLED) from error
        if not answer.is_fine:
            raise ChannelError(f"the provider answered {answer.status} ({_code(answer)})", _fault(answer))

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()


def _code(answer: Answer) -> int:
    try:
        told = answer.json()
        return int(told["code"])
    except (Failed, KeyError, TypeError, ValueError):
        return 0


def _fault(answer: Answer) -> Fault:
    code = _code(answer)
    if code in NEVER:
        return Fault.REFUSED
    if code in OUR_FAULT or answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return Fault.DOWN
    return fault_of_status(answer.status)


class TextLine:
    """The provider that is set, for one sweep."""

    def __init__(self) -> None:
        is_log = settings.SMS_URL == "log:"
        self._provider: Provider = LogProvider() if is_log else TwilioProvider(Account.read(settings.SMS_URL))

    def send(self, message: Message, *, at: datetime) -> None:
        """Hands over subject and link."""
        self._provider.send(message, compose(message))

    def close(self) -> None:
        """Ends the connections."""
        self._provider.close()


def compose(message: Message) -> str:
    """The subject, shortened, and the link that answers, or else the one that shows the matter."""
    link = answer_url(message) or link_url(message)
    room = max(LONGEST - len(link) - 1, 40)
    subject = " ".join(message.subject.split())
    short = subject if len(subject) <= room else f"{subject[: room - 1].rstrip()}…"
    return f"{short}\n{link}".strip()


def callback_url(message: Message) -> str:
    """Where the provider says what became of a message: its address names the message, and nobody makes one up."""
    return callback_address(_signer().sign(str(message.pk)))


def callback_address(token: str) -> str:
    """The public address of a callback."""
    return f"{settings.BASE_URL}/receipts/sms/{token}/"


def message_of(token: str) -> int | None:
    """The message a callback's address was made for; None when we did not make it."""
    try:
        return int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def is_genuine(*, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Whether a callback was signed with the account's token: base64 HMAC-SHA1 of address and sorted fields."""
    if not settings.SMS_URL.startswith("twilio:"):
        return False
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    key = Account.read(settings.SMS_URL).token.encode()
    expected = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _signer() -> Signer:
    return Signer(salt="notifications.sms", sep=".")


def _address(person: Person) -> str | None:
    """The number as E.164, where a provider is set."""
    if not settings.SMS_URL or not person.phone:
        return None
    try:
        number = phonenumbers.parse(person.phone, REGION)
    except phonenumbers.NumberParseException:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


CHANNEL = Channel(KEY, _("SMS"), "message-square-text", address=_address, connect=TextLine)
