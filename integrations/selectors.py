"""What the Health page and the settings show of the ears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from core.secrets import SecretUnreadable, decrypt
from integrations.models import Delivery, Source
from integrations.registry import SOURCES

POLL_PATIENCE = timedelta(minutes=30)
"""How long an API may refuse to answer before the ear counts as deaf."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one source is. `is_silent`: it was expected to speak and did not."""

    source: Source
    last_seen_at: datetime | None
    last_hour: int
    waiting: int
    flagged: int
    dead: int
    is_silent: bool
    is_poll_failing: bool
    expected: timedelta
    is_secret_readable: bool

    @property
    def is_deaf(self) -> bool:
        """Nothing reaches us any more, or the API has not answered for half an hour."""
        return self.is_silent or self.is_poll_failing

    @property
    def is_well(self) -> bool:
        """Nothing here waits for a person."""
        troubles = (self.flagged, self.dead, self.source.last_poll_error, self.is_silent, not self.is_secret_readable)
        return not any(troubles)


def source_health(*, now: datetime) -> list[Health]:
    """One line per source, in three queries whatever their number."""
    newest = Delivery.objects.filter(source=OuterRef("pk"), via="hook").order_by("-id").values("received_at")[:1]
    sources = list(Source.objects.annotate(last_seen_at=Subquery(newest)))
    hour = dict(
        Delivery.objects.filter(received_at__gt=now - timedelta(hours=1), received_at__lte=now)
        .order_by()
        .values_list("source")
        .annotate(Count("pk"))
    )
    open_states: dict[tuple[int, str], int] = {
        (source_id, state): count
        for source_id, state, count in Delivery.objects.filter(Q(state="pending") | Q(state__in=["dead", "flagged"]))
        .order_by()
        .values_list("source", "state")
        .annotate(Count("pk"))
    }
    return [_health(source, source.last_seen_at, hour, open_states, now) for source in sources]


def _health(
    source: Source,
    last_seen_at: datetime | None,
    hour: dict[int, int],
    open_states: dict[tuple[int, str], int],
    now: datetime,
) -> Health:
    quiet = now - (last_seen_at or source.created_at)
    expected = timedelta(minutes=source.expected_every_min or source.learned_every_min)
    is_awake = source.is_watched and source.mode != Source.Mode.PAUSED
    failing = now - source.poll_failing_since if source.poll_failing_since else timedelta()
    return Health(
        source=source,
        last_seen_at=last_seen_at,
        last_hour=hour.get(source.pk, 0),
        waiting=open_states.get((source.pk, "pending"), 0),
        flagged=open_states.get((source.pk, "flagged"), 0),
        dead=open_states.get((source.pk, "dead"), 0),
        is_silent=is_awake and bool(expected) and quiet > expected,
        is_poll_failing=is_awake and failing > POLL_PATIENCE,
        expected=expected,
        is_secret_readable=_is_readable(source),
    )


def _is_readable(source: Source) -> bool:
    try:
        decrypt(source.secret)
    except SecretUnreadable:
        return False
    return True


def deliveries(*, source: Source | None = None, state: str = "") -> QuerySet[Delivery]:
    """Deliveries, newest first, without their bodies."""
    found = Delivery.objects.select_related("source").defer("body").order_by("-id")
    if source is not None:
        found = found.filter(source=source)
    return found.filter(state=state) if state else found


def hook_path(source: Source) -> str:
    """The path a sender posts to."""
    return f"/hooks/{source.kind}/{source.name}/"


def kinds() -> list[tuple[str, str]]:
    """The kinds of sources that can be set up, with their names."""
    return [(kind, source.title) for kind, source in SOURCES.items()]
