"""The hash chain over the log: sealing a few seconds after the fact, and finding what somebody changed since (G-7).

One sealer at a time (advisory lock) links events in the order in which it sees them, so writers never queue. The head
of the chain is also appended to a file outside the database: a chain alone cannot show that its end was cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from core import audit, said
from core.models import Event, EventSeal

GENESIS = "0" * 64
_LOCK = 0x5EA1
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: what (`changed`, `removed`, `inserted`, `swapped`, `cut_off`, …) and with which row."""

    problem: str
    row: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.problem}: {self.row}" + (f" ({self.detail})" if self.detail else "")


def digest(previous: str, event: Event) -> str:
    """SHA-256 over the previous link and every column of the event, in a form that has one spelling only."""
    row = {
        "id": event.pk,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": [event.actor_kind, event.actor_id, event.actor_label, event.via],
        "subject": [event.subject_type, event.subject_id],
        "rule": event.rule,
        "data": event.data,
    }
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


@transaction.atomic
def seal(*, now: datetime, anchor: Path | None = None, limit: int = 5000) -> int:
    """Seals up to `limit` unsealed events and returns how many; 0 when another sealer is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    head = EventSeal.objects.order_by("-seq").first()
    seq, previous = (head.seq, head.hash) if head else (0, GENESIS)
    seals = []
    for event in _unsealed(head)[:limit]:
        seq += 1
        previous = digest(previous, event)
        seals.append(EventSeal(seq=seq, event_id=event.pk, hash=previous, sealed_at=now))
    EventSeal.objects.bulk_create(seals, batch_size=1000)
    if seals and anchor is not None:
        transaction.on_commit(lambda: _append(anchor, f"{now.isoformat()} {seq} {previous}\n"))
    return len(seals)


def _unsealed(head: EventSeal | None) -> list[Event]:
    """Events without a seal. Transactions commit out of order, so a window behind the newest sealed id is re-read."""
    behind = 0
    if head is not None:
        newest = EventSeal.objects.order_by("-seq").values_list("event_id", flat=True)[:10_000]
        behind = max(min(newest) - 10_000, 0)
    return list(
        Event.objects.raw(
            "SELECT e.* FROM core_event e LEFT JOIN core_eventseal s ON s.event_id = e.id"
            " WHERE e.id > %s AND s.seq IS NULL ORDER BY e.id LIMIT 5000",
            [behind],
        )
    )


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def verify(*, now: datetime, anchor: Path | None = None) -> Iterator[Finding]:
    """Walks the whole chain and names what does not fit; nothing is yielded for an intact log."""
    previous, expected, highest = GENESIS, 1, 0
    highest_sealed_at: datetime | None = None
    heads, unreadable = _anchored(anchor)
    yield from unreadable
    hashes: dict[int, str] = {}
    for seal_row, event in _pairs():
        is_linked = seal_row.seq == expected
        if not is_linked:
            yield Finding("removed", f"seal {expected}", f"the chain continues with {seal_row.seq}")
        expected = seal_row.seq + 1
        if event is None:
            yield Finding("removed", f"event {seal_row.event_id}", f"sealed as {seal_row.seq}")
        elif is_linked and digest(previous, event) != seal_row.hash:
            yield Finding("changed", f"event {event.pk}", f"{event.kind}, sealed as {seal_row.seq}")
        if (
            event is not None
            and event.pk < highest
            and highest_sealed_at is not None
            and seal_row.sealed_at - highest_sealed_at > LATE
        ):
            yield Finding("inserted", f"event {event.pk}", "appeared long after later events were sealed")
        if seal_row.event_id > highest:
            highest, highest_sealed_at = seal_row.event_id, seal_row.sealed_at
        previous = seal_row.hash
        if seal_row.seq in heads:
            hashes[seal_row.seq] = seal_row.hash
    yield from _words()
    yield from _unsealed_too_long(now, highest)
    yield from _anchor_findings(heads, hashes, last=expected - 1)


def _pairs() -> Iterator[tuple[EventSeal, Event | None]]:
    last = 0
    while True:
        seals = list(EventSeal.objects.filter(seq__gt=last).order_by("seq")[:2000])
        if not seals:
            return
        events = Event.objects.in_bulk([row.event_id for row in seals])
        for row in seals:
            yield row, events.get(row.event_id)
        last = seals[-1].seq


def _words() -> Iterator[Finding]:
    """What people said, compared with the digests in the log."""
    kinds = [kind.name for kind in audit.kinds() if kind.texts]
    last = 0
    while batch := list(Event.objects.filter(pk__gt=last, kind__in=kinds).order_by("pk")[:2000]):
        for event, problem in said.changed(batch):
            yield Finding("changed", f"event {event.pk}", f"{event.kind}: {problem}")
        last = batch[-1].pk


def _unsealed_too_long(now: datetime, highest: int) -> Iterator[Finding]:
    late = Event.objects.raw(
        "SELECT e.* FROM core_event e LEFT JOIN core_eventseal s ON s.event_id = e.id"
        " WHERE s.seq IS NULL AND (e.recorded_at < %s OR e.id < %s) ORDER BY e.id LIMIT 100",
        [now - LATE, highest - 10_000],
    )
    for event in late:
        problem = "inserted" if event.pk < highest else "unsealed"
        yield Finding(problem, f"event {event.pk}", f"{event.kind} has no seal")


def _anchored(anchor: Path | None) -> tuple[dict[int, tuple[str, str]], list[Finding]]:
    """The heads that were kept outside, as number → (when, hash), and the lines nobody can read."""
    heads: dict[int, tuple[str, str]] = {}
    unreadable = []
    for line in anchor.read_text().splitlines() if anchor is not None and anchor.exists() else ():
        parts = line.split()
        if len(parts) == 3 and parts[1].isdigit():
            heads[int(parts[1])] = (parts[0], parts[2])
        else:
            unreadable.append(Finding("unreadable", "anchor file", line[:80]))
    return heads, unreadable


def _anchor_findings(heads: dict[int, tuple[str, str]], hashes: dict[int, str], *, last: int) -> Iterator[Finding]:
    for seq, (at, hash_) in heads.items():
        if seq not in hashes:
            yield Finding("cut_off", f"seal {seq}", f"was the head at {at}, the chain now ends at {last}")
        elif hashes[seq] != hash_:
            yield Finding("rebuilt", f"seal {seq}", f"does not match the head kept at {at}")
