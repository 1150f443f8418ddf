"""The company under the shipped process document, and incidents for its ladders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.actors import SYSTEM
from escalation.models import Step
from escalation.services import Entry, Exhausted, call_next, claim_due, enter
from incidents.models import Incident
from process.models import ProcessVersion
from process.schema import ChainName, Document
from tests.company import Company, company, document, founding  # noqa: F401

MANAGEMENT = ChainName.MANAGEMENT
FUNCTIONAL = ChainName.FUNCTIONAL
MINUTE = timedelta(minutes=1)


class Ladders:
    """Shortcuts that read like sentences."""

    def __init__(self, house: Company, rules: Document) -> None:
        self.company, self.document, self.now = house, rules, house.now
        self.version = ProcessVersion.objects.get(is_current=True)

    def incidents(self, number: int = 1, **facts: Any) -> list[Incident]:
        """Stored incidents, high unless told otherwise, that nobody was called for yet."""
        first = Incident.objects.count() + 1
        ranks = {"critical": 1, "high": 2, "medium": 3, "low": 4}
        priority = facts.pop("priority", "high")
        rows = [
            Incident(
                number=f"INC-2026-{index:06d}",
                process_version=self.version,
                channel="phone",
                title="Noten fehlen",
                symptom="…",
                category="software",
                urgency="high",
                impact="medium",
                priority=priority,
                priority_computed=priority,
                priority_rank=ranks[priority],
                reported_at=self.now,
                created_at=self.now,
                updated_at=self.now,
                **facts,
            )
            for index in range(first, first + number)
        ]
        return Incident.objects.bulk_create(rows)

    def entry(self, incident: Incident, chain: ChainName = FUNCTIONAL, to_level: int = 2, **facts: Any) -> Entry:
        """A wish to enter a rung, for the reason of a rule unless told otherwise."""
        rung = {"reason": "technical_incident", "rule": "§5.1/1e", "document": self.document, **facts}
        return Entry(incident=incident, chain=chain, to_level=to_level, **rung)

    def enter(self, incident: Incident, chain: ChainName = FUNCTIONAL, to_level: int = 2, **facts: Any) -> Step:
        """Enters one rung."""
        now = facts.pop("now", self.now)
        [step] = enter([self.entry(incident, chain, to_level, **facts)], now=now, actor=SYSTEM)
        return step

    def sweep(self, after: timedelta) -> list[Exhausted]:
        """Calls on whatever is due so long after the test began."""
        at = self.now + after
        return call_next(claim_due(now=at, limit=100), now=at)

    def called(self, step: Step) -> list[str]:
        """User names of everybody called for a step, in order."""
        return list(step.calls.order_by("id").values_list("person__username", flat=True))


@pytest.fixture
def ladders(company: Company, document: Document) -> Ladders:  # noqa: F811
    """Shortcuts for a company in which nobody is called yet."""
    return Ladders(company, document)
