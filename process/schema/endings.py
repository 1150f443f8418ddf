"""How an incident waits, ends, comes back, and is looked back upon (§3 closure data, §10)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from process.schema.base import Labelled, Paragraph, Priority, Strict, Text


class PendingReason(Labelled):
    """Why an incident waits; whether the resolution clock stands meanwhile (R5)."""

    pauses_sla: bool
    needs_message: bool = Field(False, description="The reporter must be told what is asked.")
    needs_until: bool = False
    longest_days: Annotated[int, Field(ge=1, le=365)] | None = Field(
        None, description="Calendar days the incident may wait at most; without it there is no limit."
    )
    allowed_for_critical: bool = True
    critical_longest_h: Annotated[int, Field(ge=1, le=744)] | None = Field(
        4, description="Hours a critical or major incident may wait without a lead's word; none is no limit."
    )


class ClosureCode(Labelled):
    """How an incident ended."""

    needs_link: bool = False
    for_cancel: bool = False
    for_resolve: bool = True


class Reopen(Strict):
    """How long a resolved incident may be reopened and when it closes by itself."""

    paragraph: Paragraph
    reopen_within_days: Annotated[int, Field(ge=0, le=365)] = Field(description="Calendar days after resolution.")
    close_after_days: Annotated[int, Field(ge=0, le=365)] = Field(description="Calendar days; 0 never by itself.")


class Pir(Strict):
    """§10: when a post-incident review is owed (P-10.1, P-10.2)."""

    paragraph: Paragraph
    text: Text
    mandatory_for_major: bool
    due_within_days: Annotated[int, Field(ge=1, le=365)] = Field(
        14, description="Calendar days from the declaration of a major to its review."
    )
    mandatory_from: Priority | None = None
