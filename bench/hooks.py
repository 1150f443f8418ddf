"""Signed Sentry webhooks in any number, made before anything is timed."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.company import SECRET
from bench.wire import request
from integrations.sources.sentry import sign

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "payloads" / "sentry" / "issue.created.json"
_serial = itertools.count(1)


def body_of(issue: int, *, status: str = "unresolved", action: str = "created") -> bytes:
    """The sample body as Sentry would send it for that issue, now."""
    told = json.loads(SAMPLE.read_text())
    told["action"] = action
    told["data"]["issue"] |= {
        "id": str(issue),
        "shortId": f"BENCH-{issue}",
        "title": f"ZeroDivisionError: Notenschnitt {issue}",
        "status": status,
        "lastSeen": datetime.now(UTC).isoformat(),
        "count": str(next(_serial)),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def headers_of(body: bytes) -> dict[str, str]:
    """What Sentry sends along."""
    return {
        "Content-Type": "application/json",
        "Request-ID": uuid.uuid4().hex,
        "Sentry-Hook-Resource": "issue",
        "Sentry-Hook-Timestamp": str(int(datetime.now(UTC).timestamp())),
        "Sentry-Hook-Signature": sign(body, SECRET),
    }


def posts(count: int, *, issues: int, path: str = "/hooks/sentry/main/") -> Iterator[bytes]:
    """`count` requests about that many issues in turn."""
    made = []
    for number in range(count):
        body = body_of(9_000_000 + number % issues)
        made.append(request("POST", path, headers_of(body), body))
    return iter(made)
