"""From deliveries to consequences: claim a batch, read it, hand the signals to `lifecycle`, write down what came of it.

One transaction per batch, so a worker killed in the middle leaves everything pending and nothing half done. When a
batch fails, its deliveries are tried one by one: one poisonous delivery must not hold up the others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from core.text import clean, clean_tree
from incidents.rules.signals import Signal
from integrations.contract import Unreadable
from integrations.models import Delivery, Source
from integrations.registry import SOURCES
from lifecycle.signals import Outcome, SourceRef, receive_all

log = structlog.get_logger()
ATTEMPTS_MAX = 5
BACKOFF = timedelta(seconds=30)
BATCH_BYTES_MAX = 16 * 1024 * 1024
WITHOUT_EFFECT = frozenset({"ignored", "stale"})
State = Delivery.State


@dataclass(slots=True)
class Item:
    """A claimed delivery on its way through the batch."""

    delivery: Delivery
    signals: list[Signal] = field(default_factory=list)
    state: str = State.IGNORED
    error: str = ""
    outcome: list[dict[str, Any]] = field(default_factory=list)
    poison: Exception | None = None


def translate_pending(*, now: datetime, limit: int = 200) -> int:
    """Translates up to `limit` waiting deliveries in the order they came; how many were taken up.

    Several at once share the work. A database that is away raises, and everything stays pending.
    """
    ids: list[int] = []
    try:
        with transaction.atomic():
            items = _claim(now=now, limit=limit)
            ids = [item.delivery.pk for item in items]
            _carry_out(items, now=now)
    except Exception as error:
        if not ids or not connection.is_usable():
            raise
        log.warning("translation.batch_failed", deliveries=len(ids), error=type(error).__name__)
        for delivery_id in ids:
            _translate_one(delivery_id, now=now)
    return len(ids)


def _translate_one(delivery_id: int, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            _carry_out(_claim(now=now, limit=1, only=delivery_id), now=now)
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise
        with transaction.atomic():
            for item in _claim(now=now, limit=1, only=delivery_id):
                _postpone(item.delivery, error, now=now)


def _claim(*, now: datetime, limit: int, only: int | None = None) -> list[Item]:
    """Locks waiting deliveries nobody else holds, in the order of their ids, and loads as many as memory allows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, octet_length(body) FROM integrations_delivery"
            " WHERE state = 'pending' AND (next_try_at IS NULL OR next_try_at <= %s)"
            " AND (%s::bigint IS NULL OR id = %s) ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [now, only, only, limit],
        )
        found = cursor.fetchall()
    total = 0
    ids: list[int] = []
    for delivery_id, size in found:
        total += size
        if ids and total > BATCH_BYTES_MAX:
            break
        ids.append(delivery_id)
    return [Item(row) for row in Delivery.objects.select_related("source").filter(pk__in=ids).order_by("pk")]


def _carry_out(items: Sequence[Item], *, now: datetime) -> None:
    for item in items:
        _read(item)
    live = [item for item in items if item.signals]
    outcomes = receive_all(
        [
            (signal, SourceRef(str(item.delivery.source), item.delivery.source.title), item.delivery.received_at)
            for item in live
            for signal in item.signals
        ],
        now=now,
    )
    rest = iter(outcomes)
    for item in live:
        _conclude(item, [next(rest) for _signal in item.signals])
    for item in items:
        if item.poison is not None:
            _postpone(item.delivery, item.poison, now=now)
    _store([item for item in items if item.poison is None])
    _note_life(items)


def _read(item: Item) -> None:
    """Fills in the signals, or why there are none. A mistake in our own parser is a failure, not the sender's fault."""
    delivery, source = item.delivery, item.delivery.source
    kind = SOURCES.get(source.kind)
    account = str(source.settings.get("account") or source.name)
    try:
        if kind is None:
            raise Unreadable(f"no source of kind {source.kind} any more")
        signals = kind.parse(bytes(delivery.body), delivery.headers, account)
    except Unreadable as error:
        item.state, item.error = State.FLAGGED, clean(str(error), limit=500)
        return
    except Exception as error:
        item.poison = error
        return
    signals = [_with_page(signal, kind.page_url(signal.fingerprint, source.settings)) for signal in signals]
    if source.mode != Source.Mode.LIVE:
        item.state, item.outcome = State.RECORDED, [_described(signal) for signal in signals]
    else:
        item.signals = signals


def _with_page(signal: Signal, page: str) -> Signal:
    return signal if signal.url or not page else replace(signal, url=page)


def _described(signal: Signal) -> dict[str, Any]:
    """What a signal would have said, for sources that only record."""
    return {
        "fingerprint": signal.fingerprint,
        "effect": "recorded",
        "incident": "",
        "state": signal.state.value,
        "kind": signal.kind,
        "severity": signal.severity,
        "title": signal.title,
        "observed_at": signal.observed_at.isoformat() if signal.observed_at else None,
    }


def _conclude(item: Item, outcomes: Sequence[Outcome]) -> None:
    item.outcome = [
        {"fingerprint": outcome.fingerprint, "effect": outcome.effect, "incident": outcome.incident_number}
        for outcome in outcomes
    ]
    had_effect = any(outcome.effect not in WITHOUT_EFFECT for outcome in outcomes)
    item.state = State.DONE if had_effect else State.IGNORED


def _postpone(delivery: Delivery, error: Exception, *, now: datetime) -> None:
    """Tries again later, five times in all; then it is a dead letter that waits for a person."""
    delivery.attempts += 1
    traceback = error if delivery.attempts == 1 else None
    log.warning("translation.failed", delivery=delivery.pk, attempt=delivery.attempts, exc_info=traceback)
    delivery.error = clean(f"{type(error).__name__}: {error}", limit=500)
    if delivery.attempts >= ATTEMPTS_MAX:
        delivery.state, delivery.next_try_at = State.DEAD, None
    else:
        delivery.next_try_at = now + BACKOFF * 2 ** (delivery.attempts - 1)
    delivery.save(update_fields=["attempts", "error", "state", "next_try_at"])


def _store(items: Sequence[Item]) -> None:
    """Writes the results of a batch in one statement."""
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrations_delivery AS d"
            " SET state = v.state, error = v.error, outcome = v.outcome::jsonb, next_try_at = NULL"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS v (id, state, error, outcome)"
            " WHERE d.id = v.id",
            [
                [item.delivery.pk for item in items],
                [str(item.state) for item in items],
                [item.error for item in items],
                [json.dumps(clean_tree(item.outcome)) for item in items],
            ],
        )


def _note_life(items: Sequence[Item]) -> None:
    """Moves `last_delivery_at` of the sources, at most once in five seconds: it is one row that everybody shares."""
    newest: dict[int, datetime] = {}
    for item in items:
        if item.delivery.via == "hook":
            at = newest.get(item.delivery.source_id)
            newest[item.delivery.source_id] = max(at, item.delivery.received_at) if at else item.delivery.received_at
    for source_id in sorted(newest):
        Source.objects.filter(pk=source_id).exclude(
            last_delivery_at__gt=newest[source_id] - timedelta(seconds=5)
        ).update(last_delivery_at=newest[source_id])
