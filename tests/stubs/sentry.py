"""Sentry's issue API: cursor pages whose Link header names a next page even when `results="false"`."""

from __future__ import annotations

import re
from typing import Any

from tests.stubs.base import Asked, Reply, StubServer

_ONE = re.compile(r"/api/0/organizations/(?P<org>[^/]+)/issues/(?P<id>[^/]+)/")


class SentryStub(StubServer):
    """`issues` by id; `merged` maps an id to the one it became part of; `page_size` makes pages small."""

    def __init__(self, organization: str = "musterschule", port: int = 0, page_size: int = 100) -> None:
        super().__init__(port)
        self.organization, self.page_size = organization, page_size
        self.issues: dict[str, dict[str, Any]] = {}
        self.merged: dict[str, str] = {}

    def put(self, issue_id: str, **fields: Any) -> dict[str, Any]:
        """Adds or changes an issue."""
        fresh = {
            "id": issue_id,
            "shortId": f"API-{issue_id}",
            "title": f"ValueError {issue_id}",
            "culprit": "api.views in get",
            "level": "error",
            "status": "unresolved",
            "substatus": "new",
            "statusDetails": {},
            "project": {"id": "77", "name": "api", "slug": "api", "platform": "python"},
            "issueCategory": "error",
            "issueType": "error",
            "count": "1",
            "userCount": 1,
            "metadata": {},
            "permalink": f"{self.url}/organizations/{self.organization}/issues/{issue_id}/",
        }
        self.issues[issue_id] = self.issues.get(issue_id, fresh) | fields
        return self.issues[issue_id]

    def answer(self, asked: Asked) -> Reply:
        """A list page or one issue."""
        if asked.path == f"/api/0/organizations/{self.organization}/issues/":
            return self._list(asked)
        found = _ONE.fullmatch(asked.path)
        if found and found["org"] == self.organization:
            issue = self.issues.get(self.merged.get(found["id"], found["id"]))
            return Reply(200, issue) if issue else Reply(404, {"detail": "The requested resource does not exist"})
        return Reply(404, {"detail": "The requested resource does not exist"})

    def _list(self, asked: Asked) -> Reply:
        wanted = asked.query.get("query", "is:unresolved")
        rows = [row for row in self.issues.values() if wanted != "is:unresolved" or row["status"] == "unresolved"]
        rows.sort(key=lambda row: str(row.get("lastSeen")), reverse=True)
        try:
            offset = int(asked.query.get("cursor", "0:0:0").split(":")[1])
        except (IndexError, ValueError):
            return Reply(400, {"detail": "Invalid cursor parameter."})
        until = offset + min(self.page_size, int(asked.query.get("limit", "100")))
        there_is_more = "true" if until < len(rows) else "false"
        there_was_more = "true" if offset else "false"
        address = f"{self.url}{asked.path}?"
        link = (
            f'<{address}&cursor=0:{max(0, offset - self.page_size)}:1>; rel="previous"; results="{there_was_more}";'
            f' cursor="0:{max(0, offset - self.page_size)}:1",'
            f' <{address}&cursor=0:{until}:0>; rel="next"; results="{there_is_more}"; cursor="0:{until}:0"'
        )
        return Reply(200, rows[offset:until], {"Link": link})


def rate_limited(reset_at: float) -> Reply:
    """Sentry's 429: it names the instant, not the pause."""
    return Reply(
        429,
        {"detail": "You are attempting to use this endpoint too frequently."},
        {
            "X-Sentry-Rate-Limit-Remaining": "0",
            "X-Sentry-Rate-Limit-Limit": "40",
            "X-Sentry-Rate-Limit-Reset": str(int(reset_at)),
        },
    )
