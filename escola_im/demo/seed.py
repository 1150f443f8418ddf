"""Fills an empty house: the company, its history, the seals over it. All or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation

from core.sealing import seal
from escola_im.demo.founding import FOUNDER, Company, found, is_empty, send_on_leave, set_up_on_call
from escola_im.demo.plan import DAYS, SEED, SIZE, write_plan
from escola_im.demo.stage import Stage
from incidents.models import Contact, Incident
from lifecycle import counting
from lifecycle.law_change import load_default_law
from lifecycle.process_change import load_default
from process.selectors import document


class NotHere(Exception):
    """The demo must not be filled in here; the text says why."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made. `skipped` acts came too late in their own story."""

    company: Company
    incidents: int
    contacts: int
    skipped: int


def seed(
    *,
    now: datetime,
    say: Callable[[str], None] = lambda _line: None,
    number: int = SEED,
    days: int = DAYS,
    size: int = SIZE,
    anchor: Path | None = None,
) -> Seeded | None:
    """Fills the database and says what it is doing; None when it is not empty. Raises NotHere in production.

    One transaction: an interrupted filling leaves nothing, and the next start begins anew.
    """
    if settings.ENV.mode == "production":
        raise NotHere("the demo company is not for production: its passwords are public")
    if not is_empty():
        return None
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        version = load_default(actor=FOUNDER, now=now)
        load_default_law(actor=FOUNDER, now=now)
        rules = document(version.pk)
        plan = write_plan(now=now, document=rules, seed=number, days=days, size=size)
        say("  people, teams, schools, sources")
        company = found(at=plan.since)
        stage = Stage(company, plan, rules, random.Random(number), say)  # noqa: S311 -- who answers when, not a secret
        stage.play()
        send_on_leave(company, now=plan.now)
        set_up_on_call(company, now=plan.now)
        say("  sealing the log")
        while seal(now=now, anchor=anchor):
            pass
        say("  counting the figures")
        counting.begin(now=now)
    return Seeded(company, Incident.objects.count(), Contact.objects.count(), len(stage.skipped))
