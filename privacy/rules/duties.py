"""Which duties a case brings, and the clock of each (P-7.3, P-7.4). Pure.

A clock counts real time in UTC: no weekend, pause or change of the clocks moves it, and neither priority nor state of
the incident is even asked. What it warns of is the limit of the law; without one, our own target; without that, the
instant from which it is an alarm in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from privacy.rules.facts import Facts, Party
from privacy.rules.regimes import Jurisdiction, regime_of
from privacy.rules.weighing import Recommendation, Verdict, recommend
from privacy.schema import Bearer, Duty, Law, SchoolKind, Source, in_force


class Why(StrEnum):
    """Why a decision about a duty needs a reason."""

    LATE = "late"
    NOT_DUE = "not_due"
    AGAINST = "against_recommendation"
    OPEN = "nothing_recommended"


@dataclass(frozen=True, slots=True)
class Alarm:
    """So much of the time is gone at that instant."""

    percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """A duty as it applies: owed by whom, about which school, to whom, since when and until when (all UTC).

    `due_at` is the limit of the law, `target_at` ours, `alarm_at` the instant from which it is an alarm in any case.
    Without `starts_at` it has not begun to count.
    """

    duty: Duty
    bearer: Bearer
    party: str | None
    jurisdiction: Jurisdiction | None
    starts_at: datetime | None
    due_at: datetime | None
    target_at: datetime | None
    alarm_at: datetime | None
    alarms: tuple[Alarm, ...]
    recommendation: Recommendation
    sources: tuple[Source, ...]

    @property
    def key(self) -> str:
        """What names this duty within its case for good: duty, school, regime."""
        regime = self.jurisdiction.regime.key if self.jurisdiction else ""
        return "/".join((self.duty.key, self.party or "", regime)).rstrip("/")

    @property
    def deadline(self) -> datetime | None:
        """What counts as late after: the limit of the law, else the earlier of our target and the alarm."""
        ours = [at for at in (self.target_at, self.alarm_at) if at is not None]
        return self.due_at or min(ours, default=None)


def duties(law: Law, facts: Facts, *, at: datetime) -> list[Clock]:
    """Every duty that applies, with its clock and a recommendation, in the order of the law file and of the parties.

    `at` says by which law: as a rule the instant we became aware, so that a case keeps the law it began under. Instants
    without a time zone raise ValueError.
    """
    standing = {party: regime_of(law, party.kind, party.canton, party.city, at) for party in facts.parties}
    return [
        _clock(law, duty, facts, party, jurisdiction)
        for duty in in_force(law.duties, law.day_of(at))
        for party in (facts.parties if duty.per != "case" else (None,))
        for jurisdiction in _owed(duty, party, standing[party].jurisdictions if party else ())
    ]


def passed(clock: Clock, done_at: datetime) -> bool:
    """Whether something done at an instant came too late; exactly at the deadline is in time."""
    return clock.deadline is not None and done_at > clock.deadline


def needs_reason(clock: Clock, verdict: Verdict, decided_at: datetime) -> tuple[Why, ...]:
    """Why a decision cannot stand without a reason; nothing where a duty is held to be due, as recommended and in time.

    ValueError for `decide`, which decides nothing.
    """
    if verdict is Verdict.DECIDE:
        raise ValueError("expected a decision: due or not due")
    recommended = clock.recommendation.verdict
    asked = {
        Why.LATE: passed(clock, decided_at),
        Why.NOT_DUE: verdict is Verdict.NOT_DUE,
        Why.AGAINST: recommended not in (verdict, Verdict.DECIDE),
        Why.OPEN: recommended is Verdict.DECIDE,
    }
    return tuple(why for why, holds in asked.items() if holds)


def _owed(duty: Duty, party: Party | None, jurisdictions: tuple[Jurisdiction, ...]) -> Iterator[Jurisdiction | None]:
    """To whom a duty is owed: one for each authority, or once; a school nobody could place yet is never left out."""
    if party is None:
        yield None
    elif not _concerns(duty, party):
        return
    elif not jurisdictions:
        yield None
    else:
        under = [entry for entry in jurisdictions if not duty.regimes or entry.regime.key in duty.regimes]
        yield from under if duty.per == "authority" else [None for _ in under[:1]]


def _concerns(duty: Duty, party: Party) -> bool:
    """What we owe a school we do not owe ourselves; what a canton asks is owed there, and asked where none is known."""
    if duty.bearer is Bearer.ESCOLA and party.kind == SchoolKind.OWN:
        return False
    return not duty.cantons or not party.canton or party.canton.strip().upper() in duty.cantons


def _clock(law: Law, duty: Duty, facts: Facts, party: Party | None, jurisdiction: Jurisdiction | None) -> Clock:
    rule = jurisdiction.rule if jurisdiction else None
    limit_min = rule.limit_hours * 60 if rule and rule.limit_hours else duty.limit_min
    starts_at = _utc(facts.start(duty.starts, party))
    target_from = _utc(facts.start(duty.target_from or duty.starts, party))
    spans = [(starts_at, limit_min), (target_from, duty.target_min), (starts_at, duty.alarm_min)]
    due_at, target_at, alarm_at = (_after(start, minutes) for start, minutes in spans)
    return Clock(
        duty=duty,
        bearer=Bearer.ESCOLA if party and party.kind == SchoolKind.OWN else duty.bearer,
        party=party.key if party else None,
        jurisdiction=jurisdiction,
        starts_at=starts_at,
        due_at=due_at,
        target_at=target_at,
        alarm_at=alarm_at,
        alarms=next((found for span in spans if (found := _alarms(law, *span))), ()),
        recommendation=recommend(duty, rule, facts),
        sources=law.sources_of(duty, *(jurisdiction.entries if jurisdiction else ())),
    )


def _alarms(law: Law, start: datetime | None, minutes: int | None) -> tuple[Alarm, ...]:
    if start is None or minutes is None:
        return ()
    return tuple(Alarm(percent, start + timedelta(minutes=minutes) * percent / 100) for percent in law.alarms)


def _after(start: datetime | None, minutes: int | None) -> datetime | None:
    return start + timedelta(minutes=minutes) if start is not None and minutes is not None else None


def _utc(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise ValueError("expected an instant with its time zone")
    return at.astimezone(UTC) if at is not None else None
