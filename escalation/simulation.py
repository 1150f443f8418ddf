"""Who would be called for an incident from an instant on, by the rules that call in earnest (P-5.3). Writes nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from directory.models import Person
from directory.selectors import absent_holders, people_with_any_role
from escalation.events import NOT_ACKNOWLEDGED, REASONS
from escalation.roster import Roster, is_released
from escalation.rules.policy import Move, Rung
from escalation.rules.simulation import Beat, play
from escalation.selectors import reason_paragraph
from escalation.unheard import alarmed
from incidents.models import Incident
from notifications.services import channels_to, quiet_until
from process.schema import Chain, ChainLevel, ChainName
from process.selectors import document

NOBODY_ANSWERS = "*"
"""Stands for every username among those who do not answer."""
BEGINNING = "beginning"
"""The reason of the first level: there the simulation begins."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody who would be called: by which channels, whether as the one on call, whether they answer.

    Beside the app nothing goes out before `held_until`, the end of their quiet hours; None where it goes at once.
    """

    person: Person
    channels: list[str]
    is_on_call: bool
    answers: bool
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What would happen at an instant on a level.

    `reason` and `rule` (a paragraph) say why the level was entered; `passed` are levels on the way on which nobody
    could be reached, `absent` those of the level's role who are away and therefore not called. `round` counts how
    often everybody was called again; `until` is when it goes on without an answer. `alarmed` hear that nobody is left.
    """

    at: datetime
    level: ChainLevel
    reason: str
    rule: str
    move: Move
    round: int
    called: list[Called]
    passed: list[ChainLevel]
    absent: list[Person]
    alarmed: list[Called]
    until: datetime | None

    @property
    def reason_label(self) -> str:
        """Why the level was entered, as people read it."""
        return _("Hier beginnt die Simulation") if self.reason == BEGINNING else str(REASONS[self.reason])


@dataclass(frozen=True, slots=True)
class Story:
    """A ladder from an instant on. `answered_by` is None when it is called to its end without an answer."""

    chain: Chain
    level: int
    at: datetime
    scenes: list[Scene]
    answered_by: Person | None

    @property
    def ends_at(self) -> datetime:
        """When somebody answers, or nobody is left to call."""
        return self.scenes[-1].at


@dataclass(slots=True)
class _Ladder:
    """The rungs of an incident at future instants. Its own copy of the incident loses the assignee as climbing does."""

    chain: Chain
    incident: Incident
    stands_on: int
    people: dict[int, Person] = field(default_factory=dict)
    rosters: dict[datetime, Roster] = field(default_factory=dict)

    def rungs_from(self, level: int, at: datetime) -> Iterator[Rung]:
        self._stand_on(level)
        return self.roster(at).rungs_from(self.chain, level, self.incident)

    def rung(self, level: int, at: datetime) -> Rung:
        self._stand_on(level)
        return self.roster(at).rung(self.chain, level, self.incident)

    def roster(self, at: datetime) -> Roster:
        if at not in self.rosters:
            self.rosters[at] = Roster(at, people=self.people)
        return self.rosters[at]

    def _stand_on(self, level: int) -> None:
        if level != self.stands_on and is_released(self.incident, self.chain.name, self.chain.level(level)):
            self.incident.assignee = None
        self.stands_on = level


def first_level(incident: Incident, chain: Chain) -> int:
    """Where calling would begin: on the level the incident stands on. The management chain is entered at level 2
    (P-5.4); its first level is Support, which the functional chain calls."""
    return min(max(incident.level_on(chain.name), 2 if chain.name is ChainName.MANAGEMENT else 1), chain.top)


def simulate(
    incident: Incident, name: ChainName, *, at: datetime, silent: Container[str], level: int | None = None
) -> Story:
    """What would happen if the incident had to be answered from `at` on and nobody had been called yet.

    People whose username is in `silent` do not answer, with NOBODY_ANSWERS none does; of the others the first who is
    called answers at once. Whoever is absent then is not called, as in earnest. People, roles and rotas are those
    known now, the document is that of the incident, and calling begins at `level` or where `first_level` says. The
    other chain is taken to stand still, and so is what people do. KeyError when there is no such level.
    """
    chain = document(incident.process_version_id).chain(name)
    level = chain.level(level or first_level(incident, chain)).level
    ladder = _Ladder(chain, copy(incident), stands_on=incident.level_on(name))
    nobody = NOBODY_ANSWERS in silent

    def answers(person: int) -> bool:
        return not nobody and ladder.people[person].username not in silent

    beats = list(play(ladder, level=level, at=at, answers=answers))
    answered_by = ladder.people.get(beats[-1].answered_by or 0)
    return Story(chain, level, at, [_scene(beat, ladder, level) for beat in beats], answered_by)


def _scene(beat: Beat, ladder: _Ladder, first: int) -> Scene:
    chain, rung = ladder.chain, ladder.chain.level(beat.level)
    reason = BEGINNING if beat.entered == first else NOT_ACKNOWLEDGED
    roster = ladder.roster(beat.at)
    return Scene(
        at=beat.at,
        level=rung,
        reason=reason,
        rule=rung.paragraph if reason == BEGINNING else reason_paragraph(chain, beat.entered, reason),
        move=beat.action.move,
        round=beat.round,
        called=[_called(person, beat, roster.on_call.get(rung.role), ladder) for person in beat.action.people],
        passed=[chain.level(level) for level in beat.passed],
        absent=absent_holders(rung.role, now=beat.at),
        alarmed=_alarmed(chain) if beat.action.move is Move.GIVE_UP else [],
        until=beat.action.next_call_at if beat.answered_by is None else None,
    )


def _called(person: int, beat: Beat, on_call: int | None, ladder: _Ladder) -> Called:
    found, is_urgent = ladder.people[person], ladder.incident.is_urgent
    return Called(
        found,
        list(channels_to(found, is_urgent=is_urgent)),
        person == on_call,
        person == beat.answered_by,
        held_until=None if is_urgent else quiet_until(found, now=beat.at),
    )


def _alarmed(chain: Chain) -> list[Called]:
    people = alarmed(chain, lambda role: people_with_any_role([role]))
    return [
        Called(person, list(channels_to(person, is_urgent=True)), is_on_call=False, answers=False) for person in people
    ]
