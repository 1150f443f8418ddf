"""What happens between a request and its 202: one look at the source (kept for two seconds), one INSERT.

Written in SQL on purpose: Sentry waits one second and never asks again, so this path does nothing that can wait.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core.secrets import decrypt
from integrations.reading import as_time

SOURCE_CACHE_S = 2.0
PENDING_MAX = 50_000
PENDING_CACHE_S = 1.0
LATE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Ear:
    """What the hook needs to know of a configured source. `secrets` come with the instant each one ends, or None."""

    id: int
    name: str
    mode: str
    secrets: tuple[tuple[str, datetime | None], ...]

    def valid_secrets(self, now: datetime) -> list[str]:
        """The secrets that open at `now`: the current one, and after a rotation the previous one for its grace."""
        return [secret for secret, until in self.secrets if secret and (until is None or now < until)]


_ears: dict[tuple[str, str], tuple[float, Ear]] = {}
_pending: tuple[float, bool] = (0.0, False)
_noted: dict[tuple[int, str], int] = {}
_noted_flushed: dict[int, float] = {}
_lock = threading.Lock()


def forget() -> None:
    """Empties what this process remembers."""
    global _pending
    _ears.clear()
    _noted.clear()
    _noted_flushed.clear()
    _pending = (0.0, False)


def find_ear(kind: str, name: str) -> Ear | None:
    """The source at /hooks/<kind>/<name>/, at most two seconds old. Raises SecretUnreadable."""
    known = _ears.get((kind, name))
    if known and known[0] > time.monotonic():
        return known[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, mode, secret, previous_secret, previous_valid_until FROM integrations_source"
            " WHERE kind = %s AND name = %s",
            [kind, name],
        )
        row = cursor.fetchone()
    if row is None:
        _ears.pop((kind, name), None)
        return None
    secrets = ((decrypt(row[2]), None), (decrypt(row[3]), row[4]))
    ear = Ear(row[0], name, row[1], secrets if row[4] else secrets[:1])
    _ears[kind, name] = (time.monotonic() + SOURCE_CACHE_S, ear)
    return ear


def is_flooded() -> bool:
    """Whether so much waits to be translated that more would only make it later; looked up once a second."""
    global _pending
    if _pending[0] <= time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM"
                " (SELECT 1 FROM integrations_delivery WHERE state = 'pending' LIMIT %s) AS waiting",
                [PENDING_MAX],
            )
            _pending = (time.monotonic() + PENDING_CACHE_S, cursor.fetchone()[0] >= PENDING_MAX)
    return _pending[1]


def store(
    *,
    source_id: int,
    delivery_id: str,
    headers: Mapping[str, str],
    body: bytes,
    received_at: datetime,
    state: str,
    error: str = "",
    via: str = "hook",
) -> int | None:
    """Keeps a delivery word for word. Its id, or None when the source delivered the same one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_delivery"
            " (source_id, delivery_id, received_at, headers, body, via, state, attempts, error, outcome)"
            " VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s, 0, %s, '[]'::jsonb)"
            " ON CONFLICT (source_id, delivery_id) DO NOTHING RETURNING id",
            [source_id, delivery_id or uuid.uuid4().hex, received_at, json.dumps(headers), body, via, state, error],
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row[0] if row else None


def skew(stamp: str, now: datetime) -> timedelta:
    """How far a sender's time (unix seconds) is away from ours; nothing when it says none."""
    at = as_time(stamp)
    return abs(now - at) if at is not None else timedelta()


def note(source_id: int, column: str, now: datetime) -> None:
    """Counts a refusal (`refused_count`) or a late request (`late_count`).

    At most one UPDATE per second, source and process: whoever sends rubbish must not be able to make us write. The
    rest is added to the next one.
    """
    with _lock:
        _noted[source_id, column] = _noted.get((source_id, column), 0) + 1
        if time.monotonic() - _noted_flushed.get(source_id, -1.0) < 1.0:
            return
        _noted_flushed[source_id] = time.monotonic()
        refused = _noted.pop((source_id, "refused_count"), 0)
        late = _noted.pop((source_id, "late_count"), 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_source SET refused_count = refused_count + %s, late_count = late_count + %s,"
            " last_refused_at = CASE WHEN %s > 0 THEN %s ELSE last_refused_at END WHERE id = %s",
            [refused, late, refused, now, source_id],
        )
