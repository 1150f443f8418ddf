"""The only place that reads the time. Everything else takes `now` as an argument.

Doors (views, tasks, commands) call `now()` once and pass it down, so one transaction has one instant and tests drive
time instead of waiting for it. A file named by `CLOCK_FILE` (never in production) holds an ISO instant that every
process of a test or simulation shares.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

ZURICH = ZoneInfo("Europe/Zurich")


def now() -> datetime:
    """The current instant, aware, in UTC."""
    path: Path | None = settings.CLOCK_FILE
    if path is None:
        return datetime.now(UTC)
    try:
        return datetime.fromisoformat(path.read_text().strip())
    except FileNotFoundError:
        return datetime.now(UTC)
