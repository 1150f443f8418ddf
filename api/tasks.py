"""What the worker does for the API."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from api.idempotency import KEEP, forget
from core import clock

BATCHES = 50  # a bounded task: what is left waits for the next night


@shared_task
def tidy() -> int:
    """Nightly: answers kept for idempotency keys that have expired go; how many."""
    done = 0
    for _batch in range(BATCHES):
        with transaction.atomic():
            count = forget(before=clock.now() - KEEP)
        done += count
        if not count:
            break
    return done
