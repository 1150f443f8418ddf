"""What is shown of heartbeats."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db.models import QuerySet

from heartbeats.models import Flip, Heartbeat, Ping
from heartbeats.rules.schedule import Schedule

PREVIEWED = 5


def heartbeats() -> QuerySet[Heartbeat]:
    """All of them, with what their rows show."""
    return Heartbeat.objects.select_related("module", "parent")


def pings_of(heartbeat: Heartbeat) -> QuerySet[Ping]:
    """Its pings, the newest first."""
    return Ping.objects.filter(heartbeat=heartbeat).order_by("-n")


def flips_of(heartbeat: Heartbeat) -> QuerySet[Flip]:
    """When it went down and came back, the newest first."""
    return Flip.objects.filter(heartbeat=heartbeat).order_by("-id")


def next_times(schedule: Schedule, at: datetime) -> list[datetime]:
    """The next five expected instants, fewer when a calendar ends before. Raises BadSchedule."""
    schedule.check(at)
    return list(islice(schedule.times(at), PREVIEWED))


def ping_path(heartbeat: Heartbeat) -> str:
    """The path a job calls. Whoever knows it can ping."""
    return f"/ping/{heartbeat.key}"
