"""Who else is looking at an incident: a note in the cache that fades by itself. Losing it loses nothing."""

from __future__ import annotations

from datetime import datetime

import redis.exceptions
from django.core.cache import cache

from directory.models import Person

FADES_AFTER_S = 15


def note_and_list(incident_id: int, person: Person, *, now: datetime) -> list[str]:
    """Notes that `person` looks, and names the others who looked within the last seconds."""
    key = f"looking:{incident_id}"
    instant = now.timestamp()
    try:
        looking: dict[int, tuple[str, float]] = cache.get(key) or {}
        looking = {pk: seen for pk, seen in looking.items() if instant - seen[1] < FADES_AFTER_S}
        looking[person.pk] = (person.display_name, instant)
        cache.set(key, looking, FADES_AFTER_S)
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
        return []
    return sorted(name for pk, (name, _at) in looking.items() if pk != person.pk)
