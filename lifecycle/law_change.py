"""Another version of the data-protection law comes into force (§7). The officer answers for it, and a deputy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from lifecycle.access import By
from lifecycle.case_desk import may_decide
from lifecycle.errors import Conflict
from privacy import services
from privacy.models import LawVersion


@transaction.atomic
def load_law(*, text: str, note: str, by: By, now: datetime, seen: int | None = None) -> LawVersion:
    """Puts a law file in force; returns the version in force, which is the old one when the rules are the same.

    Cases keep the version they began under. `seen` is the version the editor had before them. Raises NotFound,
    Forbidden, BadDocument with what is wrong in which line, and Conflict when somebody else was faster.
    """
    may_decide(by)
    before = services.law_in_force(now=now)
    if seen is not None and seen != before.number:
        raise Conflict(seen, before.number)
    return services.store_law(text, actor=by.actor, now=now, note=note)


@transaction.atomic
def load_default_law(*, actor: Actor, now: datetime) -> LawVersion:
    """The version in force; before the first load the law that ships with the product is put in force."""
    return services.law_in_force(actor=actor, now=now)
