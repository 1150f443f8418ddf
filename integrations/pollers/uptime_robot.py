"""Uptime Robot: incidents since the watermark, then every monitor as it stands now, with its expiry dates.

An incident's `resolvedAt` decides, its words do not: the vendor leaves them undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.http import Failed
from core.secrets import decrypt
from incidents.models import Alert
from integrations.clients.pages import Page
from integrations.clients.uptime_robot import DEFAULT_BASE_URL, UptimeRobotClient
from integrations.pollers.run import PAGES_MAX, Poll
from integrations.reading import as_dict, as_id, as_text, as_time
from integrations.sources.uptime_robot import (
    RENEWED_AFTER_DAYS,
    Expiring,
    down_fingerprint,
    expiry_fingerprint,
    expiry_severity,
)

WARN_DAYS = 14
"""Days left at which an expiry no webhook told us about becomes an alarm."""
_DATES: tuple[tuple[Expiring, str], ...] = (("ssl", "sslExpiryDateTime"), ("domain", "domainExpireDate"))
Thing = dict[str, Any]


def read(poll: Poll) -> None:
    """Compares incidents and monitors with what we hold. Raises OutboundError; what was stored until then stays."""
    base_url = as_text(poll.source.settings.get("base_url"), limit=300) or DEFAULT_BASE_URL
    client = UptimeRobotClient(base_url=base_url, token=decrypt(poll.source.api_token))
    since = poll.watermark()
    incidents = _all(lambda cursor: client.incidents(now=poll.now, started_after=since, cursor=cursor))
    monitors = {
        as_id(item.get("id")): item for item in _all(lambda cursor: client.monitors(now=poll.now, cursor=cursor))
    }
    told = _compare_incidents(poll, incidents)
    _compare_monitors(poll, monitors, told)
    if poll.source.settings.get("watch_expiry", True):
        _compare_expiries(poll, monitors)
    poll.cursor["watermark"] = poll.now.isoformat()


def _all(fetch: Callable[[str], Page]) -> list[Thing]:
    items: list[Thing] = []
    cursor = ""
    for _page in range(PAGES_MAX):
        page = fetch(cursor)
        items += page.items
        if not page.cursor or page.cursor == cursor:
            return items
        cursor = page.cursor
    raise Failed(f"more than {PAGES_MAX} pages")


def _compare_incidents(poll: Poll, incidents: list[Thing]) -> set[str]:
    """The monitors whose newest incident says how they stand."""
    by_monitor: dict[str, list[Thing]] = {}
    for incident in sorted(incidents, key=_began):
        monitor_id = as_id(as_dict(incident.get("monitor")).get("id"))
        if monitor_id:
            by_monitor.setdefault(monitor_id, []).append(incident)
    held = poll.alerts(down_fingerprint(poll.account, monitor_id) for monitor_id in by_monitor)
    for monitor_id, own in by_monitor.items():
        alert = held.get(down_fingerprint(poll.account, monitor_id))
        for incident in own[:-1]:
            _keep_closed(poll, incident, alert)
        _compare_newest(poll, own[-1], alert)
    return set(by_monitor)


def _began(incident: Thing) -> str:
    at = as_time(incident.get("startedAt"))
    return at.isoformat() if at else ""


def _compare_newest(poll: Poll, incident: Thing, alert: Alert | None) -> None:
    is_ongoing = incident.get("resolvedAt") is None
    is_held = alert is not None and alert.state == Alert.State.FIRING
    if not is_ongoing and not is_held:
        _keep_closed(poll, incident, alert)
    elif is_ongoing != is_held and not poll.is_fresh(alert):
        own_time = as_time(incident.get("startedAt" if is_ongoing else "resolvedAt"))
        is_newer = alert is None or (own_time is not None and own_time > alert.last_at)
        key = f"{as_id(incident.get('id'))}:{'ongoing' if is_ongoing else 'resolved'}"
        poll.deliver("incident" if is_newer else "incident-now", incident, key=key, alert=alert)


def _keep_closed(poll: Poll, incident: Thing, alert: Alert | None) -> None:
    """An outage that began and ended without us is kept as a delivery without effect."""
    began = as_time(incident.get("startedAt"))
    was_heard = alert is not None and began is not None and alert.last_at >= began
    if incident.get("resolvedAt") is not None and not was_heard:
        poll.deliver("incident", incident, key=f"{as_id(incident.get('id'))}:closed")


def _compare_monitors(poll: Poll, monitors: dict[str, Thing], told: set[str]) -> None:
    held = poll.alerts(down_fingerprint(poll.account, monitor_id) for monitor_id in monitors)
    for monitor_id, monitor in monitors.items():
        alert = held.get(down_fingerprint(poll.account, monitor_id))
        status = as_text(monitor.get("status")).upper()
        is_held = alert is not None and alert.state == Alert.State.FIRING
        differs = (status == "UP" and is_held) or (status == "DOWN" and not is_held)
        if monitor_id not in told and differs and not poll.is_fresh(alert):
            poll.deliver("monitor", monitor, key=f"{monitor_id}:{status}", alert=alert)
    for alert in poll.standing() if monitors else []:
        monitor_id = alert.fingerprint.removesuffix(":down").rpartition(":")[2]
        if alert.fingerprint == down_fingerprint(poll.account, monitor_id) and monitor_id not in monitors:
            gone = {"id": monitor_id, "friendlyName": alert.title}
            if monitor_id.isdigit():
                poll.deliver("gone", gone, key=f"{monitor_id}:gone", alert=alert)


def _compare_expiries(poll: Poll, monitors: dict[str, Thing]) -> None:
    dated = [
        (expiry_fingerprint(poll.account, monitor_id, what), what, ends, monitor)
        for monitor_id, monitor in monitors.items()
        for what, column in _DATES
        if (ends := as_time(monitor.get(column))) is not None
    ]
    held = poll.alerts(fingerprint for fingerprint, _what, _ends, _monitor in dated)
    for fingerprint, what, ends, monitor in dated:
        _compare_expiry(poll, what, ends, monitor, held.get(fingerprint))


def _compare_expiry(poll: Poll, what: Expiring, ends: datetime, monitor: Thing, alert: Alert | None) -> None:
    days = (ends - poll.now).days
    if alert is not None and alert.state == Alert.State.FIRING:
        is_news = days > RENEWED_AFTER_DAYS or (days <= WARN_DAYS and expiry_severity(days) != alert.severity)
    else:
        is_news = days <= WARN_DAYS
    if is_news and not poll.is_fresh(alert):
        key = f"{as_id(monitor.get('id'))}:{ends.date()}:{expiry_severity(days)}"
        poll.deliver(f"{what}:{days}", monitor, key=key, alert=alert)
