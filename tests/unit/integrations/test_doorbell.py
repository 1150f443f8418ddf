"""The doorbell rings at once, not too often, and no broken wire is felt by whoever presses."""

from __future__ import annotations

import threading
import time

from integrations.doorbell import Doorbell


def test_it_rings_at_once() -> None:
    rang = threading.Event()
    Doorbell(rang.set).press()
    assert rang.wait(5)


def test_many_presses_become_few_rings_and_the_last_is_heard() -> None:
    rings: list[int] = []
    pressed = 0
    heard_all = threading.Event()

    def ring() -> None:
        rings.append(pressed)
        if pressed == 2000:
            heard_all.set()

    bell = Doorbell(ring, every_s=0.05)
    for pressed in range(1, 2001):  # noqa: B007  (the ring reads it)
        bell.press()
    assert heard_all.wait(5)
    assert len(rings) < 200


def test_a_dead_broker_is_not_felt_and_a_revived_one_is_rung_again() -> None:
    attempts = 0
    revived = threading.Event()

    def ring() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise ConnectionError("no broker")
        revived.set()

    bell = Doorbell(ring, every_s=0.01, patience_s=0.01)
    bell.press()
    ends = time.monotonic() + 5
    while not revived.is_set() and time.monotonic() < ends:
        bell.press()
    assert revived.is_set()


def test_pressing_never_waits_for_the_broker() -> None:
    release = threading.Event()
    bell = Doorbell(lambda: release.wait(30))
    began = threading.Event()

    def press() -> None:
        for _ in range(100):
            bell.press()
        began.set()

    threading.Thread(target=press, daemon=True).start()
    assert began.wait(5)
    release.set()
