"""Heartbeats: looked after, pinged, and swept. One that goes down is a signal like any other (P-2.3, P-12.7)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from core.models import Pulse
from heartbeats import services
from heartbeats.models import Flip, Heartbeat
from heartbeats.rules.beats import Status
from heartbeats.services import Said, TooOften
from incidents.rules.signals import Signal, SignalState
from lifecycle.doorbell import ring_after_commit
from lifecycle.signals import SourceRef, receive_all

__all__ = ["Said", "TooOften", "excuse_our_absence", "ping", "sweep", "tell_end"]

log = structlog.get_logger()
SOURCE = SourceRef("heartbeats", "Heartbeats")
OUR_ABSENCE = timedelta(minutes=5)
"""Sweeps further apart than this were not slow: nobody swept."""
TRY_AGAIN = timedelta(minutes=5)
REASONS = {
    Flip.Reason.SILENT: "hat sich nicht gemeldet",
    Flip.Reason.UNFINISHED: "hat begonnen und nicht geendet",
    Flip.Reason.FAILED: "meldet einen Fehlschlag",
    Flip.Reason.RECOVERED: "meldet sich wieder",
}
"""In the language incidents opened by rule are written in."""


@transaction.atomic
def ping(key: uuid.UUID, said: Said, *, now: datetime) -> bool:
    """Takes one ping; False for an address nobody knows. Raises TooOften. The sweeper is rung for what is news."""
    heartbeat = services.take_ping(key, said, at=now)
    if heartbeat is not None and heartbeat.due_at is not None and heartbeat.due_at <= now:
        ring_after_commit("sweep")
    return heartbeat is not None


def sweep(now: datetime, batch: int) -> int:
    """Misses and changes of one batch become signals, in one transaction; a poisonous one is put off alone."""
    try:
        with transaction.atomic():
            claimed = services.claim_due(now=now, limit=batch)
            _act(claimed, now)
            return len(claimed)
    except Exception:
        log.exception("heartbeats.batch_failed")
        return sum(_alone(now) for _turn in range(batch))


def _alone(now: datetime) -> int:
    with transaction.atomic():
        claimed = services.claim_due(now=now, limit=1)
        try:
            with transaction.atomic():
                _act(claimed, now)
        except Exception:
            log.exception("heartbeats.failed_for", heartbeat=claimed[0].pk)
            Heartbeat.objects.filter(pk=claimed[0].pk).update(due_at=now + TRY_AGAIN)
        return len(claimed)


def _act(claimed: list[Heartbeat], now: datetime) -> None:
    for heartbeat in claimed:
        services.judge(heartbeat, now=now)
    _tell(claimed, now)


def _tell(heartbeats: list[Heartbeat], now: datetime) -> None:
    """Hands changes the intake has not heard of to it, in their order."""
    known = {heartbeat.pk: heartbeat for heartbeat in heartbeats}
    flips = services.untold(heartbeats)
    signals = [signal for flip in flips if (signal := _signal(known[flip.heartbeat_id], flip)) is not None]
    receive_all([(signal, SOURCE, now) for signal in signals], now=now)
    services.note_told(flips, heartbeats, now=now)


def _signal(heartbeat: Heartbeat, flip: Flip) -> Signal | None:
    """What a change says, and to whom; sets `told` on the heartbeat. None for what nobody was told the beginning of."""
    was, title = heartbeat.told, f"Heartbeat «{heartbeat.name}» {REASONS[Flip.Reason(flip.reason)]}"
    if flip.is_quiet:
        heartbeat.told = "quiet"
        return _inform(heartbeat, title, flip.at)
    heartbeat.told = "firing" if flip.is_down else "cleared"
    if not flip.is_down and was not in ("firing", "muted"):
        return None
    return _said(heartbeat, SignalState.FIRING if flip.is_down else SignalState.CLEARED, title, flip, was == "muted")


def _said(heartbeat: Heartbeat, state: SignalState, title: str, flip: Flip, is_regression: bool) -> Signal:
    last = heartbeat.last_success_at
    description = [flip.detail, f"Letzter Erfolg: {last.isoformat(timespec='seconds') if last else 'noch keiner'}"]
    return Signal(
        fingerprint=heartbeat.fingerprint,
        state=state,
        kind=heartbeat.kind,  # type: ignore[arg-type]  # its choices are those kinds
        severity=heartbeat.severity,  # type: ignore[arg-type]
        title=title,
        description="\n".join(part for part in description if part),
        module=heartbeat.module.key if heartbeat.module else "",
        observed_at=flip.at,
        is_regression=is_regression,
        label=title,
    )


def _inform(heartbeat: Heartbeat, title: str, at: datetime) -> Signal | None:
    """A line for the incident of what it depends on: no second incident."""
    dead = [above for above in services.ancestors(heartbeat) if above.status == Status.DOWN]
    if not dead:
        return None
    return Signal(dead[-1].fingerprint, SignalState.INFO, "error", "low", title, observed_at=at, label=title)


def tell_end(heartbeat: Heartbeat, *, why: str, now: datetime) -> None:
    """Whoever pauses or deletes one that is down ends the calls about it, not the incident: that is for people."""
    _tell([heartbeat], now)
    if heartbeat.told == "firing":
        title = f"Heartbeat «{heartbeat.name}» {why}"
        muted = Signal(heartbeat.fingerprint, SignalState.MUTED, "error", "low", title, observed_at=now, label=title)
        receive_all([(muted, SOURCE, now)], now=now)
        heartbeat.told = "muted"


@transaction.atomic
def excuse_our_absence(*, now: datetime) -> None:
    """After a time in which nobody swept, what fell due in it gets that time again instead of one big alarm."""
    swept = Pulse.objects.filter(name="sweeper").values_list("at", flat=True).first()
    if swept is not None and now - swept > OUR_ABSENCE:
        moved = services.excuse(since=swept, now=now)
        log.warning("heartbeats.excused", since=swept.isoformat(), moved=moved)
