"""Reads for lists of incidents: rows with their clocks, the day of one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Value

from console.keyset import SORTS
from console.rings import Ring, ring_of
from directory.models import Person
from directory.selectors import roles_of
from escalation.models import Step
from escalation.selectors import waiting_for
from escalation.team import waiting_seats
from incidents.models import OPEN_VALUES, Consultation, Contact, Incident, StakeholderMessage
from incidents.selectors import contacts_visible_to, questions_to, visible_to, with_record
from lifecycle.stakeholders import to_release
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
    to_release: list[StakeholderMessage]
    """Stakeholder messages that this person was asked to release, oldest first (P-5.5)."""
    mine: list[Row]
    unowned: list[Row]

    @property
    def count(self) -> int:
        """Everything on the page."""
        asked = len(self.calls) + len(self.to_answer) + len(self.questions) + len(self.to_release)
        return asked + len(self.mine) + len(self.unowned)


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
    seen = visible_to(person).filter(status__in=OPEN_VALUES)
    steps = {step.incident_id: step for step in waiting_for(person)}
    seats = {call.incident_id: call.at for call in waiting_seats(person)}
    rest = seen.exclude(pk__in={*steps, *seats})
    teams = person.teams.order_by().values("pk")
    called, mine, unowned = _rows_of_each(
        seen.filter(pk__in={*steps, *seats}),
        in_order(rest.filter(assignee=person))[:MOST],
        in_order(rest.filter(team__in=teams, assignee=None))[:MOST],
        now=now,
    )
    asked = contacts_visible_to(person).filter(state=Contact.State.HANDED_ON, handed_to__in=roles_of(person))
    return Day(
        calls=[_summons(row, steps, seats) for row in called],
        to_answer=list(asked.select_related("school").order_by("pk")[:MOST]),
        questions=list(questions_to(person)[:MOST]),
        to_release=list(to_release(person)[:MOST]),
        mine=mine,
        unowned=unowned,
    )


def _rows_of_each(*lists: QuerySet[Incident], now: datetime) -> Iterator[list[Row]]:
    """The rows of several lists, which share no incident, in the order of work. Three queries, however many lists."""
    marked = [incidents.values_list(Value(mark), "pk") for mark, incidents in enumerate(lists)]
    marks = {pk: mark for mark, pk in marked[0].union(*marked[1:], all=True)}
    rows = rows_of(in_order(with_record(Incident.objects.filter(pk__in=marks))), now=now)
    return ([row for row in rows if marks[row.incident.pk] == mark] for mark in range(len(lists)))


def _summons(row: Row, steps: Mapping[int, Step], seats: Mapping[int, datetime]) -> Summons:
    """One line per incident; a seat of the team says more than a ladder that calls as well."""
    pk = row.incident.pk
    return Summons(None, row, seats[pk]) if pk in seats else Summons(steps[pk], row, steps[pk].at)
