"""`manage.py verify_integrity`: names every row that was changed, removed, inserted, swapped or cut off."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.clock import now
from core.sealing import seal
from lifecycle.integrity import findings


class Command(BaseCommand):
    """Exit code 1 when anything is found."""

    help = "Checks the event log, orphans, deadlines and the records against their events."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seals what is new, then checks everything."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the limit is for people who wait at a browser
        seal(now=now(), anchor=settings.AUDIT_ANCHOR)
        found = 0
        for finding in findings(now=now(), anchor=settings.AUDIT_ANCHOR):
            found += 1
            self.stdout.write(str(finding))
        if found:
            raise CommandError(f"{found} findings")
        self.stdout.write("The log is intact.")
