"""What a person may ask of us, done by the officer: what is known of them, a copy of it, erasing it (Art. 25, 32 DSG).

Only the officer and deputies; for everybody else these verbs do not exist. Each use leaves a row the database refuses
to change, without a word about the person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import incidents.services
from core.text import clean
from incidents.models import SavedView
from lifecycle import subscriptions
from lifecycle.access import By
from lifecycle.errors import Invalid, NotFound
from lifecycle.personal import wiping
from lifecycle.personal.finding import Found, find, mentioned, messages_to
from lifecycle.personal.raw import take_out_of_raw
from lifecycle.personal.subject import Subject
from notifications.models import Message
from notifications.services import forget_messages
from privacy import services
from privacy.models import PersonalDeed
from privacy.selectors import is_officer

Kind = PersonalDeed.Kind


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, by kind, and what stayed, by reason."""

    counts: dict[str, int]
    held: dict[str, int]


@transaction.atomic
def look_up(subject: Subject, *, by: By, now: datetime) -> Found:
    """Everything there is of a person. That somebody looked is kept. Raises NotFound."""
    _only_the_officer(by)
    found = find(subject)
    _keep(Kind.SEARCH, found.counts(), found.stays(), by=by, now=now)
    return found


@transaction.atomic
def hand_out(
    subject: Subject, *, by: By, now: datetime, reference: str = "", only: Collection[str] | None = None
) -> Found:
    """The same for a copy that leaves the house (Art. 25 DSG), without what is a namesake's. Raises NotFound."""
    _only_the_officer(by)
    found = find(subject, only=only).without_namesakes()
    _say_nothing_of(found, reference=reference)
    _keep(Kind.EXPORT, found.counts(), {}, by=by, now=now, reference=reference)
    return found


@transaction.atomic
def erase(
    subject: Subject,
    *,
    reason: str,
    by: By,
    now: datetime,
    reference: str = "",
    only: Collection[str] | None = None,
) -> Erased:
    """Erases a person wherever nothing keeps them: all of it or nothing (Art. 32 DSG). Raises NotFound, Invalid.

    `only` are the numbers of the records that are theirs, where a namesake has others.
    """
    _only_the_officer(by)
    if not reason.strip():
        raise Invalid.field("reason", _("Warum wird gelöscht? Der Grund gehört zum Nachweis."))
    found = find(subject, lock=True, only=only)
    _say_nothing_of(found, reason=reason, reference=reference)
    held, pattern = found.stays(), mentioned(found)
    free = set(messages_to(found).exclude(_about_held(found)).values_list("pk", flat=True))
    counts = wiping.wipe(found.free_incidents, found.free_contacts, aliases=found.aliases, by=by, now=now)
    rows = Message.objects.filter(pk__in=free)
    counts["messages"] += forget_messages(rows.exclude(body=wiping.stand_in(now)), text=wiping.stand_in(now))
    if not found.schools:
        counts["subscriptions"] = subscriptions.forget(found.subscribers, reason="erased")
    counts["mentions"] = wiping.take_out(pattern, held=found.held, by=by, now=now)
    counts["mentions"] += take_out_of_raw(found.aliases, now=now) + _forget_views(pattern)
    incidents.services.forget_words({word for alias in found.aliases for word in alias.search_words()})
    _keep(Kind.ERASE, counts, held, by=by, now=now, reason=reason, reference=reference)
    return Erased(counts, held)


def deeds(*, limit: int = 100) -> list[PersonalDeed]:
    """Who searched, exported or erased, the newest first."""
    return list(PersonalDeed.objects.select_related("by")[:limit])


def _about_held(found: Found) -> Q:
    held = Q(topic_type="incident", topic_id__in=found.held)
    return held | Q(topic_type="contact", topic_id__in=found.held_contacts)


def _forget_views(pattern: str) -> int:
    """Saved filters that look for the person."""
    if not pattern:
        return 0
    rows = SavedView.objects.values_list("pk", "query")
    found = [pk for pk, query in rows if re.search(pattern, unquote_plus(query), re.IGNORECASE)]
    return SavedView.objects.filter(pk__in=found).delete()[0]


def _only_the_officer(by: By) -> None:
    if not is_officer(by.person):
        raise NotFound("privacy")


def _say_nothing_of(found: Found, **texts: str) -> None:
    """The proof that somebody was erased must not name them."""
    pattern = "|".join(part for alias in found.names if (part := alias.traces()))
    for name, text in texts.items():
        if pattern and re.search(pattern, text, re.IGNORECASE):
            raise Invalid.field(name, _("Bitte ohne Angaben zur Person: dieser Text bleibt stehen."))


def _keep(
    kind: PersonalDeed.Kind,
    counts: dict[str, int],
    held: dict[str, int],
    *,
    by: By,
    now: datetime,
    reason: str = "",
    reference: str = "",
) -> None:
    services.keep_deed(
        kind,
        by=by.person,
        via=by.actor.via,
        at=now,
        counts=counts,
        held=held,
        reason=clean(reason.strip(), limit=500),
        reference=clean(reference.strip(), limit=80),
    )
