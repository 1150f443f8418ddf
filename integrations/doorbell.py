"""Tells a worker that something came in. Losing a ring costs seconds, never data: beat looks every five seconds."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from celery import current_app

EVERY_S = 0.2
PATIENCE_S = 5.0


class Doorbell:
    """Rings in a thread of its own, so that a slow or dead broker delays no sender.

    Rings at once, then at most every `every_s`; any number of calls meanwhile become one. After a failure it stays
    silent for `patience_s`.
    """

    def __init__(self, ring: Callable[[], object], *, every_s: float = EVERY_S, patience_s: float = PATIENCE_S) -> None:
        self._ring = ring
        self._every_s = every_s
        self._patience_s = patience_s
        self._pressed = threading.Event()
        self._lock = threading.Lock()
        self._pid = 0

    def press(self) -> None:
        """Asks for a ring; returns at once and never raises."""
        if self._pid != os.getpid():  # threads do not survive the server's fork
            self._begin()
        self._pressed.set()

    def _begin(self) -> None:
        with self._lock:
            if self._pid != os.getpid():
                self._pressed = threading.Event()
                self._pid = os.getpid()
                threading.Thread(target=self._run, args=(self._pressed,), name="doorbell", daemon=True).start()

    def _run(self, pressed: threading.Event) -> None:
        rest = threading.Event()
        while pressed.wait():
            pressed.clear()
            try:
                self._ring()
            except Exception:  # whatever the broker has: beat rings too
                rest.wait(self._patience_s)
            else:
                rest.wait(self._every_s)


def _send() -> None:
    current_app.send_task("integrations.tasks.translate", expires=15, retry=False)


TRANSLATE = Doorbell(_send)
