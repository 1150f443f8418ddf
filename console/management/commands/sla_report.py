"""`manage.py sla_report`: sends the SLA reports that are due; each goes out once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from console.sla import report
from core.clock import now


class Command(BaseCommand):
    """Says how many mails it queued."""

    help = "Composes and queues the SLA reports that are due; each period of a plan goes out once."

    def handle(self, *args: Any, **options: Any) -> None:
        """All that are due."""
        self.stdout.write(f"  {report.send_due(now=now())} mails")
