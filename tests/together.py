"""Doing a thing many times at once, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(times: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Runs `act(0) … act(times - 1)` in threads that start together; what one raises stands in its place."""
    start = Barrier(times)

    def run(number: int) -> T | Exception:
        try:
            start.wait(timeout=30)
            return act(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
