"""Sentry's API, as far as the poller reads it. Pages are followed by cursor only: our token goes to our address."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

from core.http import Client, Failed
from integrations.clients.pages import Page, objects

_NEXT = re.compile(r'rel="next"[^,]*?;\s*results="true"[^,]*?;\s*cursor="([^"]*)"')


class SentryClient:
    """Issues of one organization."""

    def __init__(self, *, base_url: str, organization: str, token: str, http: Client | None = None) -> None:
        self._http = http or Client(headers={"Authorization": f"Bearer {token}"})
        self._root = f"{base_url.rstrip('/')}/api/0/organizations/{quote(organization, safe='')}/issues/"

    def issues(self, *, now: datetime, query: str = "is:unresolved", cursor: str = "", project: str = "") -> Page:
        """One page of issues, the one seen last first. Raises OutboundError."""
        params = {"query": query, "sort": "date", "limit": "100", "collapse": "stats"}
        params |= {"cursor": cursor} if cursor else {}
        params |= {"project": project} if project else {}
        answer = self._http.get(self._root, now=now, params=params)
        if answer.status == 404:
            raise Failed("Sentry knows no such organization", 404)
        return Page(objects(answer.json()), next_cursor(answer.headers.get("link", "")))

    def issue(self, issue_id: str, *, now: datetime) -> dict[str, Any] | None:
        """One issue; None when it was deleted or merged into another. Raises OutboundError."""
        answer = self._http.get(f"{self._root}{quote(issue_id, safe='')}/", now=now)
        if answer.status == 404:
            return None
        found = answer.json()
        if not isinstance(found, dict):
            raise Failed("an issue was expected")
        return found


def next_cursor(link: str) -> str:
    """The cursor of the next page out of a Link header. Sentry always names one; `results` tells whether it exists."""
    for part in re.split(r",\s*(?=<)", link):
        match = _NEXT.search(part)
        if match:
            return match[1]
    return ""
