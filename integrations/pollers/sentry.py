"""Sentry: the unresolved issues down to the watermark, then our own standing ones, one by one.

Resolving does not move an issue's `lastSeen`, so the list alone would never tell that one of ours is over. Metric
alerts have no list; for them the webhook is all there is.
"""

from __future__ import annotations

from typing import Any

from core.http import Failed
from core.secrets import decrypt
from core.text import first_line
from incidents.models import Alert
from integrations.clients.sentry import SentryClient
from integrations.pollers.run import OVERLAP, PAGES_MAX, Poll
from integrations.reading import as_id, as_text, as_time
from integrations.sources.sentry import DEFAULT_BASE_URL, issue_fingerprint

ROUND = 30
"""Standing issues asked one by one in a run; the next run goes on after the last."""
_SAME = {"unresolved": Alert.State.FIRING, "resolved": Alert.State.CLEARED, "ignored": Alert.State.MUTED}
_RETURNED = ("regressed", "escalating")


def read(poll: Poll) -> None:
    """Walks the list and asks for our own. Raises OutboundError; what was stored until then stays."""
    settings = poll.source.settings
    organization = as_text(settings.get("organization"))
    if not organization:
        raise Failed("the setting `organization` is missing")
    base_url = as_text(settings.get("base_url"), limit=300) or DEFAULT_BASE_URL
    client = SentryClient(base_url=base_url, organization=organization, token=decrypt(poll.source.api_token))
    seen = _walk(poll, client)
    _ask_for_ours(poll, client, seen)


def _walk(poll: Poll, client: SentryClient) -> set[str]:
    """The fingerprints met. A walk too long for one run goes on at the stored page in the next."""
    cursor = as_text(poll.cursor.get("resume"), limit=300)
    started = as_text(poll.cursor.get("resume_started")) or poll.now.isoformat()
    watermark, seen = poll.watermark(), set[str]()
    project = as_text(poll.source.settings.get("project"))
    for _page in range(PAGES_MAX):
        try:
            page = client.issues(now=poll.now, cursor=cursor, project=project)
        except Failed as error:
            if error.status == 400:
                poll.cursor.pop("resume", None)
            raise
        seen |= _compare_all(poll, page.items)
        last_seen = as_time(page.items[-1].get("lastSeen")) if page.items else None
        is_known_from_here = last_seen is not None and last_seen < watermark
        if not page.cursor or page.cursor == cursor or is_known_from_here:
            poll.cursor.pop("resume", None)
            poll.cursor.pop("resume_started", None)
            poll.cursor["watermark"] = started
            break
        cursor = page.cursor
        poll.cursor |= {"resume": cursor, "resume_started": started}
    return seen


def _compare_all(poll: Poll, issues: list[dict[str, Any]]) -> set[str]:
    named = {
        issue_fingerprint(poll.account, as_id(issue.get("id"))): issue for issue in issues if as_id(issue.get("id"))
    }
    held = poll.alerts(named)
    for fingerprint, issue in named.items():
        _compare(poll, issue, held.get(fingerprint))
    return set(named)


def _compare(poll: Poll, issue: dict[str, Any], alert: Alert | None) -> None:
    """Delivers an issue if it says something we do not hold."""
    status, last_seen = as_text(issue.get("status")), as_time(issue.get("lastSeen"))
    has_moved = alert is not None and last_seen is not None and last_seen > alert.last_at
    if alert is None:
        is_news = status == "unresolved" and _concerns_us(poll, issue)
    elif alert.state == _SAME.get(status):
        is_news = has_moved and status == "unresolved"
    elif alert.state == Alert.State.MUTED and status == "unresolved":
        is_news = has_moved or as_text(issue.get("substatus")) in _RETURNED
    else:
        is_news = status in _SAME and not poll.is_fresh(alert)
    if is_news:
        # a state we hold already only happened again, and that at its own time
        what = "seen" if alert is not None and alert.state == _SAME.get(status) else "issue"
        poll.deliver(what, issue, key=f"{as_id(issue.get('id'))}:{status}:{last_seen}", alert=alert)


def _concerns_us(poll: Poll, issue: dict[str, Any]) -> bool:
    """Whether an issue we never heard of began, or came back, while we were listening. Old ones stay Sentry's."""
    last_seen, first_seen = as_time(issue.get("lastSeen")), as_time(issue.get("firstSeen"))
    if last_seen is not None and last_seen < poll.watermark():
        return False
    is_new = first_seen is None or first_seen >= poll.began_at - OVERLAP
    return is_new or as_text(issue.get("substatus")) in _RETURNED


def _ask_for_ours(poll: Poll, client: SentryClient, seen: set[str]) -> None:
    standing = [row for row in poll.standing() if ":issue:" in row.fingerprint and row.fingerprint not in seen]
    after = poll.cursor.get("round")
    later = [row for row in standing if isinstance(after, int) and row.pk > after]
    for alert in (later + [row for row in standing if row not in later])[:ROUND]:
        issue_id = alert.fingerprint.rpartition(":")[2]
        issue = client.issue(issue_id, now=poll.now)
        poll.cursor["round"] = alert.pk
        if issue is None or as_id(issue.get("id")) != issue_id:
            gone = {"id": issue_id, "title": first_line(alert.title)}
            poll.deliver("gone", gone, key=f"{issue_id}:gone", alert=alert)
        else:
            _compare(poll, issue, alert)
