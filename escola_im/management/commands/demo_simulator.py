"""`manage.py demo_simulator`: keeps sending realistic Sentry and Uptime Robot webhooks to the running demo."""

from __future__ import annotations

import random
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from escola_im.demo.simulator import Poster, World, run


class Command(BaseCommand):
    """Runs until it is told to stop; refuses in production, where its secrets would be public."""

    help = "Sends signed Sentry and Uptime Robot webhooks to the running demo until it is stopped."
    requires_system_checks = []  # a program that posts needs none of what they look at

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and which dice."""
        parser.add_argument("--base-url", default=settings.BASE_URL, help="address of the product; default BASE_URL")
        parser.add_argument("--seed", type=int, help="the same number lets the same things happen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends cleanly on SIGTERM and Ctrl-C."""
        if settings.ENV.mode == "production":
            raise CommandError("the simulator is not for production")
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: over.set())
        world = World(random.Random(options["seed"]))  # noqa: S311 -- which thing breaks, not a secret
        run(world=world, send=Poster(options["base_url"], self._say), wait=over.wait, clock=now)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
