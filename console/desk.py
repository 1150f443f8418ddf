"""Reads for lists of incidents: rows with their clocks, the day of one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from console.keyset import SORTS
from console.rings import Ring, ring_of
from directory.models import Person
from directory.selectors import roles_of
from escalation.models import Step
from escalation.selectors import waiting_for
from escalation.team import waiting_seats
from incidents.models import OPEN_VALUES, Consultation, Contact, Incident
from incidents.selectors import contacts_visible_to, questions_to, visible_to, with_record
from sla.models import Clock
from sla.selectors import clocks_for

MOST = 50


@dataclass(frozen=True, slots=True)
class Row:
    """An incident as lists show it; `ring` is the clock that runs out first."""

    incident: Incident
    ring: Ring | None


@dataclass(frozen=True, slots=True)
class Summons:
    """A call that waits for this person's answer: of a ladder's step, or (None) of the Major Incident Team."""

    step: Step | None
    row: Row
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What one person must do now."""

    calls: list[Summons]
    to_answer: list[Contact]
    """Requests handed on to one of the person's roles (P-2.2), oldest first."""
    questions: list[Consultation]
    """Questions of §14 to one of the person's roles, oldest first (P-14.1)."""
    mine: list[Row]
    unowned: list[Row]

    @property
    def count(self) -> int:
        """Everything on the page."""
        return len(self.calls) + len(self.to_answer) + len(self.questions) + len(self.mine) + len(self.unowned)


def in_order(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """The order of work (P-4.5): priority, then time left, then age."""
    return incidents.order_by(*SORTS["queue"])


def rows_of(incidents: Iterable[Incident], *, now: datetime) -> list[Row]:
    """Rows in the given order, with one query for all clocks."""
    found = list(incidents)
    clocks = clocks_for([incident.pk for incident in found])
    return [Row(incident, _most_pressing(clocks.get(incident.pk, []), now)) for incident in found]


def _most_pressing(clocks: list[Clock], now: datetime) -> Ring | None:
    """The clock a person should see: one that still asks for something, and of two the one that is due first.

    A broken one asks until it is stopped; one that waits comes after those that count, a decided one last.
    """
    shown = [clock for clock in clocks if clock.state != Clock.State.CANCELLED]
    if not shown:
        return None
    return ring_of(min(shown, key=lambda clock: _urgency(clock, now)), now)


def _urgency(clock: Clock, now: datetime) -> tuple[bool, bool, datetime]:
    if clock.stopped_at is not None:
        return (True, clock.breached_at is None, clock.stopped_at)
    return (False, clock.deadline is None, clock.deadline or now)


def day_of(person: Person, *, now: datetime) -> Day:
    """The day of one person."""
    seen = with_record(visible_to(person)).filter(status__in=OPEN_VALUES)
    steps = {step.incident_id: step for step in waiting_for(person)}
    seats = waiting_seats(person)
    of_seats = Subquery(seats.filter(incident=OuterRef("pk")).values("at")[:1])
    ringing = seen.filter(Q(pk__in=steps) | Q(pk__in=seats.values("incident"))).annotate(seat_called_at=of_seats)
    called = list(in_order(ringing))
    waiting = [incident.pk for incident in called]
    mine = list(in_order(seen.filter(assignee=person).exclude(pk__in=waiting))[:MOST])
    asked = contacts_visible_to(person).filter(state=Contact.State.HANDED_ON, handed_to__in=roles_of(person))
    teams = list(person.teams.values_list("pk", flat=True))
    unowned = list(in_order(seen.filter(team__in=teams, assignee__isnull=True).exclude(pk__in=waiting))[:MOST])
    rows = {row.incident.pk: row for row in rows_of([*called, *mine, *unowned], now=now)}
    return Day(
        calls=[_summons(incident, steps, rows[incident.pk]) for incident in called],
        to_answer=list(asked.select_related("school").order_by("pk")[:MOST]),
        questions=list(questions_to(person)[:MOST]),
        mine=[rows[incident.pk] for incident in mine],
        unowned=[rows[incident.pk] for incident in unowned],
    )


def _summons(incident: Incident, steps: Mapping[int, Step], row: Row) -> Summons:
    """One line per incident; a seat of the team says more than a ladder that calls as well."""
    seat_called_at: datetime | None = incident.seat_called_at  # type: ignore[attr-defined]
    if seat_called_at is not None:
        return Summons(None, row, seat_called_at)
    step = steps[incident.pk]
    return Summons(step, row, step.at)
