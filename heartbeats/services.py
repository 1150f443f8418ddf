"""Writes of heartbeats: made, changed, pinged, judged. Locks go from a heartbeat down to what depends on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.audit import Fact, record
from heartbeats.models import Flip, Heartbeat, Ping
from heartbeats.rules import beats
from heartbeats.rules.beats import Action, Reason, Standing, Status

PINGS_KEPT = 100
PINGS_PER_MINUTE = 30
MINUTE = timedelta(minutes=1)
A_MOMENT = timedelta(seconds=1)
STANDING = ("status", "window", "run", "expected_at", "started_at", "due_at")


@dataclass(frozen=True, slots=True)
class Said:
    """One call of a ping address, as far as it is kept."""

    action: Action
    method: str
    run: str = ""
    exit_status: int | None = None
    agent: str = ""
    body: str = ""
    is_cut: bool = False


class TooOften(Exception):
    """More pings in this minute than are taken; `wait_s` until the next one."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


def create(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> Heartbeat:
    """A heartbeat that nobody has pinged yet. IntegrityError when the name is taken."""
    heartbeat = Heartbeat.objects.create(**facts, created_at=now)
    _record("heartbeat.created", heartbeat, actor, now)
    return heartbeat


def change(heartbeat: Heartbeat, *, facts: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Sets what was agreed anew; the row is locked. What was expected follows the new rhythm from the last ping on."""
    was = {name: getattr(heartbeat, name) for name in facts}
    for name, value in facts.items():
        setattr(heartbeat, name, value)
    heartbeat.version += 1
    last = heartbeat.last_ping_at
    if heartbeat.status == Status.UP and last is not None:
        heartbeat.expected_at = heartbeat.schedule.after(last)
    heartbeat.window = heartbeat.window[-heartbeat.of :]
    look_again(heartbeat)
    heartbeat.save()
    changed = sorted(name for name in facts if was[name] != facts[name])
    _record("heartbeat.changed", heartbeat, actor, now, set=changed)


def pause(heartbeat: Heartbeat, *, actor: Actor, now: datetime) -> None:
    """Nothing is expected any more; the row is locked."""
    _begin_anew(heartbeat, Status.PAUSED)
    _record("heartbeat.paused", heartbeat, actor, now)


def resume(heartbeat: Heartbeat, *, actor: Actor, now: datetime) -> None:
    """As if it were new: the next ping begins its rhythm; the row is locked."""
    _begin_anew(heartbeat, Status.NEW)
    _record("heartbeat.resumed", heartbeat, actor, now)


def _begin_anew(heartbeat: Heartbeat, status: Status) -> None:
    heartbeat.stand(Standing(status))
    heartbeat.due_at = None
    heartbeat.version += 1
    heartbeat.save(update_fields=[*STANDING, "version", "told"])


def rotate(heartbeat: Heartbeat, *, actor: Actor, now: datetime) -> None:
    """Another ping address; the old one is unknown from now on."""
    heartbeat.key = uuid.uuid4()
    heartbeat.version += 1
    heartbeat.save(update_fields=["key", "version"])
    _record("heartbeat.rotated", heartbeat, actor, now)


def delete(heartbeat: Heartbeat, *, actor: Actor, now: datetime) -> None:
    """Gone with its pings; what depended on it depends on nothing."""
    _record("heartbeat.deleted", heartbeat, actor, now)
    heartbeat.delete()


@transaction.atomic
def take_ping(key: uuid.UUID, said: Said, *, at: datetime) -> Heartbeat | None:
    """Keeps a ping and moves its heartbeat, under its lock; None for an unknown key. Raises TooOften."""
    heartbeat = Heartbeat.objects.select_for_update().filter(key=key).first()
    if heartbeat is None:
        return None
    _count(heartbeat, at)
    before = heartbeat.standing
    is_void = said.method != "POST" and heartbeat.only_post
    is_idle = before.status is Status.PAUSED and not heartbeat.wakes_on_ping
    after = before
    if not is_void:
        after = beats.pinged(before, heartbeat.promise, action=said.action, run=said.run, at=at)
        heartbeat.last_ping_at = at
    heartbeat.stand(after)
    ping = _ping(heartbeat, said, before, at)
    if is_void or is_idle:
        ping.action = Ping.Action.IGNORED
    elif said.action is Action.SUCCESS:
        heartbeat.last_success_at = at
        heartbeat.last_duration_s = ping.duration_s
    has_news = _note_ping(heartbeat, before, after, said, at)
    heartbeat.due_at = at if has_news else _deadline(heartbeat)
    ping.save(force_insert=True)
    Ping.objects.filter(heartbeat=heartbeat, n__lte=heartbeat.ping_count - PINGS_KEPT).delete()
    heartbeat.save(update_fields=[*STANDING, *_COUNTED])
    return heartbeat


_COUNTED = ("ping_count", "minute_at", "minute_count", "last_ping_at", "last_success_at", "last_duration_s", "told")


def _count(heartbeat: Heartbeat, at: datetime) -> None:
    """The rate guard, in the row that is locked anyway."""
    if heartbeat.minute_at is None or not timedelta() <= at - heartbeat.minute_at < MINUTE:
        heartbeat.minute_at, heartbeat.minute_count = at, 0
    if heartbeat.minute_count >= PINGS_PER_MINUTE:
        raise TooOften(max(1, round((heartbeat.minute_at + MINUTE - at).total_seconds())))
    heartbeat.minute_count += 1
    heartbeat.ping_count += 1


def _ping(heartbeat: Heartbeat, said: Said, before: Standing, at: datetime) -> Ping:
    is_end = said.action in (Action.SUCCESS, Action.FAIL)
    late = at - before.expected_at if is_end and before.expected_at is not None else timedelta()
    return Ping(
        heartbeat=heartbeat,
        n=heartbeat.ping_count,
        at=at,
        action=said.action.value,
        method=said.method,
        exit_status=said.exit_status,
        run=said.run,
        duration_s=_duration(heartbeat, said.run, before, at) if is_end else None,
        late_s=max(0, int(late.total_seconds())),
        agent=said.agent,
        body=said.body,
        is_cut=said.is_cut,
    )


def _duration(heartbeat: Heartbeat, run: str, before: Standing, at: datetime) -> float | None:
    """Seconds since the start of the same run, also of one that another run has begun beside."""
    begun = before.started_at if before.run == run else None
    if begun is None and run:
        starts = heartbeat.pings.filter(run=run, action=Ping.Action.START).values_list("at", flat=True)
        begun = starts.order_by("-n").first()
    return (at - begun).total_seconds() if begun is not None else None


def _note_ping(heartbeat: Heartbeat, before: Standing, after: Standing, said: Said, at: datetime) -> bool:
    """Writes the change a ping made, if any; whether the sweeper has something to tell."""
    if after.status is Status.DOWN and before.status is not Status.DOWN:
        detail = f"exit status {said.exit_status}" if said.exit_status is not None else ""
        _flip(heartbeat, at, Reason.FAILED, detail=detail, is_quiet=is_below_a_dead_one(heartbeat))
        return True
    if after.status is Status.UP and (before.status is Status.DOWN or heartbeat.told in ("firing", "muted")):
        _flip(heartbeat, at, Reason.RECOVERED)
        _let_speak(heartbeat, at)
        return True
    return heartbeat.flips.filter(told_at__isnull=True).exists()


def _flip(heartbeat: Heartbeat, at: datetime, reason: Reason, *, detail: str = "", is_quiet: bool = False) -> None:
    Flip.objects.create(
        heartbeat=heartbeat,
        at=at,
        is_down=reason is not Reason.RECOVERED,
        reason=reason.value,
        detail=detail,
        is_quiet=is_quiet,
    )


def _let_speak(heartbeat: Heartbeat, at: datetime) -> None:
    """What was quiet below a dead one has one grace to speak for itself, now that the dead one is back."""
    for child in Heartbeat.objects.select_for_update().filter(parent=heartbeat).order_by("pk"):
        is_quiet = child.status == Status.DOWN and child.told != "firing"
        if is_quiet:
            child.stand(Standing(Status.UP, expected_at=at))
            child.due_at = at + timedelta(seconds=child.grace_s)
            child.save(update_fields=STANDING)
            _let_speak(child, at)


def ancestors(heartbeat: Heartbeat) -> list[Heartbeat]:
    """Whatever it depends on, the nearest first. A circle, which nothing lets be stored, ends."""
    found: list[Heartbeat] = []
    seen = {heartbeat.pk}
    above = heartbeat.parent
    while above is not None and above.pk not in seen:
        found.append(above)
        seen.add(above.pk)
        above = above.parent
    return found


def is_below_a_dead_one(heartbeat: Heartbeat) -> bool:
    """Whether something it depends on is down: then its own silence is no news."""
    return any(above.status == Status.DOWN for above in ancestors(heartbeat))


def claim_due(*, now: datetime, limit: int) -> list[Heartbeat]:
    """Locks heartbeats the sweeper has to look at and nobody else holds, the longest due first."""
    return list(
        Heartbeat.objects.select_for_update(skip_locked=True).filter(due_at__lte=now).order_by("due_at", "pk")[:limit]
    )


def judge(heartbeat: Heartbeat, *, now: datetime) -> None:
    """Counts passed deadlines of a claimed heartbeat and notes the change they made."""
    before = heartbeat.standing
    after, reason = beats.missed(before, heartbeat.promise, at=now)
    if reason is not None:
        wait = _waits_for(heartbeat, now) if after.status is Status.DOWN else None
        if wait is not None:
            heartbeat.due_at = wait
            heartbeat.save(update_fields=["due_at"])
            return
        heartbeat.stand(after)
        if after.status is Status.DOWN:
            _flip(heartbeat, now, reason, is_quiet=is_below_a_dead_one(heartbeat))
    heartbeat.due_at = _deadline(heartbeat)
    heartbeat.save(update_fields=STANDING)


def _waits_for(heartbeat: Heartbeat, now: datetime) -> datetime | None:
    """When to look again because something it depends on is overdue itself: one silence may explain the other."""
    for above in ancestors(heartbeat):
        due = beats.deadline(above.standing, above.promise)
        if due is not None and beats.is_late(above.standing, now):
            return max(due, now) + A_MOMENT
    return None


def untold(heartbeats: Iterable[Heartbeat]) -> list[Flip]:
    """What the intake does not know yet of these claimed heartbeats, in its order."""
    rows = Flip.objects.filter(heartbeat__in=[row.pk for row in heartbeats], told_at__isnull=True)
    return list(rows.order_by("id"))


def note_told(flips: Iterable[Flip], heartbeats: Iterable[Heartbeat], *, now: datetime) -> None:
    """The intake has taken them over; `told` of the heartbeats says what it heard last."""
    Flip.objects.filter(pk__in=[flip.pk for flip in flips]).update(told_at=now)
    Heartbeat.objects.bulk_update(list(heartbeats), ["told"])


def look_again(heartbeat: Heartbeat) -> None:
    """Sets when the sweeper has to look; the caller saves."""
    heartbeat.due_at = _deadline(heartbeat)


def _deadline(heartbeat: Heartbeat) -> datetime | None:
    return beats.deadline(heartbeat.standing, heartbeat.promise)


def excuse(*, since: datetime, now: datetime) -> int:
    """Deadlines that passed while nobody swept, and perhaps nobody could ping, move by that time. How many did."""
    away = now - since
    rows = list(Heartbeat.objects.select_for_update(skip_locked=True).filter(due_at__gt=since, due_at__lte=now))
    for row in rows:
        standing = row.standing
        row.stand(
            replace(
                standing,
                expected_at=standing.expected_at + away if standing.expected_at else None,
                started_at=standing.started_at + away if standing.started_at else None,
            )
        )
        row.due_at = _deadline(row) or row.due_at
    Heartbeat.objects.bulk_update(rows, ["expected_at", "started_at", "due_at"])
    return len(rows)


def _record(kind: str, heartbeat: Heartbeat, actor: Actor, now: datetime, **data: object) -> None:
    record(Fact(kind, "heartbeat", heartbeat.pk, now, actor, data={"name": heartbeat.name, **data}))
