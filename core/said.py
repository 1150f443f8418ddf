"""Words people typed into a fact of an event. They stand beside the log, which keeps a salted digest, so that they can
be erased while the chain goes on verifying (G-7)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from core.models import Event, EventText

KEY, DIGEST = "said", "digest"


def set_apart(data: dict[str, Any], names: Collection[str], *, subject: tuple[str, int]) -> list[dict[str, Any]]:
    """Replaces the texts among the facts by references, in place; returns the rows that hold them."""
    rows = []
    for name in names:
        text = data.get(name)
        if isinstance(text, str) and text:
            key, salt = secrets.token_hex(16), secrets.token_hex(16)
            data[name] = {KEY: key, DIGEST: _digest(salt, text)}
            rows.append({"key": key, "salt": salt, "body": text, "subject_type": subject[0], "subject_id": subject[1]})
    return rows


def with_words(events: Iterable[Event]) -> list[Event]:
    """The events with the texts put back among their facts, for reading only; one query, none without such a fact."""
    found = list(events)
    wanted = [fact[KEY] for event in found for fact in _references(event.data)]
    if wanted:
        texts = dict(EventText.objects.filter(pk__in=wanted).values_list("pk", "body"))
        for event in found:
            event.data = {
                name: texts.get(value[KEY], "") if _is_reference(value) else value for name, value in event.data.items()
            }
    return found


def changed(events: Collection[Event]) -> Iterator[tuple[Event, str]]:
    """Events whose words are not those that were said, and what is wrong. Words that were erased are right."""
    wanted = {fact[KEY]: (event, fact[DIGEST]) for event in events for fact in _references(event.data)}
    texts = EventText.objects.in_bulk(wanted) if wanted else {}
    for key, (event, digest) in wanted.items():
        text = texts.get(key)
        if text is None:
            yield event, "its words are gone"
        elif text.erased_at is None and _digest(text.salt, text.body) != digest:
            yield event, "its words are others"


def erase(texts: Iterable[EventText], *, now: datetime) -> int:
    """Keeps new words (`body` is set already) instead of what was said; the salt goes, so the digest tells nothing."""
    rows = list(texts)
    for row in rows:
        row.salt, row.erased_at = "", now
    return EventText.objects.bulk_update(rows, ["body", "salt", "erased_at"], batch_size=500)


def _references(data: dict[str, Any]) -> Iterator[dict[str, str]]:
    return (value for value in data.values() if _is_reference(value))


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {KEY, DIGEST}


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()
