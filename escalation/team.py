"""Reads of the Major Incident Team (P-6.2): who sits where, who was called to a major, who answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from directory.models import Person
from escalation.models import SeatCall, TeamSeat
from incidents.models import Incident
from process.schema import Document, MajorMember


class Standing(StrEnum):
    """How it stands with a seat of an incident."""

    ANSWERED = "answered"
    CALLING = "calling"
    UNANSWERED = "unanswered"
    """Everybody who could be called was, in vain."""
    ENDED = "ended"
    """The incident needed no answer any more."""
    VACANT = "vacant"
    """There was nobody to call."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the document and who is put on it, the person first, then the deputies in their order."""

    member: MajorMember
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Place:
    """A seat as it was called to an incident, oldest call first."""

    member: MajorMember
    calls: list[SeatCall]

    @property
    def answer(self) -> SeatCall | None:
        """The first answer."""
        answers = [call for call in self.calls if call.acknowledged_at is not None]
        return min(answers, key=lambda call: call.acknowledged_at or call.at, default=None)

    @property
    def standing(self) -> Standing:
        """Answered once somebody has, whoever else was called."""
        if self.answer is not None:
            return Standing.ANSWERED
        if not self.calls:
            return Standing.VACANT
        states = {SeatCall.State.CALLING: Standing.CALLING, SeatCall.State.ENDED: Standing.ENDED}
        return states.get(SeatCall.State(self.calls[-1].state), Standing.UNANSWERED)


def people_on_seats(keys: Iterable[str]) -> dict[str, list[Person]]:
    """Seat → everybody put on it, the person first; seats without anybody are missing. One query."""
    found: dict[str, list[Person]] = {}
    for row in TeamSeat.objects.filter(key__in=list(keys)).select_related("person"):
        found.setdefault(row.key, []).append(row.person)
    return found


def seats_of(document: Document) -> list[Seat]:
    """The team of a document with the people on it."""
    people = people_on_seats(member.key for member in document.major.team)
    return [Seat(member, people.get(member.key, [])) for member in document.major.team]


def is_reachable(person: Person, now: datetime) -> bool:
    """Active and not absent."""
    return person.is_active and (person.absent_until is None or person.absent_until <= now)


def vacant(document: Document, *, now: datetime) -> list[MajorMember]:
    """Seats on which nobody could be called now: a major would have to do without them (P-1.2)."""
    return [seat.member for seat in seats_of(document) if not any(is_reachable(person, now) for person in seat.people)]


def calls_of(incident_ids: Collection[int]) -> dict[int, list[SeatCall]]:
    """Incident → the calls of its latest declaration, oldest first. One query."""
    found: dict[int, list[SeatCall]] = {}
    for call in SeatCall.objects.filter(incident__in=incident_ids).select_related("person").order_by("id"):
        calls = found.setdefault(call.incident_id, [])
        if calls and calls[0].since != call.since:
            calls.clear()
        calls.append(call)
    return found


def places_of(document: Document, calls: Sequence[SeatCall]) -> list[Place]:
    """The team of a document as it was called, in the document's order."""
    by_seat: dict[str, list[SeatCall]] = {}
    for call in calls:
        by_seat.setdefault(call.seat, []).append(call)
    return [Place(member, by_seat.get(member.key, [])) for member in document.major.team]


def waiting_seats(person: Person) -> QuerySet[SeatCall]:
    """Calls for seats of the team that wait for this person's answer, the newest first."""
    return SeatCall.objects.filter(person=person, state=SeatCall.State.CALLING).order_by("-id")


def seat_waits_for(person: Person, incident: Incident) -> bool:
    """Whether a call for a seat of the team waits for this person's answer."""
    return waiting_seats(person).filter(incident=incident).exists()


def answered_for(person: Person, incident: Incident, *, since: datetime) -> Person | None:
    """Who answered last, since an instant, for a seat this person was called for."""
    seats = SeatCall.objects.filter(incident=incident, person=person).values("seat")
    answers = SeatCall.objects.filter(incident=incident, seat__in=seats, acknowledged_at__gte=since)
    newest = answers.select_related("person").order_by("-acknowledged_at", "-id").first()
    return newest.person if newest else None
