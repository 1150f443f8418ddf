"""The pulse of the ears: each source has an expected rhythm, set by hand or learned; silence beyond it is an incident.

Silence is told once, when it begins, and taken back when the ear hears again. Through the intake like any signal, so
that it is called, escalated and resolved by the same rules.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from core import pulses
from core.models import Pulse
from incidents.rules.signals import Signal, SignalState
from integrations.models import Source
from integrations.selectors import Health, source_health
from lifecycle.signals import SourceRef, receive_all

OURSELVES = SourceRef("ears", "Escola IM")
PULSE = "listener"
OUR_ABSENCE = timedelta(minutes=5)
LEARN_FROM, LEARN_EVERY = timedelta(days=28), timedelta(days=1)
ENOUGH, LONG_ENOUGH = 20, timedelta(days=7)
SHORTEST_MIN, LONGEST_MIN = 60, 7 * 24 * 60
_GAPS = """
SELECT count(*), min(at), max(gap) FROM (
    SELECT received_at AS at, received_at - lag(received_at) OVER (ORDER BY received_at) AS gap
    FROM integrations_delivery WHERE source_id = %s AND via = 'hook' AND received_at > %s AND received_at <= %s
) AS heard
"""


def listen(*, now: datetime) -> int:
    """Learns what is due to be learned and tells what changed; how many ears went deaf or hear again."""
    for source in Source.objects.exclude(learned_at__gt=now - LEARN_EVERY):
        _learn(source, now)
    since = _listening_since(now)
    return sum(_told(health, since, now) for health in source_health(now=now))


def _listening_since(now: datetime) -> datetime:
    """Since when we ourselves listen without a break: what was said while we were away reached nobody."""
    last = Pulse.objects.filter(name=PULSE).first()
    is_unbroken = last is not None and now - last.at <= OUR_ABSENCE
    since = last.data["since"] if last is not None and is_unbroken else now.isoformat()
    pulses.show(PULSE, at=now, data={"since": since})
    return datetime.fromisoformat(since)


def _learn(source: Source, now: datetime) -> None:
    """Twice the longest gap of four weeks, an hour to a week; nothing before a week and twenty deliveries."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [source.pk, now - LEARN_FROM, now])
        count, first, longest = cursor.fetchone()
    is_enough = count >= ENOUGH and now - first >= LONG_ENOUGH
    learned = min(max(int(2 * longest.total_seconds() // 60), SHORTEST_MIN), LONGEST_MIN) if is_enough else 0
    Source.objects.filter(pk=source.pk).update(learned_every_min=learned, learned_at=now)


@transaction.atomic
def _told(health: Health, since: datetime, now: datetime) -> bool:
    """One ear: tells that it went deaf or hears again, if that is news. Of two at once one finds the row as it was."""
    source = health.source
    was_deaf = source.deaf_since is not None
    if source.mode == Source.Mode.PAUSED or was_deaf == health.is_deaf:
        return False
    heard_at = max(health.last_seen_at or source.created_at, since)
    if health.is_deaf and not health.is_poll_failing and now - heard_at <= health.expected:
        return False
    rows = Source.objects.filter(pk=source.pk, deaf_since__isnull=not was_deaf)
    if not rows.update(deaf_since=now if health.is_deaf else None):
        return False
    receive_all([(_signal(health, now), OURSELVES, now)], now=now)
    return True


def _signal(health: Health, now: datetime) -> Signal:
    source = health.source
    title = f"Ein Ohr ist taub: {source.title}" if health.is_deaf else f"{source.title} ist wieder zu hören"
    seen = health.last_seen_at.isoformat(timespec="seconds") if health.last_seen_at else "noch nie"
    reasons = [
        f"Zuletzt gehört: {seen}. Erwartet alle {int(health.expected.total_seconds() // 60)} Minuten."
        if health.is_silent
        else "",
        f"Die Abfrage scheitert: {source.last_poll_error}" if health.is_poll_failing else "",
    ]
    return Signal(
        fingerprint=f"ear:{source}",
        state=SignalState.FIRING if health.is_deaf else SignalState.CLEARED,
        kind="availability",
        severity="high",
        title=title,
        description="\n".join(reason for reason in reasons if reason),
        observed_at=now,
        label=title,
    )
