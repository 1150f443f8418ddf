"""The law as data: which regimes and authorities there are, which duties they bring, what a report must contain.

Every entry says where it comes from, how long it holds, and whether counsel has confirmed it; nothing here is a legal
opinion. Days are days of `time_zone`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from process.schema import Key, Paragraph, Strict, Text
from process.schema.policy import Canton
from process.schema.references import Located, refuse, repeats, unknown

Tag = Annotated[str, StringConstraints(pattern=r"^([A-Z]{1,2}|[A-Z][0-9]{1,2})$")]
SeverityScore = Annotated[float, Field(ge=0, le=6)]
DutyMinutes = Annotated[int, Field(ge=1, le=60 * 24 * 366)]


class SchoolKind(StrEnum):
    """What a customer is in the eyes of the law; `own` is the company itself with its own data."""

    PUBLIC = "public"
    PRIVATE = "private"
    PRIVATE_MANDATE = "private_mandate"
    EU_EEA = "eu_eea"
    OWN = "own"


class Bearer(StrEnum):
    """Who owes a duty."""

    ESCOLA = "escola"
    SCHOOL = "school"


class Condition(StrEnum):
    """What makes a duty due."""

    ALWAYS = "always"
    CONFIRMED = "confirmed"
    THRESHOLD = "threshold"
    CYBER_ATTACK = "cyber_attack"
    CRIMINAL = "criminal"
    SENSITIVE_VOLUME = "sensitive_volume"


class StartFact(StrEnum):
    """The instant a clock counts from."""

    ESCOLA_AWARE = "escola_aware"
    SCHOOL_AWARE = "school_aware"
    CONFIRMED = "confirmed"
    PERSONS_DECIDED = "persons_decided"
    ATTACK_DISCOVERED = "attack_discovered"
    CRIME_SUSPECTED = "crime_suspected"


class Source(Strict):
    """Where something was read; `EW` is own knowledge, `P` our own proposal."""

    tag: Tag
    text: Text


class Entry(Strict):
    """Something the law file says. Of one key there is one entry at a time; a new law is a new entry after the old."""

    key: Key
    label: Text
    source: Annotated[list[Tag], Field(min_length=1)]
    valid_from: date = Field(
        description="First day we apply it: that of coming into force where it is known, else the year it was read in."
    )
    valid_to: date | None = Field(default=None, description="Last day it holds.")
    confirmed_by_counsel: bool = False
    open_question: Text | None = Field(default=None, description="What counsel or the officer has to find out.")

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("expected an entry to begin before it ends")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day; the first and the last day count."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Weighing(Strict):
    """How a threshold becomes a recommendation; by severity it has a score to report from and one to decide from."""

    by: Literal["confidentiality", "severity", "unless_unlikely", "ask"]
    due_from: SeverityScore | None = None
    decide_from: SeverityScore | None = None

    @model_validator(mode="after")
    def _has_its_bounds(self) -> Self:
        has = self.due_from is not None and self.decide_from is not None
        if has != (self.by == "severity") or (self.due_from or 0) < (self.decide_from or 0):
            raise ValueError("expected decide_from and due_from, in this order, with severity and only there")
        return self


class ReportRule(Strict):
    """When and how fast a breach is reported to an authority."""

    law: Text
    threshold: Text
    deadline: Text
    limit_hours: Annotated[int, Field(ge=1, le=24 * 366)] | None = Field(
        default=None, description="Hours after becoming aware; none where the law gives no figure."
    )
    recommend: Weighing


class Regime(Entry):
    """A body of law a school stands under: by its own rule, or by those of the regimes it combines."""

    applies_to: SchoolKind
    law: Text
    report: ReportRule | None = None
    combines: list[Key] = []

    @model_validator(mode="after")
    def _has_one_rule(self) -> Self:
        if (self.report is None) != bool(self.combines):
            raise ValueError("expected either a report rule or the regimes it combines")
        return self


class Authority(Entry):
    """Who receives reports of a canton, a city («Biel/Bienne» has two names) or the country."""

    regimes: Annotated[list[Key], Field(min_length=1)]
    canton: Canton | None = None
    city: str | None = None
    channel: Text | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")] | None = None
    report: ReportRule | None = Field(
        default=None, description="What the law of this place says in place of the regime's."
    )
    is_placeholder: bool = Field(default=False, description="Nobody has looked up yet who this is.")

    @model_validator(mode="after")
    def _a_city_lies_in_a_canton(self) -> Self:
        if self.city and not self.canton:
            raise ValueError("expected the canton the city lies in")
        return self


class Duty(Entry):
    """Something that is owed once a breach happened, by whom, and how long they have."""

    code: Annotated[str, StringConstraints(pattern=r"^(N[1-9]|F1)$")]
    law: Text
    paragraph: Paragraph
    bearer: Bearer
    per: Literal["case", "school", "authority"] = Field(
        description="`authority`: for each school with each of its own."
    )
    when: Condition
    recommend: Weighing | None = Field(default=None, description="The duty's own threshold in place of the regime's.")
    starts: StartFact
    deadline: Text = Field(description="The wording of the law.")
    limit_min: DutyMinutes | None = Field(default=None, description="Real minutes the law gives; none: no figure.")
    target_min: DutyMinutes | None = Field(default=None, description="Real minutes we give ourselves.")
    target_from: StartFact | None = Field(default=None, description="What the target counts from, where not `starts`.")
    alarm_min: DutyMinutes | None = Field(default=None, description="After so many minutes it is an alarm in any case.")
    regimes: list[Key] = Field(default=[], description="Only under these; none named: under every one.")
    cantons: list[Canton] = Field(default=[], description="Only in these; none named: everywhere.")
    recipient: Text | None = None
    contents: list[Key] = Field(default=[], description="What has to be said.")
    keep_years: Annotated[int, Field(ge=1, le=100)] | None = Field(default=None, description="The least the law asks.")


class Point(Strict):
    """One point of a list of contents."""

    key: Key
    label: Text


class Content(Entry):
    """What a report, a notice or a record must say."""

    law: Text
    points: Annotated[list[Point], Field(min_length=1)]


Kind = TypeVar("Kind", bound=Entry)
ROOMS = ("regimes", "authorities", "duties", "contents")


class Law(Strict):
    """The whole law file. `Law.model_validate` is the only way in."""

    schema_version: Literal[1] = 1
    title: Text
    notice: Text = Field(description="What everybody reads beside it.")
    time_zone: Literal["Europe/Zurich"] = "Europe/Zurich"
    alarms: list[Annotated[int, Field(ge=1, le=100)]] = [50, 75, 90, 100]
    sources: list[Source]
    regimes: list[Regime]
    authorities: list[Authority]
    duties: list[Duty]
    contents: list[Content]

    @model_validator(mode="after")
    def _alarms_rise(self) -> Self:
        if self.alarms != sorted(set(self.alarms)) or self.alarms[-1:] != [100]:
            raise ValueError("expected alarms that rise and end with 100, the end of the time")
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        refuse([*repeats([source.tag for source in self.sources], ("sources",)), *_overlaps(self), *_references(self)])
        return self

    def day_of(self, at: datetime) -> date:
        """The day an instant falls on; ValueError for one without a time zone."""
        if at.tzinfo is None:
            raise ValueError("expected an instant with its time zone")
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def regime(self, key: str, day: date) -> Regime | None:
        """The regime of a key as it stands on a day."""
        return next((regime for regime in in_force(self.regimes, day) if regime.key == key), None)

    def duty(self, key: str, day: date) -> Duty | None:
        """The duty of a key as it stands on a day."""
        return next((duty for duty in in_force(self.duties, day) if duty.key == key), None)

    def sources_of(self, *entries: Entry) -> tuple[Source, ...]:
        """Where entries come from, each source once."""
        tags = {tag for entry in entries for tag in entry.source}
        return tuple(source for source in self.sources if source.tag in tags)


def in_force(entries: Sequence[Kind], day: date) -> Iterator[Kind]:
    """The entries that hold on a day, in the order of the file."""
    return (entry for entry in entries if entry.holds_on(day))


def _overlaps(law: Law) -> list[Located]:
    """Entries of one key that would hold at the same time."""
    return [
        ((room, index, "valid_from"), f"expected '{later.key}' once at a time, another entry holds then too")
        for room in ROOMS
        for (_, earlier), (index, later) in combinations(enumerate(getattr(law, room)), 2)
        if earlier.key == later.key and (earlier.holds_on(later.valid_from) or later.holds_on(earlier.valid_from))
    ]


def _references(law: Law) -> list[Located]:
    tags = {source.tag for source in law.sources}
    regimes = {regime.key for regime in law.regimes}
    leaves = {regime.key for regime in law.regimes if not regime.combines}
    return [
        *_named(law, ROOMS, "source", "source", tags),
        *_named(law, ("regimes",), "combines", "regime with a rule", leaves),
        *_named(law, ("authorities", "duties"), "regimes", "regime", regimes),
        *_named(law, ("duties",), "contents", "list of contents", {content.key for content in law.contents}),
    ]


def _named(law: Law, rooms: Sequence[str], field: str, what: str, known: set[str]) -> Iterator[Located]:
    for room in rooms:
        for at, entry in enumerate(getattr(law, room)):
            for index, key in enumerate(getattr(entry, field)):
                if key not in known:
                    yield (room, at, field, index), unknown(what, key, known)
