"""`manage.py figures rebuild`: derive every fact and roll-up anew; `verify`: are they what the events say?"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from core.clock import now
from figures import services
from figures.checks import findings


class Command(BaseCommand):
    """Derived rows only: the log and the records are not touched."""

    help = "rebuild: derive all figures anew; verify: compare them with the events, exit 1 when some differ"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One action."""
        parser.add_argument("action", choices=["rebuild", "verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how far it is."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the limit is for people who wait at a browser
        if options["action"] == "rebuild":
            for done in services.rebuild(now=now()):
                self.stdout.write(f"{done} incidents")
            return
        found = 0
        for finding in findings():
            found += 1
            self.stdout.write(str(finding))
        if found:
            sys.exit(1)
        self.stdout.write("The figures are what the events say.")
