"""Sources: set up, renewed, switched; deliveries taken up again."""

from __future__ import annotations

import secrets as randomness
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.actors import Actor
from core.audit import Fact, record
from core.secrets import SecretUnreadable, encrypt, renew
from core.text import clean
from integrations import intake
from integrations.models import Delivery, Source
from integrations.registry import SOURCES
from integrations.translation import Item, translate_pending

__all__ = [
    "BadSource",
    "Item",
    "NotReplayable",
    "create_source",
    "new_secret",
    "replay",
    "rotate_secret",
    "set_mode",
    "set_rhythm",
    "settled",
    "translate_pending",
]

SETTLED = [Delivery.State.DONE, Delivery.State.IGNORED, Delivery.State.RECORDED]
REPLAYABLE = frozenset({Delivery.State.FLAGGED, Delivery.State.DEAD, Delivery.State.RECORDED, Delivery.State.IGNORED})


class BadSource(Exception):
    """The source cannot be set up like this; the text says why."""


class NotReplayable(Exception):
    """The delivery had its effect, or waits for it."""


def new_secret(kind: str) -> str:
    """A secret nobody guesses (256 bits), for sources whose other side does not choose one, as that kind writes it."""
    _check_kind(kind)
    return SOURCES[kind].write_secret(randomness.token_bytes(32))


def _check_kind(kind: str) -> None:
    if kind not in SOURCES:
        raise BadSource(f"unknown kind {clean(kind, limit=40)}; known: {', '.join(sorted(SOURCES))}")


@transaction.atomic
def create_source(
    *,
    kind: str,
    name: str,
    secret: str,
    actor: Actor,
    now: datetime,
    title: str = "",
    settings: dict[str, Any] | None = None,
    api_token: str = "",
    mode: str = Source.Mode.LIVE,
    expected_every_min: int = 0,
) -> Source:
    """Sets up /hooks/<kind>/<name>/. Raises BadSource for an unknown kind, an empty secret, a bad or taken name."""
    _check_kind(kind)
    if not secret:
        raise BadSource("an empty secret would let everybody in")
    if not name or len(name) > 40 or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise BadSource("a name has 1 to 40 letters, digits, hyphens and underscores")
    source = Source(
        kind=kind,
        name=name,
        title=clean(title or f"{SOURCES[kind].title} {name}", limit=80),
        mode=Source.Mode(mode),
        secret=encrypt(secret),
        settings=settings or {},
        api_token=encrypt(api_token),
        expected_every_min=expected_every_min,
        created_at=now,
    )
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError as error:
        raise BadSource(f"{kind}/{name} exists already") from error
    _record("source.created", source, actor, now, mode=source.mode)
    intake.forget()
    return source


@transaction.atomic
def rotate_secret(*, source: Source, secret: str, actor: Actor, now: datetime, grace: timedelta) -> Source:
    """Makes `secret` the current one; the previous one opens until `now + grace`. Raises BadSource when empty."""
    if not secret:
        raise BadSource("an empty secret would let everybody in")
    row = Source.objects.select_for_update().get(pk=source.pk)
    row.previous_secret = _sealed_anew(row.secret)
    row.previous_valid_until = now + grace
    row.secret = encrypt(secret)
    row.save(update_fields=["secret", "previous_secret", "previous_valid_until"])
    _record("source.rotated", row, actor, now, previous_until=row.previous_valid_until.isoformat())
    intake.forget()
    return row


def _sealed_anew(token: str) -> str:
    """A stored secret for another while; nothing when its key is lost, which only a new secret mends."""
    try:
        return renew(token)
    except SecretUnreadable:
        return ""


@transaction.atomic
def set_mode(*, source: Source, mode: str, actor: Actor, now: datetime) -> Source:
    """Switches between live, record_only and paused. The same mode again changes nothing."""
    row = Source.objects.select_for_update().get(pk=source.pk)
    try:
        wanted = Source.Mode(mode)
    except ValueError as error:
        raise BadSource(f"a mode is one of {', '.join(Source.Mode.values)}") from error
    if row.mode == wanted:
        return row
    was, row.mode = row.mode, wanted
    row.save(update_fields=["mode"])
    _record("source.mode_set", row, actor, now, mode=wanted.value, was=was)
    intake.forget()
    return row


@transaction.atomic
def set_rhythm(*, source: Source, expected_every_min: int, is_watched: bool, actor: Actor, now: datetime) -> Source:
    """After how much silence an ear counts as deaf (0: as learned), or that its silence is nobody's business."""
    row = Source.objects.select_for_update().get(pk=source.pk)
    row.expected_every_min, row.is_watched = expected_every_min, is_watched
    row.save(update_fields=["expected_every_min", "is_watched"])
    _record("source.rhythm_set", row, actor, now, set={"every_min": expected_every_min, "watched": is_watched})
    return row


@transaction.atomic
def replay(*, delivery: Delivery, actor: Actor, now: datetime) -> Delivery:
    """Has a delivery translated again under today's rules; raises NotReplayable if it was or will be anyway."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("source").get(pk=delivery.pk)
    if row.state not in REPLAYABLE:
        raise NotReplayable(f"delivery {row.pk} is {row.state}")
    row.state = Delivery.State.PENDING
    row.via, row.attempts, row.next_try_at, row.error = "replay", 0, None, ""
    row.save(update_fields=["state", "via", "attempts", "next_try_at", "error"])
    _record("source.replayed", row.source, actor, now, delivery=row.pk)
    return row


def settled(before: datetime) -> QuerySet[Delivery]:
    """Deliveries from before an instant that nobody has to look at any more; flagged and failed ones stay."""
    return Delivery.objects.filter(received_at__lt=before, state__in=SETTLED)


def _record(kind: str, source: Source, actor: Actor, now: datetime, **data: object) -> None:
    record(Fact(kind, "source", source.pk, now, actor, data={"source": str(source), **data}))
