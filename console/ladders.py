"""Both escalation ladders of an incident as people read them: rungs, who holds them, who answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.models import Person, RoleHolding
from escalation.models import Step
from escalation.selectors import reason_label
from incidents.models import Incident
from process.schema import ChainName, Document


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of a ladder. `holders` are the active people of its role, in the order they are called."""

    level: int
    name: str
    paragraph: str
    is_current: bool
    is_passed: bool
    holders: list[Person]
    step: Step | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """A chain with its rungs; `duties` are those of the present level (P-5.1)."""

    name: str
    label: str
    rungs: list[Rung]
    duties: list[tuple[str, str]]
    top_reached: bool


def ladders_of(incident: Incident, document: Document, language: str) -> list[Ladder]:
    """Functional first. Two queries."""
    steps = list(Step.objects.filter(incident=incident).select_related("acknowledged_by").order_by("id"))
    roles = {level.role for chain in document.chains for level in chain.levels}
    holders: dict[str, list[Person]] = {}
    holdings = RoleHolding.objects.filter(role__in=roles, person__is_active=True).select_related("person")
    for holding in holdings.order_by("role", "rank", "id"):
        holders.setdefault(holding.role, []).append(holding.person)
    return [
        _ladder(document, name, int(getattr(incident, f"{name.value}_level")), steps, holders, language)
        for name in ChainName
    ]


def _ladder(
    document: Document,
    name: ChainName,
    present: int,
    steps: Iterable[Step],
    holders: dict[str, list[Person]],
    language: str,
) -> Ladder:
    chain = document.chain(name)
    latest = {step.to_level: step for step in steps if step.chain == name.value}
    rungs = [
        Rung(
            level=level.level,
            name=level.label.in_(language),
            paragraph=level.paragraph,
            is_current=level.level == present,
            is_passed=level.level < present,
            holders=holders.get(level.role, []),
            step=(step := latest.get(level.level) if level.level <= present else None),
            reason=reason_label(document, step, language) if step else "",
        )
        for level in chain.levels
    ]
    duties = [(duty.text.in_(language), duty.paragraph) for duty in chain.level(present).duties]
    return Ladder(name.value, chain.label.in_(language), rungs, duties, present >= chain.top)
