"""What sources delivered word for word: bytes, in which a person is looked for as they would have been written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection

from lifecycle.personal.subject import Subject
from lifecycle.personal.wiping import stand_in

_REPLACE = (
    "UPDATE integrations_delivery SET body = %s WHERE state <> 'pending'"
    " AND EXISTS (SELECT FROM unnest(%s::bytea[]) AS given (word) WHERE position(given.word IN body) > 0)"
)


def take_out_of_raw(aliases: Sequence[Subject], *, now: datetime) -> int:
    """Replaces settled deliveries in whose body somebody stands; a body is one proof and goes as a whole."""
    words = [word.encode() for word in {word for alias in aliases for word in _spellings(alias)}]
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, [json.dumps({"erased": stand_in(now)}).encode(), words])
        return int(cursor.rowcount)


def _spellings(alias: Subject) -> Iterator[str]:
    """As text and as JSON writes it, which may escape whatever is not ASCII."""
    for word in (alias.email, alias.phone, alias.name if " " in alias.name else ""):
        if word:
            yield word
            yield json.dumps(word)[1:-1]
