"""Writes of the law: a text becomes a new version, in force from the moment it is stored."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from core.actors import SYSTEM, Actor
from core.audit import Fact, record
from core.text import clean
from privacy.law import default_text, parse
from privacy.models import LAW_SUBJECT, LawVersion
from privacy.selectors import current_version
from process.services import digest_of

_LOADING = 0x6C617721  # key of the advisory lock that keeps two loads from numbering alike


def law_in_force(*, now: datetime, actor: Actor = SYSTEM) -> LawVersion:
    """The version in force; before the first load the shipped law is stored and put in force."""
    found = current_version()
    if found is None:
        _one_at_a_time()
        found = current_version() or store_law(default_text(), actor=actor, now=now)
    return found


def store_law(text: str, *, actor: Actor, now: datetime, note: str = "") -> LawVersion:
    """Stores the text as the next version and puts it in force; cases keep the version they began under.

    The same rules as those in force (comments and layout do not count) make no new version: the one in force is
    returned. Raises BadDocument, and then nothing has changed.
    """
    data = parse(text).model_dump(mode="json")
    digest = digest_of(data)
    _one_at_a_time()
    before = current_version()
    if before is not None and before.digest == digest:
        return before
    LawVersion.objects.filter(is_current=True).update(is_current=False)
    version = LawVersion.objects.create(
        number=before.number + 1 if before is not None else 1,
        source=text,
        data=data,
        digest=digest,
        note=clean(note.strip(), limit=500),
        loaded_at=now,
        loaded_by=actor.label[:200],
        is_current=True,
    )
    facts = {"number": version.number, "digest": digest}
    record(Fact("privacy.law_loaded", LAW_SUBJECT, version.pk, now, actor, data=facts))
    return version


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
