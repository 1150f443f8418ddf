"""`manage.py retention`: what the document says is too old loses whom it is about; `--dry-run` only counts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core.clock import now
from lifecycle.retention import run


class Command(BaseCommand):
    """The same as every night at 03:15."""

    help = "Carries the retention of the process document out."

    def add_arguments(self, parser: CommandParser) -> None:
        """How."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be erased.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says per type what was found, erased, and kept because of what."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the limit is for people who wait at a browser
        for outcome in run(now=now(), is_dry=options["dry_run"]):
            kept = ", ".join(f"{why} {count}" for why, count in sorted(outcome.held.items())) or "nothing"
            self.stdout.write(
                f"{outcome.rule.key}: before {outcome.cutoff:%Y-%m-%d}: found {outcome.found},"
                f" {'would erase' if options['dry_run'] else 'erased'} {outcome.erased}, kept {kept}"
            )
