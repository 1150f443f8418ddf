"""A new version of the process comes into force, with what depends on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from directory.services import sync_modules
from process.loader import default_text
from process.models import ProcessVersion
from process.selectors import current_or_none, document
from process.services import load


@transaction.atomic
def load_process(*, text: str, by_actor: Actor, now: datetime, note: str = "") -> ProcessVersion:
    """Puts a process document in force and makes the modules people choose from those of the document.

    Returns the version in force, which is the old one when the rules are the same. Raises BadDocument, and then
    nothing has changed. Open incidents stay with the version they were opened under.
    """
    version = load(text=text, actor=by_actor, now=now, note=note)
    sync_modules(document(version.pk))
    return version


def load_default(*, actor: Actor, now: datetime) -> ProcessVersion:
    """The version in force; before the first load the document that ships with the product is put in force."""
    return current_or_none() or load_process(text=default_text(), by_actor=actor, now=now)
