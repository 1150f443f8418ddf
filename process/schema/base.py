"""The words every part of the document is written in: keys, texts, levels, priorities."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
CalendarKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Paragraph = Annotated[str, StringConstraints(min_length=2, max_length=40)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 31)]


class Level(StrEnum):
    """Urgency and impact each have these three levels (P-4.1, P-4.2)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """What the matrix yields (P-4.3), in the order in which incidents are worked (P-4.5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """1 (critical) … 4 (low): the number queues are sorted by (P-4.5)."""
        return list(Priority).index(self) + 1


class ContactKind(StrEnum):
    """What the service desk makes of a contact (P-2.2)."""

    SUPPORT = "support"
    FEATURE_REQUEST = "feature_request"
    MANAGEMENT_REQUEST = "management_request"
    INCIDENT = "incident"


class ChainName(StrEnum):
    """The two ladders that run side by side (P-5.3)."""

    FUNCTIONAL = "functional"
    MANAGEMENT = "management"


class ClockKind(StrEnum):
    """The clocks an incident runs against (P-9.1)."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class Strict(BaseModel):
    """Unknown keys are errors: a typing mistake in a rule must not silently switch it off."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages of the house; German is Swiss German (`ss`)."""

    de: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

    def in_(self, language: str) -> str:
        """The text for a language code such as `de-ch`; anything but English reads German."""
        return self.en if language.startswith("en") else self.de


class Labelled(Strict):
    """Something with a key and a name people read."""

    key: Key
    label: Text
    paragraph: Paragraph
