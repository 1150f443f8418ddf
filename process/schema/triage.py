"""§§1, 3 and 4: roles, ways of notification, kinds of contact, categories, modules, criteria and the matrix."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from process.schema.base import ContactKind, Key, Labelled, Level, Paragraph, Priority, Strict, Text


class Role(Labelled):
    """A role of §1.3 or of the RACI table (P-1.1)."""

    description: Text


class Channel(Labelled):
    """A way of notification (§3); `automatic` channels are monitoring and skip level 1 (P-2.3)."""

    automatic: bool = False


class ContactKindRule(Labelled):
    """What becomes of a contact of this kind (P-2.2)."""

    key: ContactKind
    handed_to: Key | None = Field(None, description="Role that answers it; none stays with the service desk.")
    opens_incident: bool = False


class Category(Labelled):
    """An incident category of §3."""


class ModuleRule(Strict):
    """A module of the product that may be affected (§3)."""

    key: Key
    label: Text


class Criterion(Labelled):
    """One criterion of §4.1 or §4.2; ticking it means its level (P-4.1, P-4.2)."""

    level: Level


class MatrixRow(Strict):
    """A row of the matrix of §4.3: the priority per urgency for one impact."""

    impact: Level
    high: Priority
    medium: Priority
    low: Priority

    def priority(self, urgency: Level) -> Priority:
        """The cell for an urgency."""
        return Priority(getattr(self, urgency.value))


class Matrix(Strict):
    """Impact × urgency → priority (P-4.3)."""

    paragraph: Paragraph
    rows: list[MatrixRow]

    @model_validator(mode="after")
    def _every_impact_once(self) -> Self:
        found = [row.impact for row in self.rows]
        if sorted(found) != sorted(Level):
            missing = ", ".join(level for level in Level if level not in found) or "none"
            raise ValueError(f"expected one row for each impact high, medium, low; missing: {missing}")
        return self

    def priority(self, *, impact: Level, urgency: Level) -> Priority:
        """The priority of an incident (P-4.3)."""
        return next(row for row in self.rows if row.impact == impact).priority(urgency)
