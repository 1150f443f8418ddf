"""Polling repairs what webhooks lose: Sentry never sends twice, Uptime Robot promises nothing.

What the API says differently from what we hold becomes a delivery like any other and goes through the same
translation, so both ways meet in one fingerprint. What we hold already makes no delivery. The watermark moves only
after everything before it is stored: a poll that fails repeats, it never skips.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet

from core.http import OutboundError, RateLimited
from core.secrets import SecretUnreadable
from core.text import clean
from integrations.doorbell import TRANSLATE
from integrations.models import Source
from integrations.pollers import sentry, uptime_robot
from integrations.pollers.run import Poll

log = structlog.get_logger()
READERS: dict[str, Callable[[Poll], None]] = {"sentry": sentry.read, "uptime-robot": uptime_robot.read}
EVERY_S = 180
BACKOFF_MAX = timedelta(minutes=30)


def poll_due(*, now: datetime) -> int:
    """Polls every source whose time has come; how many were asked. One that fails does not stop the others."""
    asked = 0
    for source in _due(now):
        claimed = _due(now).filter(pk=source.pk).update(next_poll_at=now + _interval(source))
        if claimed:
            poll_source(source, now=now)
            asked += 1
    return asked


def poll_source(source: Source, *, now: datetime) -> int:
    """Asks one source and keeps what is new; how many deliveries that made. Errors are written to the source."""
    poll = Poll(source, now, dict(source.cursor))
    next_at, error = now + _interval(source), ""
    try:
        READERS[source.kind](poll)
        poll.cursor.pop("failures", None)
    except RateLimited as limit:
        next_at, error = max(limit.until, next_at), str(limit)
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:
        error = _say(failure)
        failures = int(poll.cursor.get("failures") or 0) + 1
        poll.cursor["failures"] = failures
        next_at = now + min(_interval(source) * 2 ** min(failures, 8), max(BACKOFF_MAX, _interval(source)))
        log.warning("poll.failed", source=str(source), error=error, exc_info=not isinstance(failure, OutboundError))
    Source.objects.filter(pk=source.pk).update(
        cursor=poll.cursor,
        last_poll_at=now,
        last_poll_error=error,
        next_poll_at=next_at,
        poll_failing_since=(source.poll_failing_since or now) if error else None,
    )
    if poll.stored:
        TRANSLATE.press()
    return poll.stored


def _say(failure: Exception) -> str:
    if isinstance(failure, OutboundError | SecretUnreadable):
        return clean(str(failure), limit=500)
    return type(failure).__name__


def _due(now: datetime) -> QuerySet[Source]:
    return (
        Source.objects.filter(Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=now), kind__in=list(READERS))
        .exclude(api_token="")
        .exclude(mode=Source.Mode.PAUSED)
    )


def _interval(source: Source) -> timedelta:
    """Seconds between polls: the setting `poll_every_s`, at least 30."""
    wanted = source.settings.get("poll_every_s")
    return timedelta(seconds=max(30, wanted) if isinstance(wanted, int) and not isinstance(wanted, bool) else EVERY_S)
