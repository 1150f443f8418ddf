"""§2: how signals from monitoring become incidents without a person (P-2.3)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from process.schema.base import Key, Level, Minutes, Paragraph, Strict


class SeverityRule(Strict):
    """What a monitoring severity means here: the criteria it ticks and the category it belongs to (P-2.3)."""

    severity: Literal["critical", "high", "medium", "low"]
    urgency: Level
    impact: Level
    urgency_criteria: list[Key] = Field(default_factory=list)
    impact_criteria: list[Key] = Field(default_factory=list)


class Monitoring(Strict):
    """How signals from monitoring become incidents (P-2.3)."""

    paragraph: Paragraph
    severities: list[SeverityRule]
    categories: dict[Literal["availability", "performance", "error", "security"], Key] = Field(
        description="Kind of signal → incident category."
    )
    resolve_after_min: Minutes = Field(description="Grace after a recovery before the incident is resolved by rule.")
    resolve_code: Key = Field(description="Closure code of that resolution.")
    reopen_within_min: Minutes = Field(description="A new alarm this soon after resolution reopens the incident.")
    flap_count: Annotated[int, Field(ge=2, le=100)] = Field(description="Changes within the window that mean flapping.")
    flap_window_min: Minutes
    flood_count: Annotated[int, Field(ge=2, le=10000)] = Field(
        description="Incidents opened by one source within the window that become an alert flood."
    )
    flood_window_min: Minutes

    @model_validator(mode="after")
    def _every_severity_once(self) -> Self:
        if sorted(rule.severity for rule in self.severities) != ["critical", "high", "low", "medium"]:
            raise ValueError("expected one rule for each severity critical, high, medium, low")
        return self

    def severity(self, name: str) -> SeverityRule:
        """The rule of a severity; an unknown one counts as medium."""
        by_name = {rule.severity: rule for rule in self.severities}
        return by_name.get(name, by_name["medium"])  # type: ignore[call-overload, no-any-return]
