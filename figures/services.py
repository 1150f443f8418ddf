"""Writes of the figures: facts follow the sealed log, roll-ups follow the facts.

The order of seals is the order in which events were seen to be committed (`core.sealing`), so a place in it is a
watermark that nothing can slip in behind: a transaction that commits late is sealed late. One transaction derives a
batch and moves the watermark; a process killed in the middle has changed nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from core.models import EventSeal
from figures import rollups
from figures.derive import derive
from figures.models import ClockFact, Fact, Progress
from incidents.models import Incident

BATCH = 1000
"""Seals of one step, incidents of one step of a rebuild."""
DAYS_AT_ONCE = 31
_CHANGED = """
SELECT DISTINCT e.subject_id FROM core_eventseal AS s JOIN core_event AS e ON e.id = s.event_id
WHERE s.seq > %s AND s.seq <= %s AND e.subject_type = 'incident'
"""
_DAYS = """
SELECT day FROM figures_fact AS f
CROSS JOIN LATERAL (VALUES (reported_day), (acknowledged_day), (first_resolved_day), (ended_day)) AS any_of (day)
WHERE {where} AND day IS NOT NULL
UNION SELECT day FROM figures_clockfact AS f
CROSS JOIN LATERAL (VALUES (decided_day), (breached_day)) AS any_of (day) WHERE {where} AND day IS NOT NULL
"""


def follow(*, now: datetime, limit: int = BATCH) -> int:
    """Takes the next sealed events into the facts and the days they touch. Returns how many; 0 when none is left."""
    with transaction.atomic():
        rollups.lock()
        progress = Progress.objects.first() or Progress(seq=0, as_of=now)
        seals = EventSeal.objects.filter(seq__gt=progress.seq).order_by("seq").values_list("seq", "sealed_at")[:limit]
        found = list(seals)
        if found:
            last, sealed_at = found[-1]
            with connection.cursor() as cursor:
                cursor.execute(_CHANGED, [progress.seq, last])
                changed = [row[0] for row in cursor.fetchall()]
            rollups.write_days(write_facts(changed, up_to=last))
            progress.seq = last
            progress.as_of = sealed_at if len(found) == limit else now
        else:
            progress.as_of = now
        progress.save()
        return len(found)


def write_facts(incident_ids: Collection[int], *, up_to: int | None = None) -> set[date]:
    """Writes the facts of these incidents anew. Returns the days they stood on before or stand on now."""
    touched = _days_of(incident_ids)
    derived = derive(incident_ids, up_to=up_to).values()
    ClockFact.objects.filter(incident_id__in=incident_ids).delete()
    Fact.objects.filter(incident_id__in=incident_ids).delete()
    Fact.objects.bulk_create([one.fact for one in derived], batch_size=BATCH)
    ClockFact.objects.bulk_create([row for one in derived for row in one.clocks], batch_size=BATCH)
    return touched | _days_of(incident_ids)


def rebuild(*, now: datetime) -> Iterator[int]:
    """Derives everything anew, in steps that each stand for themselves; yields how many incidents are done.

    What happens meanwhile is taken in by `follow`, which goes on from the seal that was the last one at the beginning.
    """
    head = EventSeal.objects.aggregate(last=Max("seq"))["last"] or 0
    last, done = 0, 0
    while ids := list(Incident.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rollups.lock()
            write_facts(ids)
        last, done = ids[-1], done + len(ids)
        yield done
    write_all_days()
    with transaction.atomic():
        rollups.lock()
        Progress.objects.update_or_create(pk=1, defaults={"seq": head, "as_of": now})


def write_all_days() -> None:
    """Writes the roll-ups of every day anew, a month at a time."""
    days = sorted(_days_of(None))
    for place in range(0, len(days), DAYS_AT_ONCE):
        with transaction.atomic():
            rollups.lock()
            rollups.write_days(days[place : place + DAYS_AT_ONCE])


def _days_of(incident_ids: Collection[int] | None) -> set[date]:
    """The days facts stand on: of these incidents, or (None) of all, with the days only roll-ups know."""
    where = "true" if incident_ids is None else "f.incident_id = ANY(%(ids)s)"
    more = (
        " UNION SELECT day FROM figures_daytally UNION SELECT day FROM figures_spread" if incident_ids is None else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(where=where) + more, {"ids": list(incident_ids or [])})
        return {row[0] for row in cursor.fetchall()}
