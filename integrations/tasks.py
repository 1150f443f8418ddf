"""What the worker does for the ears: thin, because everything that matters is in the database."""

from __future__ import annotations

import time

from celery import shared_task

from core import clock
from integrations.listening import listen as listen_to_ears
from integrations.polling import poll_due
from integrations.translation import translate_pending

DRAIN_S = 30.0
LINGER_S = 0.25


@shared_task
def translate() -> int:
    """Drains what waits, looks once more after a moment (a ring may have fallen into the last batch), and ends."""
    ends = time.monotonic() + DRAIN_S
    done = 0
    lingered = False
    while time.monotonic() < ends:
        count = translate_pending(now=clock.now())
        done += count
        if count:
            lingered = False
        elif lingered or not done:
            break
        else:
            lingered = True
            time.sleep(LINGER_S)
    return done


@shared_task
def poll() -> int:
    """Asks the sources that are due; how many were asked."""
    return poll_due(now=clock.now())


@shared_task
def listen() -> int:
    """Whether every ear still hears; how many went deaf or hear again."""
    return listen_to_ears(now=clock.now())
