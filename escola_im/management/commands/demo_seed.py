"""`manage.py demo_seed`: fills an empty database with the demo company."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from escola_im.demo.plan import DAYS, SEED, SIZE
from escola_im.demo.seed import NotHere, seed


class Command(BaseCommand):
    """Does nothing where somebody works already; refuses in production."""

    help = "Fills an empty database with an invented company and three months of its history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and which dice."""
        parser.add_argument("--days", type=int, default=DAYS, help="how far the history reaches back")
        parser.add_argument("--size", type=int, default=SIZE, help="about how many stories it tells")
        parser.add_argument("--seed", type=int, default=SEED, help="another number tells another history")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fills, and says what there is now."""
        try:
            done = seed(
                now=now(),
                say=self._say,
                number=options["seed"],
                days=options["days"],
                size=options["size"],
                anchor=settings.AUDIT_ANCHOR,
            )
        except NotHere as error:
            raise CommandError(str(error)) from None
        if done is None:
            self.stdout.write("Somebody works here already; nothing was filled in.")
            return
        self.stdout.write(f"  {done.incidents} incidents, {done.contacts} contacts")
        self.stdout.write(f"  API key of dev (shown this once): {done.company.api_key}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
