"""Uptime Robot's API v3, as far as the poller reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from core.http import Client, Failed
from integrations.clients.pages import Page, objects

DEFAULT_BASE_URL = "https://api.uptimerobot.com"


class UptimeRobotClient:
    """Incidents and monitors of one account."""

    def __init__(self, *, base_url: str, token: str, http: Client | None = None) -> None:
        self._http = http or Client(headers={"Authorization": f"Bearer {token}"})
        self._root = f"{base_url.rstrip('/')}/v3"

    def incidents(self, *, now: datetime, started_after: datetime, cursor: str = "") -> Page:
        """One page of incidents that began after an instant. Raises OutboundError."""
        since = started_after.strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._page("incidents", {"started_after": since}, cursor, now)

    def monitors(self, *, now: datetime, cursor: str = "") -> Page:
        """One page of monitors with status and expiry dates. Raises OutboundError."""
        return self._page("monitors", {"limit": "200"}, cursor, now)

    def _page(self, what: str, params: Mapping[str, str], cursor: str, now: datetime) -> Page:
        more = {"cursor": cursor} if cursor else {}
        answer = self._http.get(f"{self._root}/{what}", now=now, params={**params, **more})
        body = answer.json()
        if answer.status == 404 or not isinstance(body, dict):
            raise Failed(f"no list of {what}", answer.status)
        return Page(objects(body.get("data")), next_cursor(body.get("nextLink")))


def next_cursor(link: object) -> str:
    """The cursor in `nextLink`. The rest of that address is not used: our token goes to our address."""
    if not isinstance(link, str):
        return ""
    try:
        return parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    except ValueError:
        return ""
