"""`manage.py api_key USERNAME`: makes an API key and prints it, once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import Actor
from core.clock import now
from directory.errors import BadEntry
from directory.keys import EVERYTHING, SCOPES, create_key
from directory.models import Person


class Command(BaseCommand):
    help = "Makes an API key for a person and prints it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[*SCOPES, EVERYTHING],
            metavar="SCOPE",
            help=f"What the key is for; may be given several times. One of {', '.join(SCOPES)}; default *.",
        )
        parser.add_argument("--name", default="manage.py", help="What people call the key in Settings.")
        parser.add_argument("--expires-days", type=int, metavar="DAYS", help="Days the key works; default for ever.")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = Person.objects.filter(username=options["username"]).first()
        if owner is None:
            raise CommandError(f"there is no person with the username '{options['username']}'")
        instant, days = now(), options["expires_days"]
        if days is not None and not 1 <= days <= 36_500:
            raise CommandError("--expires-days: expected 1 to 36500")
        try:
            _key, plain = create_key(
                owner=owner,
                name=options["name"],
                scopes=options["scope"] or [EVERYTHING],
                actor=Actor("system", "manage.py", "manage.py api_key", "command"),
                now=instant,
                expires_at=instant + timedelta(days=days) if days else None,
            )
        except BadEntry as error:
            raise CommandError(str(error)) from None
        self.stdout.write(plain)
