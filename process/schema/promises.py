"""§9 and §5.1/1: service hours, promises, and how often stakeholders hear of an incident."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from process.schema.base import CalendarKey, ClockKind, Key, Paragraph, Priority, Strict, Text
from process.schema.chains import AckMinutes
from process.schema.policy import Canton, Circumstances, Contract, SlaTarget

LocalTime = Annotated[time, WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})]


class DayHours(Strict):
    """Opening hours of one weekday: half-open local intervals [open, close)."""

    open: LocalTime
    close: LocalTime

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.open.tzinfo or self.close.tzinfo:
            raise ValueError("expected local times such as 08:00, without a time zone")
        if self.close != time(0) and self.open >= self.close:
            raise ValueError("expected a day to open before it closes (close 00:00 means midnight)")
        return self


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarException(Strict):
    """A day that differs: closed when `hours` is empty (P-9.2)."""

    date: date
    label: Text
    hours: list[DayHours] = Field(default_factory=list)


class Calendar(Strict):
    """Service hours (P-9.2). `always` means 24×7 and knows no holidays and no local time."""

    key: CalendarKey
    label: Text
    paragraph: Paragraph
    time_zone: str = "Europe/Zurich"
    always: bool = False
    weekly: dict[Weekday, list[DayHours]] = Field(default_factory=dict)
    public_holidays: bool = Field(True, description="Closed on public holidays of the incident's canton.")
    default_canton: Canton = "ZH"
    exceptions: list[CalendarException] = Field(default_factory=list)

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("expected an IANA time zone such as Europe/Zurich") from None
        return name

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.always and not any(self.weekly.values()):
            raise ValueError("expected some working time; without it every promise would wait for ever")
        days = [*self.weekly.items(), *((str(day.date), day.hours) for day in self.exceptions)]
        for day, spans in days:
            ordered = sorted(spans, key=lambda span: span.open)
            for before, after in pairwise(ordered):
                if before.close == time(0) or after.open < before.close:
                    raise ValueError(f"expected opening hours of {day} that do not overlap")
        return self


class Sla(Strict):
    """§9. Checkpoints are percent of the target; 100 is the breach (P-9.3)."""

    paragraph: Paragraph
    is_default: bool = Field(True, description="True while these are our defaults and not the signed agreement.")
    note: Text = Field(description="What people are told about where the figures come from.")
    contracts: list[Contract] = Field([], description="Agreements that only some schools signed.")
    targets: list[SlaTarget]
    checkpoints: list[Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=lambda: [50, 75, 90, 100])
    breach_reason: Key = Field("sla_breached", description="Reason used on the management chain (P-5.4).")

    @model_validator(mode="after")
    def _every_incident_finds_a_promise(self) -> Self:
        wanted = {(clock, priority) for clock in ClockKind for priority in Priority}
        found = {
            (target.clock, priority)
            for target in self.targets
            if not target.when.others
            for priority in target.when.priority or Priority
        }
        missing = sorted(f"{clock.value}/{priority.value}" for clock, priority in wanted - found)
        if missing:
            raise ValueError(
                "expected a target without further conditions for each clock and priority; "
                f"missing: {', '.join(missing)}"
            )
        ranks = [(target.clock, target.rank) for target in self.targets]
        if len(ranks) != len(set(ranks)):
            raise ValueError("expected another rank for each target of a clock, so that one comes first")
        if self.checkpoints != sorted(set(self.checkpoints)) or self.checkpoints[-1:] != [100]:
            raise ValueError("expected checkpoints that rise and end with 100, the breach")
        return self

    def target_for(self, clock: ClockKind, case: Circumstances) -> SlaTarget:
        """The promise for a clock under these circumstances: the first by rank whose conditions hold."""
        contracts = [entry.key for entry in self.contracts if case.school in entry.schools]
        fitting = (t for t in self.targets if t.clock is clock and t.when.holds(case, contracts))
        return min(fitting, key=_rank)

    def target(self, clock: ClockKind, priority: Priority) -> SlaTarget:
        """The promise for an incident of which no more than the priority is known."""
        return self.target_for(clock, Circumstances(priority))

    def named(self, key: str) -> SlaTarget:
        """The target with that key; StopIteration when there is none."""
        return next(target for target in self.targets if target.key == key)

    def asks_for(self, name: str) -> bool:
        """Whether any target depends on this condition."""
        return any(getattr(target.when, name) not in ([], None) for target in self.targets)


def _rank(target: SlaTarget) -> int:
    return target.rank


class Cadence(Strict):
    """How often stakeholders hear of an open incident (P-5.5), in minutes of real time; 0 is never."""

    paragraph: Paragraph
    minutes: AckMinutes
