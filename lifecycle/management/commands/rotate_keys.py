"""`manage.py rotate_keys`: encrypts every secret with the first of FIELD_KEYS (docs/runbooks/rotate-keys.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from lifecycle.key_rotation import rotate, standings


class Command(BaseCommand):
    """Exit code 1 while something is left that only another key opens, or none."""

    help = "Encrypts stored secrets and files of confidential cases with the first key. Run again after a crash."

    def add_arguments(self, parser: CommandParser) -> None:
        """How."""
        parser.add_argument("--status", action="store_true", help="Only say how many are on which key.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotates, then says where everything stands."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the limit is for people who wait at a browser
        if not options["status"]:
            for place in rotate():
                self.stdout.write(f"{place.place}: {place.old} encrypted anew")
        left = standings()
        for place in left:
            self.stdout.write(f"{place.place}: first key {place.current}, other key {place.old}, no key {place.lost}")
        old, lost = sum(place.old for place in left), sum(place.lost for place in left)
        if old or lost:
            raise CommandError(f"{old} still on another key, {lost} open with no key: keep every key")
        self.stdout.write("Everything opens with the first key; the others may go.")
