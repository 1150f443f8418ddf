"""Rings for a worker after a commit. The rows are the truth: a lost ring costs a few seconds, never a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = structlog.get_logger()
_is_silent: ContextVar[bool] = ContextVar("doorbell_is_silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Nobody is rung for what is done inside: a history told afterwards has nothing to hurry for."""
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)


def ring_after_commit(task: str = "deliver") -> None:
    """Asks a worker to deliver what the present transaction queued, or for another task, once it is committed."""
    if not _is_silent.get():
        transaction.on_commit(partial(_ring, task), robust=True)


def _ring(task: str) -> None:
    try:
        current_app.send_task(
            f"lifecycle.tasks.{task}", expires=15
        )  # by name: the tasks' module calls the verbs, which ring
    except (KombuError, RedisError, OSError) as error:
        log.warning("doorbell.silent", error=str(error))
