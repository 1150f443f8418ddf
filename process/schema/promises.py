"""§9 and §5.1/1: promises, and how often stakeholders hear of an incident."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from process.schema.base import ClockKind, Key, Paragraph, Priority, Strict, Text
from process.schema.chains import AckMinutes
from process.schema.policy import Circumstances, Contract, SlaTarget


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
