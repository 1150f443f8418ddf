"""`manage.py sla verify`: are the stored clocks what the events say?"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from incidents.models import Incident
from sla.selectors import differences
from sla.services import repair

BATCH = 500


class Command(BaseCommand):
    """Recomputes every clock from its events and names each one that differs by a second or more (R1)."""

    help = "verify: compare all SLA clocks with their events; exit 1 when some differ"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One action, and `--repair`."""
        parser.add_argument("action", choices=["verify"])
        parser.add_argument("--repair", action="store_true", help="write the clocks that differ anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line per difference; ends with exit code 1 when some remain."""
        looked_at = found = 0
        for ids in _batches():
            with transaction.atomic():
                unlike = differences(ids)
                if options["repair"] and unlike:
                    repair({difference.incident_id for difference in unlike})
            looked_at += len(ids)
            found += len(unlike)
            for difference in unlike:
                self.stdout.write(str(difference))
        self.stdout.write(
            _("%(incidents)s Incidents geprüft, %(found)s Uhren weichen ab.") % {"incidents": looked_at, "found": found}
        )
        if found and options["repair"]:
            self.stdout.write(_("Sie sind aus den Ereignissen neu geschrieben."))
        elif found:
            sys.exit(1)


def _batches() -> Iterator[list[int]]:
    """Ids of all incidents in steps that keep memory small."""
    last = Incident.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(1, last + 1, BATCH):
        ids = list(Incident.objects.filter(pk__gte=first, pk__lt=first + BATCH).values_list("pk", flat=True))
        if ids:
            yield ids
