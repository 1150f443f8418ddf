"""Writes: a document becomes a new version, in force from the moment it is loaded. Nothing ever changes a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from core.actors import Actor
from core.audit import Fact, record
from core.text import clean
from process.lint import Severity, lint
from process.loader import BadDocument, Problem, read
from process.models import ProcessVersion
from process.schema import Document
from process.selectors import current_or_none

SUBJECT = "process_version"
_LOADING = 0x70726F63  # key of the advisory lock that keeps two loads from numbering alike


def check(text: str, *, now: datetime, manned: Collection[str] | None = None) -> Document:
    """The document of a text that may be loaded. Raises BadDocument, also for findings of severity error.

    With `manned`, the roles somebody holds, a chain that reaches nobody is one (ADR 0008).
    """
    parsed = read(text)
    errors = [
        Problem(parsed.line_of(finding.path), finding.path, finding.message.en)
        for finding in lint(parsed.document, today=now.date(), manned=manned)
        if finding.severity == Severity.ERROR
    ]
    if errors:
        raise BadDocument(errors)
    return parsed.document


@transaction.atomic
def load(
    *, text: str, actor: Actor, now: datetime, note: str = "", manned: Collection[str] | None = None
) -> ProcessVersion:
    """Stores the text as the next version and puts it in force; running incidents keep the version they have.

    A document with the same rules as the one in force (comments and layout do not count) makes no new version: the
    one in force is returned. Raises BadDocument, and then nothing has changed. Writes the event process.loaded.
    """
    document = check(text, now=now, manned=manned)
    data = document.model_dump(mode="json")
    digest = digest_of(data)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
    before = current_or_none()
    if before is not None and before.digest == digest:
        return before
    last = ProcessVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    ProcessVersion.objects.filter(is_current=True).update(is_current=False)
    version = ProcessVersion.objects.create(
        number=last + 1,
        source=text,
        data=data,
        digest=digest,
        note=clean(note.strip(), limit=200),
        loaded_at=now,
        loaded_by=actor.label[:200],
        is_current=True,
    )
    facts = {"number": version.number, "digest": digest, "note": version.note}
    record(Fact("process.loaded", SUBJECT, version.pk, now, actor, data=facts))
    return version


def digest_of(data: dict[str, object]) -> str:
    """SHA-256 of the rules, independent of layout and of the order of keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
