"""Whether stored figures are what a fresh derivation says: part of the integrity checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import connection
from django.db.models import Model

from core.sealing import Finding
from figures.derive import derive
from figures.models import ClockFact, Fact, Progress
from incidents.models import Incident

STEP = 500
_UNSEALED = """
SELECT DISTINCT e.subject_id FROM core_event AS e LEFT JOIN core_eventseal AS s ON s.event_id = e.id
WHERE e.subject_type = 'incident' AND e.subject_id = ANY(%s) AND (s.seq IS NULL OR s.seq > %s)
"""
_SUMS = """
SELECT f.day, f.n, coalesce(t.arrivals, 0) FROM (
  SELECT reported_day AS day, count(*) AS n FROM figures_fact GROUP BY 1
) AS f FULL JOIN (
  SELECT day, arrivals FROM figures_daytally WHERE dimension = '' AND priority = '' AND arrivals > 0
) AS t ON t.day = f.day WHERE coalesce(f.n, 0) <> coalesce(t.arrivals, 0)
"""


def findings() -> Iterator[Finding]:
    """Everything that differs, incident by incident, and days that do not add up."""
    last = 0
    while ids := list(Incident.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]):
        yield from differences(ids)
        last = ids[-1]
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        for day, facts, tallied in cursor.fetchall():
            yield Finding("figures of a day do not add up", str(day), f"{facts} facts, {tallied} tallied")


def differences(incident_ids: Collection[int]) -> list[Finding]:
    """Incidents whose facts are not what their events say. Looks a second time: something may just have happened."""
    suspects = _differing(incident_ids)
    if suspects:
        suspects = _differing(suspects)
    return [
        Finding("figures differ from the events", f"incident {pk}", ", ".join(unlike))
        for pk, unlike in sorted(suspects.items())
    ]


def _differing(incident_ids: Collection[int]) -> dict[int, list[str]]:
    """Incident → what differs. Those with events still on their way into the figures are left out."""
    progress = Progress.objects.first()
    if progress is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [list(incident_ids), progress.seq])
        ids = set(incident_ids) - {row[0] for row in cursor.fetchall()}
    stored: dict[int, dict[str, dict[str, object]]] = {
        pk: {"fact": _plain(fact)} for pk, fact in Fact.objects.in_bulk(ids).items()
    }
    for row in ClockFact.objects.filter(incident_id__in=ids):
        stored.setdefault(row.incident_id, {})[row.clock] = _plain(row)
    wanted = {
        pk: {"fact": _plain(one.fact), **{row.clock: _plain(row) for row in one.clocks}}
        for pk, one in derive(ids).items()
    }
    return {pk: _unlike(stored.get(pk), wanted.get(pk)) for pk in ids if stored.get(pk) != wanted.get(pk)}


def _plain(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}


def _unlike(stored: dict[str, dict[str, object]] | None, wanted: dict[str, dict[str, object]] | None) -> list[str]:
    if stored is None or wanted is None:
        return ["missing" if stored is None else "not wanted"]
    rows = sorted(stored.keys() | wanted.keys())
    return [
        f"{row}.{name}"
        for row in rows
        for name in sorted(stored.get(row, {}).keys() | wanted.get(row, {}).keys())
        if stored.get(row, {}).get(name) != wanted.get(row, {}).get(name)
    ]
