"""Celery's doorbells of this floor. Bodies are one line: whoever rings, the rows decide what is to be done."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings

from core import pulses, sealing
from core.clock import now
from lifecycle import auditor, clock_check, counting, drills, public_copy, retention, tick, what_if
from notifications.services import deliver_due

DELIVERY_BATCHES = 20  # a bounded task: what is left waits for the next ring


@shared_task
def sweep(**_: Any) -> None:
    """Everything whose time has come."""
    tick.sweep(now=now())


@shared_task
def deliver(**_: Any) -> None:
    """Queued messages, batch after batch; the pulse shows that a worker really works."""
    for _batch in range(DELIVERY_BATCHES):
        if not deliver_due(now=now(), clock=now):
            break
    pulses.show("worker", at=now())


@shared_task
def seal(**_: Any) -> None:
    """The next links of the hash chain."""
    sealing.seal(now=now(), anchor=settings.AUDIT_ANCHOR)
    pulses.show("sealer", at=now())


@shared_task
def audit(**_: Any) -> None:
    """Whether anything is late or missing."""
    auditor.watch(now=now())


@shared_task
def drill(**_: Any) -> None:
    """This week's reachability drill for whoever has not had it."""
    while drills.start_due(now=now()):
        pass


@shared_task
def retain(**_: Any) -> None:
    """Nightly: what the document says is too old."""
    retention.run(now=now())


@shared_task
def check_clocks(**_: Any) -> None:
    """The next part of the night's comparison of stored clocks with their events."""
    clock_check.compare_some(now=now())


@shared_task(name="lifecycle.tasks.what_if")
def answer_what_if(**_: Any) -> None:
    """The next part of a question about other promises."""
    what_if.work(clock=now)


@shared_task
def copy_status(**_: Any) -> None:
    """The status page on disk, where it is behind."""
    public_copy.write_due(folder=settings.STATUS_DIR, now=now())


@shared_task
def count(**_: Any) -> None:
    """What was sealed since, into the figures; what is left waits for the next ring."""
    counting.follow(now=now())
    pulses.show("counter", at=now())


@shared_task
def foretell(**_: Any) -> None:
    """Nightly: what like cases did, for the forecast."""
    counting.foretell(now=now())
