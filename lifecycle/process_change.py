"""A new version of the process comes into force, with what depends on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.actors import Actor
from directory.selectors import holder_counts, holders_by_role
from directory.services import sync_modules
from escalation.chain_lint import Remark, remarks
from process.lint import Severity, lint
from process.loader import default_text
from process.models import ProcessVersion
from process.selectors import current_document, current_or_none, document
from process.services import load


def load_process(*, text: str, by_actor: Actor, now: datetime, note: str = "") -> ProcessVersion:
    """Puts a process document in force and makes the modules people choose from those of the document.

    Returns the version in force, which is the old one when the rules are the same. Raises BadDocument, also for a
    chain that reaches nobody (ADR 0008), and then nothing has changed. Open incidents stay with the version they were
    opened under.
    """
    return _put_in_force(text, manned=manned_roles(), actor=by_actor, now=now, note=note)


def load_default(*, actor: Actor, now: datetime) -> ProcessVersion:
    """The version in force; before the first load the document that ships with the product is put in force, whoever
    there is: without a process nothing runs at all."""
    return current_or_none() or _put_in_force(default_text(), manned=None, actor=actor, now=now)


def manned_roles() -> frozenset[str] | None:
    """The roles that active people hold, away or not; None while nobody holds any, as before the first person."""
    return frozenset(holders_by_role()) or None


def shortcomings(*, now: datetime) -> list[Remark]:
    """Errors and warnings of the document in force, its people and its rotas, the gravest first (P-1.2).

    Looks a year ahead in every rota: up to 0.15 s each.
    """
    in_force = current_document()[1]
    said = lint(in_force, today=timezone.localdate(now), holders=holder_counts(now=now), manned=manned_roles())
    found = [Remark(finding) for finding in said]
    found = [remark for remark in found if remark.finding.severity is not Severity.NOTICE]
    found += remarks(in_force, at=now)
    return sorted(found, key=lambda remark: remark.finding.severity is not Severity.ERROR)


@transaction.atomic
def _put_in_force(
    text: str, *, manned: frozenset[str] | None, actor: Actor, now: datetime, note: str = ""
) -> ProcessVersion:
    version = load(text=text, actor=actor, now=now, note=note, manned=manned)
    sync_modules(document(version.pk))
    return version
