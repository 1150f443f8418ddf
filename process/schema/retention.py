"""How long what the tool keeps of people is kept (DSG 6(4), DSV 4 and 15). Carried out by `lifecycle/retention.py`."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from process.schema.base import Labelled, Text
from process.schema.references import Located

REGISTER = ("register", "register_sensitive")
REGISTER_MONTHS = 24
"""DSV 15(4): the register of breaches is kept two years at least, counted from the report."""


class RetentionRule(Labelled):
    """After which time records of a type lose whom they are about, and where that is written."""

    months: Annotated[int, Field(ge=1, le=600)] | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    source: Annotated[str, StringConstraints(min_length=2, max_length=200)] = Field(
        description="The law or decision behind the figure; (P) marks a proposal."
    )

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("expected either months or days")
        return self

    def before(self, now: datetime) -> datetime:
        """The instant before which records are due at `now`; the last day of a month stands for days it has not."""
        return self._moved(now, -1)

    def until(self, since: datetime) -> datetime:
        """The instant from which a record that ended at `since` is due."""
        return self._moved(since, 1)

    def _moved(self, at: datetime, way: int) -> datetime:
        if self.months is None:
            return at + way * timedelta(days=self.days or 0)
        year, month = divmod(at.year * 12 + at.month - 1 + way * self.months, 12)
        return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def always() -> list[RetentionRule]:
    """What a document that says nothing still means: what was settled, never confirmed, or has expired."""
    known = [
        ("deliveries", 90, "Rohdaten der Quellen (Webhooks)", "Raw deliveries of sources (webhooks)"),
        ("subscriptions", 3, "Nicht bestätigte Adressen der Statusseite", "Addresses nobody confirmed"),
        ("sessions", 1, "Abgelaufene Anmeldungen", "Logins that have expired"),
    ]
    return [
        RetentionRule(key=key, days=days, label=Text(de=de, en=en), paragraph="§7", source="Art. 6 Abs. 4 DSG (P)")
        for key, days, de, en in known
    ]


def too_short(rules: Sequence[RetentionRule]) -> list[Located]:
    """The register may not be forgotten before the law allows it."""
    return [
        (("retention", at), f"expected {REGISTER_MONTHS} months at least (DSV 15(4)), found {found}")
        for at, rule in enumerate(rules)
        if rule.key in REGISTER
        and (rule.months or 0) < REGISTER_MONTHS
        and (found := f"{rule.months} months" if rule.months else f"{rule.days} days")
    ]
