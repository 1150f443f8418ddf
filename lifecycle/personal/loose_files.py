"""Files no record knows: a change that was taken back, or a process that died between a file and its record.

The disk knows no transactions. What a rolled-back change wrote, and what a committed one did not come to remove, may be
confidential either way; night by night it goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from core.secrets import decrypt
from incidents.models import Attachment
from privacy.models import Evidence, Withheld

FOLDERS = ("attachments", "evidence")
UNTOUCHED_FOR = timedelta(days=1)
"""Whoever is still writing a file has not told its record yet."""


def remove(*, now: datetime) -> int:
    """Removes files nobody knows that are older than a day; returns how many. SecretUnreadable where a record of files
    cannot be read: then nobody can say which are loose, and all stay."""
    lying = [name for name in _lying() if default_storage.get_modified_time(name) < now - UNTOUCHED_FOR]
    known = _known() if lying else set()
    loose = [name for name in lying if name not in known]
    for name in loose:
        default_storage.delete(name)
    return len(loose)


def _lying() -> Iterator[str]:
    for folder in FOLDERS:
        if default_storage.exists(folder):
            _folders, files = default_storage.listdir(folder)
            yield from (f"{folder}/{file}" for file in files)


def _known() -> set[str]:
    withheld = Withheld.objects.filter(place=Withheld.Place.ATTACHMENT, returned_at=None)
    return {
        *Attachment.objects.values_list("stored_name", flat=True),
        *Evidence.objects.exclude(file="").values_list("file", flat=True),
        *(str(json.loads(decrypt(sealed))["stored_name"]) for sealed in withheld.values_list("sealed", flat=True)),
    }
