"""A worker that is killed again and again, each time at another statement; the next one goes on where it died.

`python -m tests.db.lifecycle.lives FROM UNTIL SEED KILLS` with the environment of a worker. One process reads the
product once and forks each worker, which does what the doorbells of sweeper and outbox do at the first instant at which
something is due, and is ended there by a real SIGKILL: before or after its n-th statement, n drawn by SEED. When KILLS
have died, the others live. Prints how many were killed.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import django

LONGEST_LIFE = 24  # statements of a sweep with one step due, and of the mails it sends
BREATH = timedelta(seconds=20)


def main(start: datetime, end: datetime, seed: int, kills: int) -> int:
    """Lives until nothing is due before `end`; returns how many of them were killed."""
    django.setup()
    _read_once(end)
    chance = random.Random(seed)
    at, killed = start, 0
    while at <= end:
        fatal = chance.randint(1, LONGEST_LIFE) if killed < kills else 0
        report, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(told, _live(at, fatal, before=chance.random() < 0.5).isoformat().encode())
            os._exit(0)
        os.close(told)
        _pid, status = os.waitpid(child, 0)
        following = os.read(report, 40).decode()
        os.close(report)
        killed += os.WIFSIGNALED(status)
        at = max(at + BREATH, datetime.fromisoformat(following)) if following else at + BREATH
    return killed


def _read_once(at: datetime) -> None:
    """What each of them would read and compose anew; connected to the database is only who was born.

    Everything that falls due is done once and taken back: texts, statements and the document stay at hand.
    """
    from django.db import connection, transaction  # noqa: PLC0415

    import_module("lifecycle.tasks")
    with transaction.atomic():
        import_module("lifecycle.tick").sweep(now=at)
        transaction.set_rollback(True)
    connection.close()
    gc.freeze()  # a look for garbage would copy all of it into each of them


def _live(at: datetime, fatal: int, *, before: bool) -> datetime:
    """One worker's work at that instant; says when it is needed next."""
    from django.db import connection  # noqa: PLC0415 -- after setup

    from lifecycle import tick  # noqa: PLC0415
    from notifications.models import Message  # noqa: PLC0415
    from notifications.services import deliver_due  # noqa: PLC0415

    with connection.execute_wrapper(Death(fatal, before=before)):
        tick.sweep(now=at)
        while deliver_due(now=at, clock=lambda: at):
            pass
    due = tick.next_due()
    waiting = Message.objects.filter(state="queued").order_by("next_try_at").values_list("next_try_at", flat=True)
    return min([moment for moment in (due and due.at, waiting.first()) if moment], default=at + timedelta(days=1))


class Death:
    """Comes with the n-th statement, before it reaches the database or after; 0 never comes."""

    def __init__(self, fatal: int, *, before: bool) -> None:
        self.left, self.before = fatal, before

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        """Runs the statement, unless death comes before it does."""
        self.left -= 1
        if self.left == 0 and self.before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(*statement)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


if __name__ == "__main__":
    first, last = (datetime.fromisoformat(word) for word in sys.argv[1:3])
    print("killed", main(first, last, *map(int, sys.argv[3:5])))
