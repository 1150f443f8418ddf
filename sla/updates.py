"""The update clocks in the database: one per open incident that somebody outside waits for (R3, P-5.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sla.models import UpdateClock
from sla.rules.updates import Hears, next_word, words_until


def keep(minutes: Mapping[int, int], *, among: Collection[int], now: datetime, anew: bool = False) -> None:
    """Lets the clocks of incidents `among` follow: those in `minutes` run at that interval, the others end.

    A clock begins now; it begins anew when somebody was written to (`anew`). Another interval counts from the same
    beginning. The caller holds the locks on the incidents.
    """
    rows = {row.incident_id: row for row in UpdateClock.objects.filter(incident_id__in=among)}
    over = [pk for pk in rows if pk not in minutes]
    if over:
        UpdateClock.objects.filter(incident_id__in=over).delete()
    fresh = [UpdateClock(incident_id=pk, since=now) for pk in minutes if pk not in rows]
    changed = [row for pk, row in rows.items() if pk in minutes and (anew or row.interval_min != minutes[pk])]
    for row in [*fresh, *changed]:
        row.interval_min, row.told = minutes[row.incident_id], 0
        row.since = now if anew else row.since
        row.next_at = max(row.due_at, now)
    UpdateClock.objects.bulk_create(fresh)
    if changed:
        UpdateClock.objects.bulk_update(changed, ["interval_min", "told", "since", "next_at"])


@dataclass(frozen=True, slots=True)
class Owed:
    """An update that is owed, and who hears of it now. The incident is locked."""

    clock: UpdateClock
    hears: frozenset[Hears]


def claim_due(*, now: datetime, limit: int) -> list[Owed]:
    """Clocks whose next word is due, moved on; each word is returned once. Incidents are locked with their clocks."""
    due = UpdateClock.objects.filter(next_at__lte=now).select_related(
        "incident__assignee", "incident__school__project_manager"
    )
    rows = list(due.select_for_update(skip_locked=True, of=("self", "incident")).order_by("next_at")[:limit])
    owed = []
    for row in rows:
        row.told, hears = words_until(row.due_at, row.interval_min, row.told, now)
        row.next_at = next_word(row.due_at, row.interval_min, row.told)
        owed.append(Owed(row, hears))
    UpdateClock.objects.bulk_update(rows, ["told", "next_at"])
    return owed
