"""§§5, 6 and 14: both chains with their duties and reasons, the major incident, the RACI table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from process.schema.base import CalendarKey, ChainName, Key, Labelled, Minutes, Paragraph, Priority, Strict, Text


class Duty(Strict):
    """A thing to do at a level (§5.1, §5.2)."""

    key: Key
    text: Text
    paragraph: Paragraph


class ReasonCircumstance(Strict):
    """What makes a reason hold by itself, without anybody naming it: everything it names must be so."""

    category: Key | None = None
    criterion: Key | None = Field(None, description="A ticked criterion of urgency or impact.")
    priority_from: Priority | None = Field(None, description="This priority or a higher one.")
    open_for_min: Minutes = Field(0, description="Real minutes since the incident was opened: a long-running one.")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self == ReasonCircumstance.model_construct():
            raise ValueError("expected at least one of category, criterion, priority_from and open_for_min")
        return self


class Reason(Labelled):
    """Why one goes up to a level. `automatic` reasons are given by rules, the others by people.

    One that has circumstances is given by the rule that looks at them as well, once for each incident.
    """

    automatic: bool = False
    when: list[ReasonCircumstance] = Field(default_factory=list, description="One of these gives the reason by itself.")


class AckMinutes(Strict):
    """Minutes per priority, in real time: until an unanswered call goes on (P-5.3), or between updates (P-5.5)."""

    critical: Minutes
    high: Minutes
    medium: Minutes
    low: Minutes

    def for_(self, priority: Priority) -> int:
        """Minutes for one priority."""
        return int(getattr(self, priority.value))


class CallStep(Strict):
    """Whom a rung calls before the next step is taken, when none of them answers in time (P-5.3)."""

    notify: Literal["role", "on_call", "team", "person"] = Field(
        "role", description="`on_call` is whoever has duty in the rota of a role; nobody while it has a gap."
    )
    key: str = Field("", max_length=150, description="Role, team or username; the level's own role when missing.")
    call: Literal["everyone", "one_by_one", "round_robin"] = Field(
        "one_by_one", description="`round_robin` begins with whoever was not called for the longest time."
    )
    wait_min: Minutes | None = Field(None, description="The level's `acknowledge_within_min` when missing.")

    @model_validator(mode="after")
    def _names_whom(self) -> Self:
        if self.notify in ("team", "person") and not self.key:
            raise ValueError(f"expected the key of a {self.notify}")
        return self


class ServiceHours(Strict):
    """When a rung may be called: nothing below `but_from`, majors excepted, outside the hours of a calendar (R12)."""

    calendar: CalendarKey
    outside: Literal["hold", "pass"] = Field(
        "hold", description="Wait until duty begins, or go on to the next level; the last level always waits."
    )
    but_from: Priority = Field(Priority.HIGH, description="From this priority upwards people are called at any hour.")


class ChainLevel(Strict):
    """A rung: who holds it, what is done there, why one gets there."""

    level: Annotated[int, Field(ge=1, le=9)]
    role: Key
    label: Text
    paragraph: Paragraph
    duties: list[Duty]
    reasons: list[Reason] = Field(default_factory=list, description="Reasons to enter this level from below.")
    acknowledge_within_min: AckMinutes
    progress_within_min: AckMinutes | None = Field(
        None, description="Real minutes in which whoever took it on must get on with it; 0 or nothing: never asked."
    )
    call: Literal["everyone", "one_by_one", "round_robin"] = "one_by_one"
    steps: list[CallStep] = Field(
        default_factory=list,
        description="Whom to call, one step after the other; those of the level's role who are still left come last.",
    )
    hours: ServiceHours | None = None
    call_everyone_from: Priority | None = Field(
        Priority.CRITICAL, description="From this priority upwards everyone of the role is called at once."
    )

    @property
    def call_steps(self) -> list[CallStep]:
        """Every step of this rung: those written down, then whoever holds its role, so that no rung stays silent."""
        return [*self.steps, CallStep.model_validate({"call": self.call})]

    def progress_min(self, priority: Priority) -> int:
        """Minutes in which whoever took it on must get on with it; 0 when nobody asks."""
        return self.progress_within_min.for_(priority) if self.progress_within_min else 0


class Chain(Strict):
    """One ladder (P-5.1 functional, P-5.2 management)."""

    name: ChainName
    label: Text
    paragraph: Paragraph
    levels: list[ChainLevel]
    monitoring_enters_at: int = Field(1, description="Level at which automatic detection enters (P-2.3).")

    @model_validator(mode="after")
    def _levels_count_up_from_one(self) -> Self:
        if [level.level for level in self.levels] != list(range(1, len(self.levels) + 1)):
            raise ValueError("expected levels numbered 1, 2, 3 … in this order")
        if not 1 <= self.monitoring_enters_at <= len(self.levels):
            raise ValueError(f"expected monitoring_enters_at to be a level of the chain, 1 to {len(self.levels)}")
        return self

    def level(self, number: int) -> ChainLevel:
        """The rung with that number; KeyError when the chain is shorter."""
        if not 1 <= number <= len(self.levels):
            raise KeyError(f"the {self.name.value} chain has no level {number}")
        return self.levels[number - 1]

    @property
    def top(self) -> int:
        """Number of the last rung."""
        return len(self.levels)


class Circumstance(Strict):
    """What meets a trigger by itself, without anybody ticking it: everything it names must hold."""

    category: Key | None = None
    module: Key | None = None
    schools_at_least: Annotated[int, Field(ge=0, le=10_000)] = Field(
        0, description="Different schools of the incident, of what hangs on it, and of its contacts."
    )
    flood: bool = Field(False, description="The incident gathers a flood of alarms.")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self == Circumstance.model_construct():
            raise ValueError("expected at least one of category, module, schools_at_least and flood")
        return self


class MajorTrigger(Labelled):
    """A trigger of §6.1 (P-6.1): proposes a major incident, or makes one at once."""

    effect: Literal["propose", "declare"]
    when: list[Circumstance] = Field(default_factory=list, description="One of these meets the trigger by itself.")
    by_rule: bool = Field(default=False, description="Only rules declare by it; nobody is asked to pick it.")


class MajorMember(Strict):
    """A member of the Major Incident Team (P-6.2): the name as the document has it, and the function."""

    key: Key = Field("", description="The seat that people of the company are put on; made of the name when missing.")
    name: str
    function: Text

    @model_validator(mode="before")
    @classmethod
    def _has_a_seat(cls, given: Any) -> Any:
        """Documents written before seats had keys keep working."""
        if isinstance(given, Mapping) and "key" not in given and isinstance(given.get("name"), str):
            return {**given, "key": _key_of(given["name"])}
        return given


def _key_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:40] or "seat"


class Major(Strict):
    """§6."""

    paragraph: Paragraph
    triggers: list[MajorTrigger]
    team_paragraph: Paragraph = "§6.2"
    acknowledge_within_min: Annotated[int, Field(ge=1, le=1440)] = Field(
        10, description="Minutes after which the deputy of somebody who did not answer is called (P-6.2)."
    )
    team: list[MajorMember]

    @property
    def offered(self) -> list[MajorTrigger]:
        """The triggers that people are asked about."""
        return [trigger for trigger in self.triggers if not trigger.by_rule]

    def seat(self, key: str) -> MajorMember | None:
        """The member on a seat; None when the document has no such seat."""
        return next((member for member in self.team if member.key == key), None)


RaciLetters = Annotated[str, StringConstraints(pattern=r"^[RACI](, ?[RACI]){0,3}$")]


class RaciRow(Labelled):
    """One task of §14: role → letters, e.g. `project_manager: "R, A"` (P-14.1)."""

    roles: dict[Key, RaciLetters]

    def holders(self, letter: str) -> list[str]:
        """Role keys that carry a letter (R, A, C or I) in this row."""
        return [role for role, letters in self.roles.items() if letter in letters]
