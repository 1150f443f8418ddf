"""manage.py receive_mail: the mail server hands a reply to a call over; see docs/runbooks/first-day.md."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.clock import now
from lifecycle.replies import receive

LONGEST = 1_000_000
"""Bytes that are read: only the head matters, and a person's answer is short."""


class Command(BaseCommand):
    """Exit code 0 for every mail that was understood, also those that answer nothing; 75 to be handed it again."""

    help = "Read one mail from standard input; a reply to a call answers it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The recipient of the envelope, where the mail server knows it."""
        parser.add_argument("recipient", nargs="*", help="recipient of the envelope")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One word on standard output says what became of it."""
        raw = sys.stdin.buffer.read(LONGEST)
        try:
            outcome = receive(raw, now=now(), recipients=options["recipient"])
        except DatabaseError as error:
            raise CommandError("The database does not answer; try again.", returncode=os.EX_TEMPFAIL) from error
        self.stdout.write(outcome.value)
