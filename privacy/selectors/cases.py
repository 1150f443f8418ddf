"""Reads of cases. `cases_visible_to` is the only way in: others learn nothing, not even a number (P-7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as DbCase
from django.db.models import Q, QuerySet, When

from core.models import Event
from core.secrets import decrypt
from directory.models import Person
from directory.selectors import roles_of
from privacy.models import OVER, SUBJECT, Case, Note, Reader, Reading, Withheld
from process.selectors import current_document

OFFICER, BOARD = "dpo", "executive_board"
"""The roles of §1 and §7: whoever holds the officer's is the officer or a deputy."""


def is_officer(person: Person | None) -> bool:
    """Whether somebody is the data-protection officer or a deputy; being an administrator is not enough."""
    return person is not None and person.is_active and OFFICER in roles_of(person)


def cases_visible_to(person: Person | None) -> QuerySet[Case]:
    """The cases a person may know of.

    Officer and deputies see all; whoever was named as a reader theirs; the executive board what its management level
    was reached by, and what it was called for because no officer answered.
    """
    if person is None or not person.is_active:
        return Case.objects.none()
    if is_officer(person):
        return Case.objects.all()
    allowed = Q(pk__in=Reader.objects.filter(person=person, until=None).values("case"))
    if BOARD in roles_of(person):
        level = current_document()[1].data_protection_calls.board_reads_from_level
        allowed |= Q(incident__management_level__gte=level) | Q(board_called_at__isnull=False)
    return Case.objects.filter(allowed)


def enters(person: Person | None) -> bool:
    """Whether there is a room for this person: officers always have one, others while there is a case for them."""
    return is_officer(person) or cases_visible_to(person).exists()


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What waits for an answer first, then what is open, then the rest; the newest first."""
    rank = DbCase(When(next_call_at__isnull=False, then=0), When(state__in=OVER, then=2), default=1)
    return cases.select_related("incident", "officer").alias(rank=rank).order_by("rank", "-id")


def withheld_files(case: Case) -> list[Withheld]:
    """The files that were taken out of the incident, oldest first."""
    return list(Withheld.objects.filter(case=case, returned_at=None, place=Withheld.Place.ATTACHMENT))


def events_of(case: Case) -> QuerySet[Event]:
    """What happened in the case, oldest first."""
    return Event.objects.filter(subject_type=SUBJECT, subject_id=case.pk).order_by("pk")


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the case in plain words."""

    label: str
    text: str
    at: datetime


def withheld_texts(case: Case) -> list[Written]:
    """What was taken out of the incident and is still kept here, oldest first; the same words stand here once."""
    rows = Withheld.objects.filter(case=case, returned_at=None).exclude(place=Withheld.Place.ATTACHMENT)
    found: dict[str, Written] = {}
    for row in rows:
        text = decrypt(row.sealed)
        found.setdefault(text, Written(row.label, text, row.written_at))
    return list(found.values())


def notes_of(case: Case) -> list[Written]:
    """What was written about the case, oldest first."""
    rows = Note.objects.filter(case=case)
    return [Written(f"{row.get_kind_display()} · {row.author_label}", decrypt(row.sealed), row.at) for row in rows]


def readers_of(case: Case) -> list[Reader]:
    """Who was named to read it and still may, in the order in which they were named."""
    return list(Reader.objects.filter(case=case, until=None).select_related("person"))


def readings_of(case: Case, *, limit: int = 100) -> list[Reading]:
    """Who read what, the newest first."""
    return list(Reading.objects.filter(case=case).select_related("person")[:limit])
