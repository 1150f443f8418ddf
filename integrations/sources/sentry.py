"""Sentry: signed webhooks of an internal integration, and issues read from its API. Steps: docs/integrations/sentry.md.

Sentry writes an issue into the body when it sends, not when the thing happened, so the body's status decides and the
action is only a label. Nothing guarantees order: each observation carries the time it was true.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.text import first_line
from incidents.rules.signals import Severity, Signal, SignalKind, SignalState
from integrations.contract import POLL_HEADER, Headers, Source, Unreadable
from integrations.reading import as_block, as_dict, as_id, as_text, as_time, as_url, digest, latest, read_json

DEFAULT_BASE_URL = "https://sentry.io"
LEVELS: dict[str, Severity] = {
    "fatal": "critical",
    "critical": "critical",
    "error": "high",
    "warning": "medium",
    "info": "low",
    "debug": "low",
    "sample": "low",
}
_PERFORMANCE = {"performance", "db_query", "http_client", "frontend", "mobile", "metric", "replay"}
_SECURITY_TYPES = {"csp", "hpkp", "expectct", "expectstaple", "security"}
_STATUS = {
    "resolved": SignalState.CLEARED,
    "ignored": SignalState.MUTED,
    "archived": SignalState.MUTED,
    "muted": SignalState.MUTED,
    "unresolved": SignalState.FIRING,
}
_ACTION = {**_STATUS, "created": SignalState.FIRING}
_METRIC: dict[str, tuple[SignalState, Severity]] = {
    "critical": (SignalState.FIRING, "critical"),
    "warning": (SignalState.FIRING, "medium"),
    "open": (SignalState.FIRING, "high"),
    "resolved": (SignalState.CLEARED, "high"),
}
_RETURNED = {"regressed", "escalating"}
_RESOURCES = {
    "issue": "issue",
    "event": "event_alert",
    "metric_alert": "metric_alert",
    "comment": "comment",
    "error": "error",
}
_ISSUE_IN_URL = re.compile(r"/issues/([0-9]+)")


def verify(raw: bytes, headers: Headers, token: str | None, secrets: list[str]) -> bool:
    """Whether the signature is the HMAC-SHA256 of these very bytes under one of the secrets. The token is not asked."""
    given = headers.get("sentry-hook-signature", "").strip().encode("utf-8", "replace")
    matches = [hmac.compare_digest(sign(raw, secret).encode(), given) for secret in secrets if secret]
    return any(matches)


def sign(raw: bytes, secret: str) -> str:
    """The signature Sentry would send."""
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def delivery_id(raw: bytes, headers: Headers) -> str:
    """Request-ID and body together: the id is not signed, so alone it must not make another body disappear."""
    return f"{as_id(headers.get('request-id'))}:{digest(raw)[:32]}"


def issue_fingerprint(account: str, issue_id: str) -> str:
    """The object name of an issue, for webhooks, alert rules, comments and polls alike."""
    return f"sentry:{account}:issue:{issue_id}"


def page_url(fingerprint: str, settings: Mapping[str, Any]) -> str:
    """The page of an issue by its fingerprint: most webhooks carry no address."""
    _, _, what = fingerprint.partition(":issue:")
    base, organization = settings.get("base_url") or DEFAULT_BASE_URL, settings.get("organization")
    return f"{base}/organizations/{organization}/issues/{what}/" if what and organization else ""


def parse(raw: bytes, headers: Headers, account: str) -> list[Signal]:
    """The signals in a delivery; none for what does not concern us. Raises Unreadable."""
    body = read_json(raw)
    polled = headers.get(POLL_HEADER, "")
    if polled:
        return [_polled_issue(body, polled, account)]
    data = as_dict(body.get("data"))
    resource = headers.get("sentry-hook-resource", "") or _guess_resource(data)
    account = account or as_id(as_dict(body.get("installation")).get("uuid"))
    sent_at = as_time(headers.get("sentry-hook-timestamp"))
    reader = _READERS.get(resource)
    return reader(as_text(body.get("action"), limit=40), data, account, sent_at) if reader else []


def _guess_resource(data: dict[str, Any]) -> str:
    return next((resource for key, resource in _RESOURCES.items() if key in data), "")


def _issue(action: str, data: dict[str, Any], account: str, sent_at: datetime | None) -> list[Signal]:
    issue = as_dict(data.get("issue"))
    signal = _describe(issue, account)
    state = _STATUS.get(as_text(issue.get("status")).lower()) or _ACTION.get(action, SignalState.INFO)
    if state is SignalState.FIRING and action and action not in _ACTION:
        state = SignalState.INFO
    seen_at = latest(as_time(issue.get("lastSeen")), as_time(issue.get("firstSeen")))
    is_birth = action == "created" and state is SignalState.FIRING
    return [
        replace(
            signal,
            state=state,
            observed_at=(seen_at or sent_at) if is_birth else latest(sent_at, seen_at),
            label=_label(action, data, issue),
        )
    ]


def _polled_issue(body: dict[str, Any], polled: str, account: str) -> Signal:
    signal = _describe(body, account)
    if polled == "gone":
        return replace(signal, state=SignalState.CLEARED, label="In Sentry gelöscht oder zusammengeführt")
    state = _STATUS.get(as_text(body.get("status")).lower(), SignalState.INFO)
    seen_at = as_time(body.get("lastSeen")) if polled == "seen" else None
    return replace(
        signal, state=state, observed_at=seen_at, label=f"Abgefragt: {as_text(body.get('status'), limit=40)}"
    )


def _describe(issue: dict[str, Any], account: str) -> Signal:
    """Everything but state and time of an issue. Raises Unreadable when nothing names it."""
    issue_id = as_id(issue.get("id")) or _id_from_url(issue.get("url"), issue.get("web_url"), issue.get("permalink"))
    if not issue_id:
        raise Unreadable("no issue id")
    kind, severity = _judge(issue)
    short = as_text(issue.get("shortId"), limit=60)
    metadata = as_dict(issue.get("metadata"))
    details = {
        "short_id": short,
        "culprit": as_text(issue.get("culprit"), limit=300),
        "value": as_text(metadata.get("value"), limit=500),
        "level": as_text(issue.get("level"), limit=40),
        "count": as_text(issue.get("count"), limit=20),
        "users": as_text(issue.get("userCount"), limit=20),
        "substatus": as_text(issue.get("substatus"), limit=60),
        "category": as_text(issue.get("issueCategory"), limit=60),
    }
    return Signal(
        fingerprint=issue_fingerprint(account, issue_id),
        state=SignalState.INFO,
        kind=kind,
        severity=severity,
        title=_title(issue, f"Sentry {short or issue_id}"),
        description="\n".join(line for line in (details["culprit"], details["value"]) if line),
        url=as_url(issue.get("web_url")) or as_url(issue.get("permalink")) or _built_url(issue, issue_id),
        module=_project(issue.get("project")),
        is_regression=as_text(issue.get("substatus")) in _RETURNED,
        details={name: value for name, value in details.items() if value},
    )


def _judge(issue: dict[str, Any]) -> tuple[SignalKind, Severity]:
    category = as_text(issue.get("issueCategory")).lower()
    if category == "outage":
        return "availability", "critical"
    if category == "feedback":
        return "error", "low"
    severity = LEVELS.get(as_text(issue.get("level")).lower(), "high")
    if as_text(issue.get("type")).lower() in _SECURITY_TYPES:
        return "security", severity
    return ("performance" if category in _PERFORMANCE else "error"), severity


def _title(thing: dict[str, Any], otherwise: str) -> str:
    for key in ("title", "message", "culprit"):
        value = thing.get(key)
        if isinstance(value, str) and value.strip():
            return first_line(value, limit=160)
    return otherwise


def _project(value: object) -> str:
    project = as_dict(value)
    return as_text(project.get("slug") or project.get("name"), limit=80) or as_text(value, limit=80)


def _built_url(issue: dict[str, Any], issue_id: str) -> str:
    """The page of the issue out of its API address; webhooks after the first carry no page address."""
    match = re.match(
        r"(https?://[^/]+)/api/0/organizations/([^/]+)/", as_url(issue.get("url") or issue.get("issue_url"))
    )
    return f"{match[1]}/organizations/{match[2]}/issues/{issue_id}/" if match else ""


def _id_from_url(*urls: object) -> str:
    for url in urls:
        match = _ISSUE_IN_URL.search(as_text(url, limit=1000))
        if match:
            return as_id(match[1])
    return ""


def _label(action: str, data: dict[str, Any], issue: dict[str, Any]) -> str:
    label = action or "issue"
    if action == "assigned":
        label += f": {as_text(as_dict(data.get('assignee')).get('name'), limit=80)}"
    status = as_dict(issue.get("statusDetails"))
    if as_text(issue.get("status")) == "resolved" and status.keys() & {"inNextRelease", "inRelease", "inCommit"}:
        label += " (wartet auf Release)"
    return label


def _event_alert(action: str, data: dict[str, Any], account: str, sent_at: datetime | None) -> list[Signal]:
    event = as_dict(data.get("event"))
    issue_id = as_id(event.get("issue_id")) or _id_from_url(event.get("issue_url"), event.get("web_url"))
    if not issue_id:
        raise Unreadable("no issue id")
    rule = as_text(data.get("triggered_rule"), limit=120)
    signal = _describe({**event, "id": issue_id, "permalink": None}, account)
    details = {
        "rule": rule,
        "environment": as_text(event.get("environment"), limit=80),
        "release": as_text(event.get("release"), limit=120),
        "event_id": as_text(event.get("event_id"), limit=64),
    }
    return [
        replace(
            signal,
            state=SignalState.FIRING,
            module="" if as_text(event.get("project")).isdigit() else signal.module,
            observed_at=as_time(event.get("datetime")) or as_time(event.get("timestamp")) or sent_at,
            label=f"Alarmregel {rule}".strip(),
            details=signal.details | {name: value for name, value in details.items() if value},
        )
    ]


def _metric_alert(action: str, data: dict[str, Any], account: str, sent_at: datetime | None) -> list[Signal]:
    alert = as_dict(data.get("metric_alert"))
    alert_id = as_id(alert.get("id")) or as_id(alert.get("identifier"))
    if not alert_id:
        raise Unreadable("no metric alert id")
    unknown: tuple[SignalState, Severity] = (SignalState.INFO, "medium")
    state, severity = _METRIC.get(action, unknown)
    began_at = as_time(alert.get("date_detected")) or as_time(alert.get("date_started"))
    rule = as_dict(alert.get("alert_rule"))
    projects = alert.get("projects")
    details = {
        "rule": as_text(rule.get("name"), limit=160),
        "query": as_text(rule.get("query"), limit=300),
        "aggregate": as_text(rule.get("aggregate"), limit=160),
    }
    return [
        Signal(
            fingerprint=f"sentry:{account}:metric:{alert_id}",
            state=state,
            kind="performance" if "duration" in details["aggregate"] or "apdex" in details["aggregate"] else "error",
            severity=severity,
            title=_title(alert, "") or as_text(data.get("description_title")) or f"Sentry Metric Alert {alert_id}",
            description=as_block(data.get("description_text")),
            url=as_url(data.get("web_url")),
            module=as_text(projects[0], limit=80) if isinstance(projects, list) and projects else "",
            observed_at=latest(sent_at, as_time(alert.get("date_closed")))
            if action == "resolved"
            else began_at or sent_at,
            label=action,
            details={name: value for name, value in details.items() if value},
        )
    ]


def _comment(action: str, data: dict[str, Any], account: str, sent_at: datetime | None) -> list[Signal]:
    comment = as_dict(data.get("comment")) or data
    issue_id = as_id(comment.get("issue_id"))
    if not issue_id:
        return []
    return [
        Signal(
            fingerprint=issue_fingerprint(account, issue_id),
            state=SignalState.INFO,
            kind="error",
            severity="low",
            title=f"Sentry-Kommentar zu {issue_id}",
            description=as_block(comment.get("comment")),
            module=as_text(comment.get("project_slug"), limit=80),
            observed_at=as_time(comment.get("timestamp")) or sent_at,
            label=f"Kommentar {action}".strip(),
        )
    ]


Reader = Callable[[str, dict[str, Any], str, datetime | None], list[Signal]]
_READERS: dict[str, Reader] = {
    "issue": _issue,
    "event_alert": _event_alert,
    "metric_alert": _metric_alert,
    "comment": _comment,
}

SOURCE = Source(
    kind="sentry",
    title="Sentry",
    verify=verify,
    delivery_id=delivery_id,
    parse=parse,
    keep_headers=("sentry-hook-resource", "sentry-hook-timestamp", "request-id", "content-type"),
    timestamp_header="sentry-hook-timestamp",
    page_url=page_url,
)
