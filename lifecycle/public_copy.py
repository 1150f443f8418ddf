"""The copy of the status page on disk follows each change: rung for after the commit, looked for every minute."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from core import pulses
from statuspage import copies, services
from statuspage.models import Page


def write_due(*, folder: Path, now: datetime) -> int:
    """Writes every copy that is behind. Returns how many. Raises OSError when the disk refuses: then the pulse stays.

    The page is locked while it is read and written: a word that comes meanwhile moves its version afterwards. What
    another worker writes just now is left to it.
    """
    written = 0
    for pk in copies.due(folder=folder, now=now):
        with transaction.atomic():
            page = Page.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if page is not None:
                copies.write(page, folder=folder, now=now)
                services.mark_copied(page, now=now)
                written += 1
    pulses.show("copier", at=now)
    return written
