"""Texts of people about an incident: kept apart from the log, which only points to them, so that they can be erased."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from core.text import clean
from incidents import services
from incidents.models import Comment, Incident
from lifecycle.access import By


def write_down(incident: Incident, text: str, *, kind: Comment.Kind, by: By, now: datetime) -> Comment:
    """Stores a text and makes the incident findable by it; its event is the caller's."""
    written = services.write_comment(
        incident,
        kind=kind,
        body=clean(text.strip(), limit=50_000),
        author=by.person,
        author_label=by.actor.label,
        now=now,
    )
    services.add_to_search(incident.pk, written.body)
    return written


def reference_to(written: Comment) -> dict[str, Any]:
    """What the log keeps of a text: its row and a salted digest, so that erasing the text leaves the chain valid."""
    return {"comment": written.pk, "digest": digest_of(written.pk, written.at, written.body)}


def digest_of(pk: int, at: datetime, text: str) -> str:
    """What proves a text as long as it is there, and tells nothing of it afterwards."""
    return hashlib.sha256(f"{pk}:{at.isoformat()}:{text}".encode()).hexdigest()
