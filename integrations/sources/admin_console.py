"""Adminkonsole: our own signed webhook (Standard Webhooks) for errors, performance, check scripts, own detection and
triggers in code. The body and how to sign it: docs/integrations/admin-console.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from core.text import first_line
from incidents.rules.signals import Severity, Signal, SignalKind, SignalState
from integrations.contract import Headers, Source, Unreadable
from integrations.reading import as_block, as_dict, as_id, as_text, as_time, as_url, digest, read_json

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
EVENTS_MAX = 100
SIGNATURES_MAX = 10
DETAILS_MAX = 20
KINDS: dict[str, SignalKind] = {
    "error": "error",
    "performance": "performance",
    "check_script": "error",
    "detection": "error",
    "trigger": "error",
    "heartbeat": "error",
    "availability": "availability",
    "security": "security",
}
SEVERITIES: dict[str, Severity] = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
_STATES = {"firing": SignalState.FIRING, "resolved": SignalState.CLEARED, "info": SignalState.INFO}
_YES = {"true", "1", "yes"}


def verify(raw: bytes, headers: Headers, token: str | None, secrets: list[str]) -> bool:
    """Whether one of the signatures is the one of id, time and these very bytes under one of the secrets."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or as_time(stamp) is None:
        return False
    given = [text.encode("utf-8", "replace") for text in headers.get("webhook-signature", "").split()[:SIGNATURES_MAX]]
    expected = [sign(raw, message_id, stamp, secret).encode() for secret in secrets if key_of(secret)]
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    return any(matches)


def sign(raw: bytes, message_id: str, stamp: str, secret: str) -> str:
    """The signature a sender puts into `webhook-signature`."""
    signed = b".".join([message_id.encode("utf-8", "replace"), stamp.encode("utf-8", "replace"), raw])
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret: after `whsec_` in base64, else the text itself. Empty for one that is no key."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""


def delivery_id(raw: bytes, headers: Headers) -> str:
    """The id stays the same over retries. With the body, so that a sender who repeats ids loses no alarm."""
    return f"{as_id(headers.get('webhook-id'))}:{digest(raw)[:32]}"


def parse(raw: bytes, headers: Headers, account: str) -> list[Signal]:
    """One signal per event: the body itself, or up to a hundred in `events`. Raises Unreadable."""
    body = read_json(raw)
    if "events" not in body:
        return [_signal(body, account)]
    events = body["events"]
    if not isinstance(events, list) or len(events) > EVENTS_MAX:
        raise Unreadable(f"`events` is a list of at most {EVENTS_MAX}")
    return [_signal(as_dict(event), account) for event in events]


def _signal(event: dict[str, Any], account: str) -> Signal:
    data = as_dict(event.get("data")) or event
    thing = as_dict(data.get("object"))
    title = _first(data, "title", "summary") or as_text(thing.get("name")) or as_text(event.get("type"))
    name = as_id(data.get("fingerprint")) or as_id(data.get("dedup_key")) or as_id(thing.get("id"))
    if not title and not name:
        raise Unreadable("neither `title` nor `fingerprint`")
    kind = as_text(data.get("kind"), limit=40).lower()
    return Signal(
        fingerprint=f"admin-console:{account}:{name or 'x' + digest(f'{kind}|{title}'.encode())[:31]}",
        state=_state(data),
        kind=KINDS.get(kind, "error"),
        severity=SEVERITIES.get(as_text(data.get("severity"), limit=40).lower(), "high"),
        title=title or f"Adminkonsole {name}",
        description=_description(data),
        url=as_url(data.get("url")),
        module=as_text(data.get("module"), limit=80),
        observed_at=as_time(event.get("timestamp")) or as_time(data.get("timestamp")),
        label=as_text(event.get("type"), limit=80) or kind,
        details=_details(data),
    )


def _first(data: dict[str, Any], *names: str) -> str:
    """The first of these that says something, on one line; a text of many lines by its first."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return as_text(first_line(value, limit=160))
    return ""


def _state(data: dict[str, Any]) -> SignalState:
    """`resolved: true` or the word in `state`; an event that says neither is an alarm, an unknown word informs."""
    if as_text(data.get("resolved")).lower() in _YES or data.get("resolved") is True:
        return SignalState.CLEARED
    word = as_text(data.get("state"), limit=40).lower()
    return _STATES.get(word, SignalState.INFO) if word else SignalState.FIRING


def _description(data: dict[str, Any]) -> str:
    metric = as_dict(data.get("metric"))
    numbers = [as_text(metric.get(name), limit=60) for name in ("name", "value", "threshold", "unit")]
    lines = [
        as_block(data.get("description")),
        f"Schule: {as_text(data.get('school'))}" if as_text(data.get("school")) else "",
        f"Umgebung: {as_text(data.get('environment'))}" if as_text(data.get("environment")) else "",
        f"{numbers[0]}: {numbers[1]} {numbers[3]} (Schwelle {numbers[2] or '–'})" if numbers[1] else "",
        *(f"{name}: {value}" for name, value in _details(data).items()),
    ]
    return "\n".join(line for line in lines if line)


def _details(data: dict[str, Any]) -> dict[str, str]:
    """What else the sender says, as flat text; what is nested deeper stays in the delivery."""
    given = as_dict(data.get("details"))
    found = {as_text(name, limit=60): as_text(value, limit=500) for name, value in list(given.items())[:DETAILS_MAX]}
    return {name: value for name, value in found.items() if name and value}


def new_secret(random: bytes) -> str:
    """A secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(random).decode()


SOURCE = Source(
    kind="admin-console",
    title="Adminkonsole",
    verify=verify,
    delivery_id=delivery_id,
    parse=parse,
    keep_headers=("webhook-id", "webhook-timestamp", "content-type"),
    timestamp_header="webhook-timestamp",
    stale_after=TOLERANCE,
    write_secret=new_secret,
)
