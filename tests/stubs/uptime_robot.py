"""Uptime Robot's API v3: `nextLink` with a cursor, `resolvedAt` null while an outage lasts."""

from __future__ import annotations

from typing import Any

from tests.stubs.base import Asked, Reply, StubServer


class UptimeRobotStub(StubServer):
    """`incidents` and `monitors` by id; `page_size` makes pages small."""

    def __init__(self, port: int = 0, page_size: int = 50) -> None:
        super().__init__(port)
        self.page_size = page_size
        self.incidents: dict[str, dict[str, Any]] = {}
        self.monitors: dict[int, dict[str, Any]] = {}

    def put_monitor(self, monitor_id: int, **fields: Any) -> None:
        """Adds or changes a monitor."""
        fresh = {
            "id": monitor_id,
            "friendlyName": f"Web {monitor_id}",
            "url": f"https://web{monitor_id}.example.org",
            "status": "UP",
            "sslExpiryDateTime": None,
            "domainExpireDate": None,
            "tags": [],
        }
        self.monitors[monitor_id] = self.monitors.get(monitor_id, fresh) | fields

    def put_incident(self, incident_id: str, monitor_id: int, **fields: Any) -> None:
        """Adds or changes an incident."""
        fresh = {
            "id": incident_id,
            "status": "Ongoing",
            "type": "Down",
            "cause": 502,
            "reason": "Bad Gateway",
            "monitor": {"id": monitor_id, "friendlyName": f"Web {monitor_id}"},
            "commentsCount": 0,
            "resolvedAt": None,
            "duration": None,
            "includeInReports": True,
        }
        self.incidents[incident_id] = self.incidents.get(incident_id, fresh) | fields

    def answer(self, asked: Asked) -> Reply:
        """A page of incidents or monitors."""
        if asked.path == "/v3/incidents":
            after = asked.query.get("started_after", "")
            rows = [row for row in self.incidents.values() if str(row["startedAt"])[:19] > after[:19]]
            return self._page(asked, sorted(rows, key=lambda row: str(row["startedAt"]), reverse=True))
        if asked.path == "/v3/monitors":
            return self._page(asked, list(self.monitors.values()))
        return Reply(404, {"message": "Not Found"})

    def _page(self, asked: Asked, rows: list[dict[str, Any]]) -> Reply:
        offset = int(asked.query.get("cursor", "0"))
        until = offset + self.page_size
        next_link = f"{self.url}{asked.path}?cursor={until}" if until < len(rows) else None
        return Reply(200, {"nextLink": next_link, "data": rows[offset:until]})


def rate_limited(reset_at: float, retry_after_s: int) -> Reply:
    """Uptime Robot's 429."""
    return Reply(
        429,
        {"message": "Too many requests"},
        {
            "X-RateLimit-Limit": "10",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(reset_at)),
            "Retry-After": str(retry_after_s),
        },
    )
