"""§§7, 8, 11, 12 and 13: what the company owes around an incident, and the tools it does it with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from process.schema.base import Key, Labelled, Minutes, Paragraph, Strict, Text


class DataProtectionDuty(Labelled):
    """A step that a data-protection incident owes (P-7.1 to P-7.4) and the role that owns it."""

    role: Key


class BreachSign(Strict):
    """Facts of an incident that make it a suspected data-protection incident by themselves: all that is named holds."""

    category: Key | None = None
    criterion: Key | None = Field(default=None, description="Of urgency or impact.")
    trigger: Key | None = Field(default=None, description="Of major incidents.")


class DataProtectionCalls(Strict):
    """§7: how the officer is reached, at any hour, and who is called where they are not (P-7.1)."""

    paragraph: Paragraph = "§7"
    repeat_every_min: Minutes = Field(
        default=10, description="Real minutes until who has not answered is called again."
    )
    acknowledge_within_min: Minutes = Field(
        default=30, description="Real minutes until the executive board is called too."
    )
    board_reads_from_level: Annotated[int, Field(ge=1, le=9)] = Field(
        default=3, description="Management level of the incident from which the executive board may read the case."
    )
    suspected_when: list[BreachSign] = Field(default=[], description="Besides whoever suspects it.")
    severe_trigger: Key | None = Field(default=None, description="Trigger by which a grave breach (from 3) is a major.")
    severe_reasons: dict[int, Key] = Field(
        default={},
        description="Management level to the reason by which a grave breach (2: from 3, 3: from 4) gets there.",
    )
    remind_schools_every_min: Minutes = Field(
        default=1440, description="Real minutes until a school that has not acknowledged its notice is reminded."
    )
    school_link_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=14, description="How long the link to a school's notice opens."
    )

    def suspects(self, category: str, criteria: Iterable[str], triggers: Iterable[str] = ()) -> bool:
        """Whether an incident with these facts is a suspected data-protection incident by itself."""
        there = {category, *criteria, *triggers}
        named = ({sign.category, sign.criterion, sign.trigger} - {None} for sign in self.suspected_when)
        return any(facts and facts <= there for facts in named)


class Restoration(Strict):
    """§8: who decides on an emergency restoration, and what it must reach (P-8.1 to P-8.4)."""

    paragraph: Paragraph
    text: Text
    decision_from_level: Annotated[int, Field(ge=1, le=9)] = Field(description="Lowest management level that decides.")
    locks_at_once: bool
    backup_every_min: Minutes
    backup_kept_days: Annotated[int, Field(ge=1, le=3650)]
    rpo_min: Minutes = Field(description="Greatest loss of data, counted back from detection.")
    rto_min: Minutes = Field(description="Whole system: from detection and decision to restored.")
    component_rto: Text = Field(description="What holds for single components, which have no figure.")


class Training(Strict):
    """§11: training in this process for all staff (P-11.1)."""

    paragraph: Paragraph
    text: Text
    repeat_after_months: Annotated[int, Field(ge=1, le=120)]


class ToolUse(Labelled):
    """What a tool of §12 is for, and which tools do it (P-12.1 to P-12.7)."""

    tools: list[Annotated[str, Field(min_length=1, max_length=80)]]


class Improvement(Strict):
    """§13: what the process learns from (P-13.1, P-13.2)."""

    paragraph: Paragraph
    text: Text
    sources: list[Labelled]
