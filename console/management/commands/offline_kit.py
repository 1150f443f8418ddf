"""`manage.py offline_kit`: writes the kit now, whatever the hour."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.offline_kit import make
from core.clock import now


class Command(BaseCommand):
    """Names what it wrote."""

    help = "Writes the offline kit (contacts, roles, playbook, present state) as one page and PDF to OFFLINE_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        """Both files, or the page and why there is no PDF."""
        made = make(folder=settings.OFFLINE_DIR, now=now())
        self.stdout.write(f"  {made.html}\n  {made.pdf or f'no PDF: {made.why_no_pdf}'}")
