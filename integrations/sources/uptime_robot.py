"""Uptime Robot: unsigned webhooks with a bearer token, and its API v3. Steps: docs/integrations/uptime-robot.md.

We choose the template, but people edit it: JSON, form and query are taken, placeholders that were not replaced count
as missing, and a monitor name with quotation marks in it does not cost an alarm.
"""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from incidents.rules.signals import Severity, Signal, SignalKind, SignalState
from integrations.contract import POLL_HEADER, Headers, Source, Unreadable
from integrations.reading import as_block, as_dict, as_id, as_int, as_text, as_time, as_url, digest, read_json

KEYS = (
    "monitorID",
    "monitorURL",
    "monitorFriendlyName",
    "alertType",
    "alertTypeFriendlyName",
    "alertDetails",
    "alertDuration",
    "alertDateTime",
    "sslExpiryDate",
    "sslExpiryDaysLeft",
    "domainExpireDate",
    "monitorAlertContacts",
    "alertFriendlyDuration",
    "dashboardUrl",
)
_PLACEHOLDER = re.compile(r"\*\w+\*|\$\w+|\{\{?\s*\w+\s*\}?\}|%\w+%")
_FIELD = re.compile(
    r'"(?P<key>'
    + "|".join(KEYS)
    + r')"\s*:\s*(?:"(?P<text>.*?)"|(?P<bare>[-+.\w]+))\s*(?=,\s*"\w+"\s*:|,?\s*\}\s*$|\s*$)',
    re.DOTALL,
)
_BROKEN_MAX = 20_000  # characters searched in broken JSON; the search is quadratic at worst
_TYPES = {"down": 1, "up": 2}
Expiring = Literal["ssl", "domain"]


def verify(raw: bytes, headers: Headers, token: str | None, secrets: list[str]) -> bool:
    """Whether the bearer token, or else the token in the address, is one of the secrets."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    bearer = value.strip() if scheme.lower() == "bearer" else ""
    given = [text.encode("utf-8", "replace") for text in (bearer, token or "") if text]
    matches = [hmac.compare_digest(secret.encode(), text) for secret in secrets if secret for text in given]
    return any(matches)


def delivery_id(raw: bytes, headers: Headers) -> str:
    """A digest of what was said. Without a time two outages would look the same, so then each delivery counts."""
    try:
        fields = read_fields(raw)
    except Unreadable:
        return digest(raw)
    if "alertDateTime" not in fields:
        return ""
    return digest(json.dumps(fields, sort_keys=True).encode())


def down_fingerprint(account: str, monitor_id: str) -> str:
    """The object name of a monitor's outages."""
    return f"uptimerobot:{account}:{monitor_id}:down"


def expiry_fingerprint(account: str, monitor_id: str, what: Expiring) -> str:
    """The object name of a certificate's or domain's expiry."""
    return f"uptimerobot:{account}:{monitor_id}:expiry:{what}"


def read_fields(raw: bytes) -> dict[str, str]:
    """The template's values that were filled in, as clean text, from JSON, form or query; raises Unreadable."""
    text = raw.decode("utf-8", "replace").lstrip("\N{BYTE ORDER MARK}").strip()
    pairs = _read_json(text) if text.startswith(("{", "[")) else _read_form(text)
    known = {key: as_text(value, limit=1000) for key, value in pairs.items() if key in KEYS}
    fields = {key: value for key, value in known.items() if value and not _PLACEHOLDER.fullmatch(value)}
    if not fields:
        raise Unreadable("none of Uptime Robot's fields is there")
    return fields


def _read_form(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, max_num_fields=200))
    except ValueError as error:
        raise Unreadable("more fields than any template has") from error


def _read_json(text: str) -> dict[str, Any]:
    """A JSON object, or what can be recognised in a broken one (quotation marks inside a name)."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {match["key"]: match["bare"] or match["text"] for match in _FIELD.finditer(text[:_BROKEN_MAX])}
    return as_dict(value[0] if isinstance(value, list) and value else value)


def parse(raw: bytes, headers: Headers, account: str) -> list[Signal]:
    """The signal in a delivery; raises Unreadable."""
    polled = headers.get(POLL_HEADER, "")
    if polled:
        return [_polled(read_json(raw), polled, account)]
    fields = read_fields(raw)
    monitor = _Monitor(
        account, _monitor_id(fields), fields.get("monitorFriendlyName", ""), as_url(fields.get("monitorURL"))
    )
    alert_type = as_int(fields.get("alertType")) or _TYPES.get(fields.get("alertTypeFriendlyName", "").lower())
    at = as_time(fields.get("alertDateTime"))
    reason = fields.get("alertDetails", "")
    if alert_type == 1:
        return [monitor.down(SignalState.FIRING, reason, at)]
    if alert_type == 2:
        return [monitor.down(SignalState.CLEARED, reason, at, seconds=as_int(fields.get("alertDuration")))]
    if alert_type == 3:
        return [_expiry(monitor, fields, at)]
    if alert_type is None:
        raise Unreadable("no alertType")
    return [monitor.down(SignalState.INFO, reason or f"alertType {alert_type}", at)]


def _monitor_id(fields: dict[str, str]) -> str:
    """The monitor's id; a template that lost it still names the monitor by address or name."""
    known = as_id(fields.get("monitorID"))
    if known:
        return known
    other = fields.get("monitorURL") or fields.get("monitorFriendlyName")
    if not other:
        raise Unreadable("nothing names the monitor")
    return "x" + digest(other.encode())[:16]


@dataclass(frozen=True, slots=True)
class _Monitor:
    account: str
    id: str
    name: str
    url: str

    @property
    def label(self) -> str:
        return self.name or self.url or f"Monitor {self.id}"

    def down(self, state: SignalState, reason: str, at: datetime | None, *, seconds: int | None = None) -> Signal:
        details = {"monitor_id": self.id, "monitor_url": self.url, "reason": as_text(reason, limit=300)}
        if seconds is not None:
            details["duration_s"] = str(seconds)
        return self._signal(
            down_fingerprint(self.account, self.id),
            state,
            "critical",
            f"{self.label} nicht erreichbar",
            reason=reason,
            at=at,
            details=details,
        )

    def expiry(self, what: Expiring, severity: Severity, *, ends: str, reason: str, at: datetime | None) -> Signal:
        noun = "Domain" if what == "domain" else "SSL-Zertifikat"
        details = {"monitor_id": self.id, "monitor_url": self.url, "expires": ends, "reason": reason}
        return self._signal(
            expiry_fingerprint(self.account, self.id, what),
            SignalState.FIRING,
            severity,
            f"{noun} läuft ab: {self.label}",
            reason=reason,
            at=at,
            details=details,
        )

    def _signal(
        self,
        fingerprint: str,
        state: SignalState,
        severity: Severity,
        title: str,
        *,
        reason: str,
        at: datetime | None,
        details: dict[str, str],
    ) -> Signal:
        kind: SignalKind = "availability"
        page = f"https://dashboard.uptimerobot.com/monitors/{self.id}" if self.id.isdigit() else ""
        return Signal(
            fingerprint=fingerprint,
            state=state,
            kind=kind,
            severity=severity,
            title=as_text(title),
            description=as_block(reason, limit=1000),
            url=page,
            module=as_text(self.name, limit=80),
            observed_at=at,
            label=as_text(reason),
            details={name: value for name, value in details.items() if value},
        )


def _expiry(monitor: _Monitor, fields: dict[str, str], at: datetime | None) -> Signal:
    words = f"{fields.get('alertTypeFriendlyName', '')} {fields.get('alertDetails', '')}".lower()
    has_ssl = "sslExpiryDate" in fields or "sslExpiryDaysLeft" in fields
    is_domain = "domain" in words if has_ssl == ("domainExpireDate" in fields) else not has_ssl
    ends = fields.get("domainExpireDate" if is_domain else "sslExpiryDate", "")
    days = None if is_domain else as_int(fields.get("sslExpiryDaysLeft"))
    if days is None:
        days = _days_between(at, as_time(ends))
    if days is None:
        found = re.search(r"(-?[0-9]{1,4})\s*(?:days?|Tag)", words)
        days = int(found[1]) if found else None
    what: Expiring = "domain" if is_domain else "ssl"
    return monitor.expiry(what, expiry_severity(days), ends=ends, reason=fields.get("alertDetails", ""), at=at)


def _days_between(start: datetime | None, end: datetime | None) -> int | None:
    return (end - start).days if start and end else None


def expiry_severity(days_left: int | None) -> Severity:
    """How urgent an expiry is: over is an outage, a week is high, two weeks are medium. Unknown is medium."""
    if days_left is None:
        return "medium"
    if days_left <= 0:
        return "critical"
    if days_left <= 7:
        return "high"
    return "medium" if days_left <= 14 else "low"


def _polled(body: dict[str, Any], polled: str, account: str) -> Signal:
    """An incident or monitor of API v3; without a time of its own it was true when the poller looked."""
    if polled.startswith("incident"):
        signal = _polled_incident(body, account)
        return replace(signal, observed_at=None) if polled == "incident-now" else signal
    monitor = _Monitor(account, _polled_id(body.get("id")), as_text(body.get("friendlyName")), as_url(body.get("url")))
    status = as_text(body.get("status"), limit=40).upper()
    if polled == "monitor":
        state = {"UP": SignalState.CLEARED, "DOWN": SignalState.FIRING}.get(status, SignalState.INFO)
        return monitor.down(state, f"Abgefragt: {status}", None)
    if polled == "gone":
        return monitor.down(SignalState.CLEARED, "In Uptime Robot gelöscht", None)
    what: Expiring = "domain" if polled.startswith("domain") else "ssl"
    ends = as_time(body.get("domainExpireDate" if what == "domain" else "sslExpiryDateTime"))
    days = as_int(polled.partition(":")[2])
    date = ends.date().isoformat() if ends else ""
    signal = monitor.expiry(what, expiry_severity(days), ends=date, reason=f"Läuft ab am {date}", at=None)
    if days is not None and days > RENEWED_AFTER_DAYS:
        return replace(signal, state=SignalState.CLEARED, label="Erneuert")
    return signal


RENEWED_AFTER_DAYS = 30
"""More days left than this means that the certificate or domain was renewed: Uptime Robot's first reminder is at 30."""


def _polled_incident(body: dict[str, Any], account: str) -> Signal:
    about = as_dict(body.get("monitor"))
    monitor = _Monitor(
        account, _polled_id(about.get("id")), as_text(about.get("friendlyName")), as_url(about.get("url"))
    )
    reason = " ".join(part for part in (as_text(body.get("cause")), as_text(body.get("reason"))) if part)
    if body.get("resolvedAt") is None:
        return monitor.down(SignalState.FIRING, reason, as_time(body.get("startedAt")))
    seconds = as_int(body.get("duration"))
    return monitor.down(SignalState.CLEARED, reason, as_time(body.get("resolvedAt")), seconds=seconds)


def _polled_id(value: object) -> str:
    monitor_id = as_id(value)
    if not monitor_id:
        raise Unreadable("no monitor id")
    return monitor_id


SOURCE = Source(
    kind="uptime-robot",
    title="Uptime Robot",
    verify=verify,
    delivery_id=delivery_id,
    parse=parse,
    keep_headers=("content-type",),
    takes_query=True,
)
