"""What a signal means for what we already know of its object (P-2.3): pure, so that every order can be tried.

Deliveries come twice, late and out of order. A state older than the newest applied one moves nothing; the same state
again only counts; an alarm after a recovery must be strictly newer than it, or it is an old one arriving late. Who
resolved an incident while its alarm was firing has answered all that was seen until then: only what is seen later is
news.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from incidents.rules.signals import Signal, SignalState
from process.schema import Monitoring


class Effect(StrEnum):
    """What to do with a signal."""

    OPEN = "opened"
    REOPEN = "reopened"
    ATTACH = "attached"
    REPEAT = "repeated"
    CLEAR = "cleared"
    MUTE = "muted"
    INFORM = "informed"
    STALE = "stale"
    IGNORE = "ignored"


class Bearing(StrEnum):
    """How the incident behind an alert stands."""

    NONE = "none"
    OPEN = "open"
    RESOLVED = "resolved"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class AlertView:
    """What is known of a fingerprint. `changes` are instants of recent firing ↔ cleared changes.

    `ended_at` is when the incident behind it was resolved, or cancelled; None while it is open.
    """

    state: SignalState
    last_at: datetime
    bearing: Bearing = Bearing.NONE
    ended_at: datetime | None = None
    changes: tuple[datetime, ...] = ()
    is_flapping: bool = False
    resolve_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The effect, the view afterwards, and whether the alert has just begun to flap."""

    effect: Effect
    view: AlertView | None
    began_to_flap: bool = False


def judge(view: AlertView | None, signal: Signal, *, at: datetime, now: datetime, policy: Monitoring) -> Verdict:
    """Decides what `signal`, observed `at`, does to `view`; None means the fingerprint was never seen."""
    if signal.state is SignalState.INFO:
        known = view is not None and view.bearing is not Bearing.NONE
        return Verdict(Effect.INFORM if known else Effect.IGNORE, view)
    if view is None:
        return _first(signal, at)
    if at < view.last_at and signal.state is not view.state:
        return Verdict(Effect.STALE, view)
    if signal.state is SignalState.CLEARED:
        return _cleared(view, at=at, now=now, policy=policy)
    if signal.state is SignalState.MUTED:
        return _muted(view, at)
    return _firing(view, signal, at=at, now=now, policy=policy)


def _first(signal: Signal, at: datetime) -> Verdict:
    if signal.state is SignalState.CLEARED:
        return Verdict(Effect.IGNORE, None)
    view = AlertView(signal.state, at)
    return Verdict(Effect.OPEN if signal.state is SignalState.FIRING else Effect.MUTE, view)


def _muted(view: AlertView, at: datetime) -> Verdict:
    if view.state is SignalState.MUTED:
        return Verdict(Effect.REPEAT, replace(view, last_at=max(view.last_at, at)))
    return Verdict(Effect.MUTE, replace(view, state=SignalState.MUTED, last_at=at, resolve_at=None))


def _cleared(view: AlertView, *, at: datetime, now: datetime, policy: Monitoring) -> Verdict:
    if view.state is SignalState.CLEARED:
        return Verdict(Effect.IGNORE, replace(view, last_at=max(view.last_at, at)))
    view, began = _note_change(replace(view, state=SignalState.CLEARED, last_at=at), now=now, policy=policy)
    if view.bearing is Bearing.OPEN and not view.is_flapping:
        view = replace(view, resolve_at=now + timedelta(minutes=policy.resolve_after_min))
    return Verdict(Effect.CLEAR, view, began)


def _firing(view: AlertView, signal: Signal, *, at: datetime, now: datetime, policy: Monitoring) -> Verdict:
    if view.state is SignalState.CLEARED and at <= view.last_at and not signal.is_regression:
        return Verdict(Effect.STALE, view)
    newest = max(view.last_at, at)
    if view.state is SignalState.MUTED and not signal.is_regression:
        return Verdict(Effect.REPEAT, replace(view, last_at=newest))
    if view.bearing is Bearing.OPEN and view.state is SignalState.FIRING:
        return Verdict(Effect.REPEAT, replace(view, last_at=newest))
    if view.state is SignalState.FIRING and view.ended_at is not None and at <= view.ended_at:
        return Verdict(Effect.REPEAT, replace(view, last_at=newest))
    began = False
    if view.state is SignalState.CLEARED:
        view, began = _note_change(view, now=now, policy=policy)
    view = replace(view, state=SignalState.FIRING, last_at=newest, resolve_at=None)
    if view.bearing is Bearing.OPEN:
        return Verdict(Effect.ATTACH, view, began)
    window = timedelta(minutes=policy.reopen_within_min)
    if view.bearing is Bearing.RESOLVED and view.ended_at is not None and now - view.ended_at <= window:
        return Verdict(Effect.REOPEN, view, began)
    return Verdict(Effect.OPEN, view, began)


def _note_change(view: AlertView, *, now: datetime, policy: Monitoring) -> tuple[AlertView, bool]:
    since = now - timedelta(minutes=policy.flap_window_min)
    changes = (*(instant for instant in view.changes if instant > since), now)[-policy.flap_count :]
    is_flapping = len(changes) >= policy.flap_count
    return replace(view, changes=changes, is_flapping=is_flapping), is_flapping and not view.is_flapping
