"""Keyset pages: the next page begins after a row, not after a number of rows, so page 1000 costs as much as page 1."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)
SORTS: dict[str, tuple[Any, ...]] = {
    "queue": ("priority_rank", F("next_due_at").asc(nulls_last=True), "pk"),
    "newest": ("-pk",),
    "oldest": ("pk",),
}


def after(sort: str, row: Any) -> str:
    """The mark behind a row, for the address of the next page."""
    due = row.next_due_at.isoformat() if sort == "queue" and row.next_due_at else ""
    rank = row.priority_rank if sort == "queue" else 0
    return signing.dumps([sort, rank, due, row.pk], compress=True)


def begin_after(rows: QuerySet[M], sort: str, mark: str) -> QuerySet[M]:
    """`rows` behind a mark; a mark that is broken or of another order means the beginning."""
    try:
        marked, rank, due, pk = signing.loads(mark)
    except signing.BadSignature:
        return rows
    if marked != sort:
        return rows
    if sort != "queue":
        return rows.filter(pk__lt=pk) if sort == "newest" else rows.filter(pk__gt=pk)
    if due:
        instant = datetime.fromisoformat(due)
        behind = Q(next_due_at__gt=instant) | Q(next_due_at__isnull=True) | Q(next_due_at=instant, pk__gt=pk)
    else:
        behind = Q(next_due_at__isnull=True, pk__gt=pk)
    return rows.filter(priority_rank__gte=rank).filter(Q(priority_rank__gt=rank) | behind)
