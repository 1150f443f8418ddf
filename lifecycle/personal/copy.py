"""A copy of everything there is of a person, as data and as an archive with their files (Art. 25 DSG)."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db.models import Model

from core.secrets import decrypt
from incidents.models import Attachment
from lifecycle.personal.finding import Found
from lifecycle.withholding import file_in
from privacy.models import Withheld

IN_MEMORY = 5_000_000
_CONTACT = "number channel received_at reporter_name reporter_email reporter_phone subject body answer answered_at"
_INCIDENT = (
    "number channel reported_at closed_at reporter_name reporter_email reporter_phone title symptom resolution"
    " customer_feedback customer_satisfaction"
)
_MESSAGE = "created_at sent_at channel address subject body state"


def as_data(found: Found, *, now: datetime) -> dict[str, Any]:
    """Everything as plain data. `mentions` name others too: somebody has to read them before they leave the house."""
    comments: dict[int, list[dict[str, Any]]] = {}
    for comment in found.comments:
        comments.setdefault(comment.incident_id, []).append(_facts(comment, "kind at body"))
    files: dict[int, list[dict[str, Any]]] = {}
    for file in found.attachments:
        files.setdefault(file.incident_id, []).append(
            _facts(file, "name size sha256 uploaded_at") | {"path": _path(file)}
        )
    return {
        "made_at": now.isoformat(),
        "contacts": [_facts(row, _CONTACT) | {"school": str(row.school or "")} for row in found.contacts],
        "incidents": [
            _facts(row, _INCIDENT)
            | {"school": str(row.school or ""), "messages": comments.get(row.pk, []), "files": files.get(row.pk, [])}
            for row in found.incidents
        ],
        "messages": [_facts(row, _MESSAGE) for row in found.messages],
        "subscriptions": [
            _facts(row, "email language asked_at confirmed_at") | {"page": str(row.page)} for row in found.subscribers
        ],
        "people": [_facts(row, "username first_name last_name email phone") for row in found.people],
        "schools": [_facts(row, "name email phone") for row in found.schools],
        "withheld": [
            {
                "case": row.case.number,
                "field": row.field,
                "text": decrypt(row.sealed),
                "written_at": row.written_at.isoformat(),
            }
            for row in _withheld(found).exclude(place=Withheld.Place.ATTACHMENT)
        ],
        "mentions": [
            {"where": f"{row.column.model}.{row.column.field}", "row": str(row.pk), "text": row.text}
            for row in found.mentions
        ],
    }


def as_archive(found: Found, *, now: datetime) -> IO[bytes]:
    """`data.json` and the files of their incidents, as a ZIP; the caller closes it."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("data.json", json.dumps(as_data(found, now=now), ensure_ascii=False, indent=1))
        for name, content in _contents(found):
            zipped.writestr(name, content)
    archive.seek(0)
    return archive


def _contents(found: Found) -> Iterator[tuple[str, bytes]]:
    for file in found.attachments:
        if default_storage.exists(file.stored_name):
            with default_storage.open(file.stored_name) as stored:
                yield _path(file), stored.read()
    for row in _withheld(found).filter(place=Withheld.Place.ATTACHMENT):
        name, read = file_in(row)
        yield f"withheld/{row.pk}-{_safe(name)}", read()


def _withheld(found: Found) -> Any:
    rows = Withheld.objects.filter(case__incident__in=found.incidents, returned_at=None)
    return rows.select_related("case").order_by("pk")


def _path(file: Attachment) -> str:
    return f"files/{file.pk}-{_safe(file.name)}"


def _safe(name: str) -> str:
    """A name that unpacks into the folder it is in, whatever somebody called their file."""
    return PurePosixPath(name.replace("\\", "/")).name.lstrip(".") or "file"


def _facts(row: Model, names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names.split()}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
