"""A script of acts: who does what, when. Generators write it, `stage` plays it; one seed always writes one script."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.rules.workhours import Schedule, Span
from escola_im.demo.cast import ASCII, BY_ROLE, FIRST_NAMES, LAST_NAMES, SCHOOLS, Place
from escola_im.demo.texts import Case, letters

ZURICH = ZoneInfo("Europe/Zurich")
_OFFICE = (Span(time(7, 45), time(17, 45)),)
_BUSY = {7: 0.4, 8: 1.0, 9: 0.9, 10: 0.7, 11: 0.5, 12: 0.2, 13: 0.6, 14: 0.6, 15: 0.5, 16: 0.4, 17: 0.2}
T = TypeVar("T")


def _office(day: date) -> Sequence[Span]:
    return _OFFICE if day.weekday() < 5 else ()


WORK = Schedule(ZURICH, _office)
"""When people of the company act. Holidays are left out: somebody is always on duty."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: a verb by somebody about something. A fact `$key` stands for the number of the incident named so."""

    at: datetime
    verb: str
    by: str
    about: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def busy_instant(dice: random.Random, since: datetime, until: datetime) -> datetime:
    """An instant at which a school is likely to call: in office hours, more in the morning, most on Mondays."""
    span = WORK.elapsed(since, until)
    while True:
        at = WORK.add(since, max(1, int(dice.random() * span)))
        local = at.astimezone(ZURICH)
        if dice.random() < _BUSY.get(local.hour, 0.1) * (1.0 if local.weekday() == 0 else 0.8):
            return at


@dataclass(slots=True)
class Script:
    """Writes the acts of one story. `at` is where the story stands; what would lie after `end` is not written."""

    key: str
    at: datetime
    end: datetime
    dice: random.Random
    acts: list[Act] = field(default_factory=list)

    def act(self, verb: str, by: str, **facts: Any) -> Script:
        """Somebody does something now."""
        if self.at < self.end:
            self.acts.append(Act(self.at, verb, by, self.key, facts))
        return self

    def work(self, least: float, most: float) -> Script:
        """Some minutes of office time pass."""
        self.at = WORK.add(self.at, max(20, int(self.dice.uniform(least, most) * 60)))
        return self

    def wait(self, least: float, most: float) -> Script:
        """Some minutes pass, day and night."""
        self.at += timedelta(seconds=max(20, int(self.dice.uniform(least, most) * 60)))
        return self

    def one(self, things: Sequence[T]) -> T:
        """One of several."""
        return self.dice.choice(things)

    def someone(self, role: str) -> str:
        """Somebody of a role; the first one, whose login the demo shows, a little more often."""
        people = BY_ROLE[role]
        return people[0] if self.dice.random() < 0.3 else self.one(people)

    def maybe(self, chance: float) -> bool:
        """True that often."""
        return self.dice.random() < chance

    def note(self, by: str, text: str = "") -> Script:
        """An internal note."""
        return self.act("note", by, text=text or self.one(letters().notes))

    def write(self, by: str, text: str = "") -> Script:
        """A message to the reporter."""
        return self.act("comment", by, text=text or self.one(letters().messages))

    def report(self, case: Case, agent: str, *, channel: str = "", place: Place | None = None, **facts: Any) -> Script:
        """A school reports a case and support records it: by phone at once, else from a contact taken in before."""
        channel = (
            channel
            or self.dice.choices(("phone", "email", "ticket", "app_feedback", "manual"), weights=(40, 25, 25, 7, 3))[0]
        )
        who = reporter(self.dice, place or self.one(SCHOOLS), channel)
        draft = {
            "channel": channel,
            "title": case.title,
            "symptom": case.symptom,
            "category": case.category,
            "module": case.module,
            "urgency_criteria": (case.urgency,),
            "impact_criteria": (case.impact,),
            **who,
            **facts,
        }
        if channel in ("phone", "manual"):
            return self.act("open", agent, **draft)
        self.act("contact", agent, channel=channel, subject=case.title, body=case.symptom, **who)
        self.wait(2, 9)
        return self.act("classify", agent, kind="incident", incident=draft)


def reporter(dice: random.Random, place: Place, channel: str) -> dict[str, Any]:
    """An invented person at a school, with the channel on which they want to hear from us."""
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    address = f"{first}.{last}@{place.site}.example".lower().translate(ASCII)
    wants = "phone" if channel == "phone" and dice.random() < 0.4 else "email"
    return {
        "reporter_name": f"{first} {last}",
        "reporter_email": address,
        "reporter_phone": f"+41 44 000 {dice.randrange(100):02d} {dice.randrange(100):02d}",
        "school": place.name,
        "feedback_channel": wants,
    }
