"""When something was reported: clocks start there (R4), so a time that is set back has bounds, a reason and a trace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.text import clean
from lifecycle.access import By

FURTHEST_BACK = timedelta(days=7)
TYPED_UP = timedelta(minutes=15)
"""A call is typed up after it. So much later nobody asks why; what lies further back says so on the record."""
REASON = "recorded_late_because"


def check(
    name: str,
    value: datetime | None,
    because: str,
    *,
    by: By,
    now: datetime,
    errors: dict[str, list[str]],
    known: datetime | None = None,
) -> datetime:
    """The contact time; what is wrong with it goes into `errors`, under `name` or the reason's field.

    Up to seven days back, never ahead. A person says why it lies more than `TYPED_UP` back; a source's own time is the
    contact time. `known` is the time of the contact an incident came from: accepted before, it holds if none is given.
    """
    if value is None:
        return known or now
    if value > now:
        errors[name] = [_("Dieser Zeitpunkt liegt in der Zukunft.")]
    elif known is not None and value >= known.replace(second=0, microsecond=0):
        return value
    elif now - value > FURTHEST_BACK:
        errors[name] = [_("Höchstens sieben Tage zurück.")]
    elif by.person is not None and now - value > TYPED_UP and not because.strip():
        errors[REASON] = [_("Warum wird das erst jetzt erfasst? Die Fristen laufen ab der angegebenen Zeit.")]
    return value


def told_late(at: datetime, because: str, *, now: datetime) -> dict[str, Any]:
    """What the event of a time that was set back says: the time and the reason."""
    if at >= now or not because.strip():
        return {}
    return {"since": at.isoformat(), REASON: clean(because.strip(), limit=500)}
