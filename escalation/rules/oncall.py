"""Who is on call when (P-1.2, P-5.3). Pure: a rota in, turns out.

A rota has layers; of those that cover an instant the last one wins, and an override wins over all of them. Hand-overs
and hours are wall times of the rota's zone, so 08:00 stays 08:00 when the clocks change. Intervals are half-open: at
the instant of a hand-over the next person is on call. People are numbers here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.rules.workhours import from_wall

DAILY, WEEKLY = 1, 7
EVERY_DAY = frozenset(range(7))
MIDNIGHT = time(0)
LOOK_AHEAD = timedelta(weeks=8)
"""How far the end of a turn and the next one are looked for."""
NEVER_BACK = datetime.max.replace(tzinfo=UTC)
"""Absent until then: somebody who left or lost the role keeps their place in the order and is passed."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns. Before the first hand-over, and outside its hours, a layer covers nothing.

    The hours begin at `opens` on each of `weekdays` (Monday is 0) and end at the next `closes`, perhaps on the day
    after; equal times mean a whole day.
    """

    people: tuple[int, ...]
    first: date
    hand_over: time
    every_days: int = WEEKLY
    weekdays: frozenset[int] = EVERY_DAY
    opens: time = MIDNIGHT
    closes: time = MIDNIGHT

    @property
    def is_always(self) -> bool:
        """Whether the layer knows no hours."""
        return self.weekdays == EVERY_DAY and self.opens == self.closes

    def index(self, at: datetime, zone: ZoneInfo) -> int:
        """How many hand-overs lie between the first one and `at`; negative before the first."""
        number = (at.astimezone(zone).date() - self.first).days // self.every_days
        day = self.first + timedelta(days=number * self.every_days)
        return number if from_wall(datetime.combine(day, self.hand_over), zone) <= at else number - 1

    def covers(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether an instant lies in the layer's hours."""
        if self.is_always:
            return True
        today = at.astimezone(zone).date()
        days = (day for day in (today - _DAY, today) if day.weekday() in self.weekdays)
        return any(begin <= at < end for begin, end in (self.hours(day, zone) for day in days))

    def hours(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The hours that would begin on a day."""
        last = day if self.closes > self.opens else day + _DAY
        begin = from_wall(datetime.combine(day, self.opens), zone)
        return begin, from_wall(datetime.combine(last, self.closes), zone, later=True)


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody who is on call in [start, end), whoever it would be otherwise."""

    person: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """Layers from the bottom up, overrides from the oldest to the newest, and who is absent until when."""

    zone: ZoneInfo
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    absent_until: Mapping[int, datetime] = field(default_factory=dict)

    def is_there(self, person: int, at: datetime) -> bool:
        """Whether a person can be called at an instant."""
        until = self.absent_until.get(person)
        return until is None or until <= at


class Why(StrEnum):
    """Why it is somebody's duty."""

    TURN = "turn"
    """Their turn in a layer."""
    STAND_IN = "stand_in"
    """The next in the layer, because whoever's turn it is is absent."""
    OVERRIDE = "override"
    """Put in for somebody, or in a gap."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call and why: in which layer (from 0), and instead of whom."""

    person: int
    why: Why
    layer: int | None = None
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A duty in [start, end)."""

    start: datetime
    end: datetime
    duty: Duty

    @property
    def person(self) -> int:
        """Who is on call."""
        return self.duty.person


def on_call(rota: Rota, at: datetime) -> Duty | None:
    """Who would be called at an instant, and why; None when nobody is on call.

    Somebody absent is passed: an override of theirs counts as not made, their turn goes to the next in the layer, and
    a layer in which everybody is absent covers nothing.
    """
    beneath = _in_layers(rota, at)
    for override in reversed(rota.overrides):
        if override.start <= at < override.end and rota.is_there(override.person, at):
            replaced = beneath.person if beneath and beneath.person != override.person else None
            return Duty(override.person, Why.OVERRIDE, instead_of=replaced)
    return beneath


def _in_layers(rota: Rota, at: datetime) -> Duty | None:
    for number in reversed(range(len(rota.layers))):
        layer = rota.layers[number]
        index = layer.index(at, rota.zone)
        if index < 0 or not layer.people or not layer.covers(at, rota.zone):
            continue
        order = [layer.people[(index + step) % len(layer.people)] for step in range(len(layer.people))]
        person = next((person for person in order if rota.is_there(person, at)), None)
        if person == order[0]:
            return Duty(person, Why.TURN, number)
        if person is not None:
            return Duty(person, Why.STAND_IN, number, instead_of=order[0])
    return None


def turns(rota: Rota, start: datetime, end: datetime) -> list[Turn]:
    """All duties in [start, end), in order and cut to it; between two of them nobody is on call."""
    found: list[Turn] = []
    for begin, finish in pairwise([*sorted(_changes(rota, start, end)), end]):
        duty = on_call(rota, begin)
        if duty is None:
            continue
        if found and found[-1].duty == duty and found[-1].end == begin:
            found[-1] = replace(found[-1], end=finish)
        else:
            found.append(Turn(begin, finish, duty))
    return found


def _changes(rota: Rota, start: datetime, end: datetime) -> set[datetime]:
    """The instants of [start, end) at which the duty may change, `start` among them."""
    moments = {start, *rota.absent_until.values()}
    for override in rota.overrides:
        moments |= {override.start, override.end}
    for layer in rota.layers:
        for day in _days(rota.zone, start, end):
            moments |= {from_wall(datetime.combine(day, layer.hand_over), rota.zone), *layer.hours(day, rota.zone)}
    return {moment for moment in moments if start <= moment < end}


def _days(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[date]:
    day, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date()
    while day <= last:
        yield day
        day += _DAY


def now_and_next(rota: Rota, at: datetime) -> tuple[Turn | None, Turn | None]:
    """Who is on call at an instant and until when, and who comes next: within eight weeks, else they stay None.

    The end is when somebody else, or nobody, is on call; LOOK_AHEAD later when that is not in sight.
    """
    ahead = turns(rota, at, at + LOOK_AHEAD)
    if not ahead or ahead[0].start > at:
        return None, ahead[0] if ahead else None
    present = ahead.pop(0)
    while ahead and ahead[0].person == present.person and ahead[0].start == present.end:
        present = replace(present, end=ahead.pop(0).end)
    return present, ahead[0] if ahead else None


def swap(one: Turn, other: Turn) -> tuple[Override, Override]:
    """The two overrides by which two people take each other's turn."""
    return Override(other.person, one.start, one.end), Override(one.person, other.start, other.end)


def holds(rota: Rota, person: int, start: datetime, end: datetime) -> bool:
    """Whether a person is on call all the time in [start, end)."""
    found = [turn for turn in turns(rota, start, end) if turn.person == person]
    return start < end and sum((turn.end - turn.start for turn in found), timedelta()) == end - start
