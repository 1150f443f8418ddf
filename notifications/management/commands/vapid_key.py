"""`manage.py vapid_key`: prints a new VAPID_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.vapid import new_key


class Command(BaseCommand):
    help = "Prints a private key for web push, to be kept as VAPID_KEY. Another one later ends every registration."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
