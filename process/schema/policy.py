"""§9: which promise holds for which incident. The first target by rank whose conditions all hold is the one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from core.rules.workhours import Hours
from process.schema.base import CalendarKey, ClockKind, ContactKind, Key, Labelled, Paragraph, Priority, Strict, Text

CANTONS = "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH"
Canton = Annotated[str, StringConstraints(pattern=f"^({CANTONS.replace(' ', '|')})$")]
SchoolNumber = Annotated[int, Field(ge=1)]


class Circumstances(NamedTuple):
    """What a promise may depend on, as an incident's events tell it; None and "" are unknown."""

    priority: Priority = Priority.LOW
    canton: str | None = None
    kind: str = ContactKind.INCIDENT.value
    category: str = ""
    module: str = ""
    school: int | None = None
    channel: str = ""
    major: bool = False


class Contract(Labelled):
    """Schools one agreement was signed with, by the number the API and the school's page show."""

    schools: list[SchoolNumber] = Field(min_length=1)


class When(Strict):
    """Conditions of a target: every one that is named must hold, any of its values will do. None named: always.

    Data protection is no condition on purpose: a promise that differs would tell whoever sees the clock that there is
    a case (ADR 0015).
    """

    priority: list[Priority] = []
    kind: list[ContactKind] = []
    category: list[Key] = []
    module: list[Key] = []
    school: list[SchoolNumber] = []
    contract: list[Key] = Field([], description="Keys of `sla.contracts`.")
    canton: list[Canton] = []
    channel: list[Key] = []
    major: bool | None = Field(None, description="true: declared majors only; false: all others only.")

    def holds(self, case: Circumstances, contracts: Collection[Key]) -> bool:
        """Whether an incident under these circumstances, whose school signed `contracts`, is meant."""
        return (
            (not self.priority or case.priority in self.priority)
            and (self.major is None or case.major is self.major)
            and not any(
                wanted and getattr(case, name) not in wanted for name in LISTED if (wanted := getattr(self, name))
            )
            and (not self.contract or any(key in contracts for key in self.contract))
        )

    @property
    def others(self) -> list[str]:
        """The names of the conditions beside the priority."""
        return [name for name in WITHOUT_PRIORITY if getattr(self, name) not in ([], None)]


LISTED = ("kind", "category", "module", "school", "canton", "channel")
WITHOUT_PRIORITY = (*LISTED, "contract", "major")
_CLOCKS = {ClockKind.RESPONSE: ("Reaktion", "Response"), ClockKind.RESOLUTION: ("Lösung", "Resolution")}
_PRIORITIES = {
    Priority.CRITICAL: ("kritisch", "critical"),
    Priority.HIGH: ("hoch", "high"),
    Priority.MEDIUM: ("mittel", "medium"),
    Priority.LOW: ("niedrig", "low"),
}
FALLBACK_RANK = 9000
"""Targets of the older shape, one per priority, come after whatever is more particular."""


class SlaTarget(Strict):
    """A promise: how long a clock may run, in which calendar, for which incidents (P-9.1, P-9.2).

    The length is minutes of the calendar, or business days: then the clock is due when the n-th business day after
    the day of the contact closes (R14). "A day" is neither and is refused.
    """

    key: Key
    label: Text
    clock: ClockKind
    rank: Annotated[int, Field(ge=1, le=9999, description="Of several targets that fit the lowest rank counts.")]
    when: When = Field(default_factory=lambda: When.model_validate({}))
    target_min: Annotated[int, Field(ge=1, le=60 * 24 * 366)] | None = Field(None, description="Minutes it is open.")
    business_days: Annotated[int, Field(ge=1, le=366)] | None = None
    calendar: CalendarKey
    paragraph: Paragraph

    @model_validator(mode="before")
    @classmethod
    def _older_shape(cls, data: Any) -> Any:
        """Versions that incidents are pinned to were written with one priority per target: they stay readable."""
        if not isinstance(data, Mapping) or "priority" not in data or "when" in data:
            return data
        return _key_and_rank(data) | {name: value for name, value in data.items() if name != "priority"}

    @model_validator(mode="after")
    def _has_one_length(self) -> Self:
        if (self.target_min is None) == (self.business_days is None):
            raise ValueError("expected either target_min (minutes of the calendar) or business_days")
        return self

    def length_s(self, opening: Hours, since: datetime) -> int:
        """The promise in open seconds. Business days reach from `since` to the close of the n-th one after its day."""
        if self.business_days is None:
            return (self.target_min or 0) * 60
        return opening.elapsed(since, opening.close_after(since, self.business_days))


def _key_and_rank(data: Mapping[str, Any]) -> dict[str, Any]:
    clock, priority = data.get("clock"), data["priority"]
    when = {"when": {"priority": [priority]}}
    if clock not in set(ClockKind) or priority not in set(Priority):
        return {**when, "key": "target", "rank": FALLBACK_RANK, "label": {"de": "Ziel", "en": "Target"}}
    words = zip(_CLOCKS[ClockKind(clock)], _PRIORITIES[Priority(priority)], strict=True)
    german, english = (f"{name}: {level}" for name, level in words)
    return {
        **when,
        "key": f"{ClockKind(clock).value}_{Priority(priority).value}",
        "label": {"de": german, "en": english},
        "rank": FALLBACK_RANK + 10 * Priority(priority).rank,
    }
