"""Both escalation ladders of an incident as people read them: rungs, who holds them, who answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.models import Person, RoleHolding
from escalation.models import Step
from escalation.selectors import reason_label
from incidents.models import DutyDone, Incident
from incidents.selectors import duties_done
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
class Task:
    """A duty of the level an incident stands on; `done` says by whom and when, if it is."""

    key: str
    text: str
    paragraph: str
    done: DutyDone | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A chain with its rungs; `duties` are those of the present level (P-5.1)."""

    name: str
    label: str
    level: int
    rungs: list[Rung]
    duties: list[Task]
    top_reached: bool


def ladders_of(incident: Incident, document: Document, language: str) -> list[Ladder]:
    """Functional first. Three queries."""
    steps = list(Step.objects.filter(incident=incident).select_related("acknowledged_by").order_by("id"))
    roles = {level.role for chain in document.chains for level in chain.levels}
    holders: dict[str, list[Person]] = {}
    holdings = RoleHolding.objects.filter(role__in=roles, person__is_active=True).select_related("person")
    for holding in holdings.order_by("role", "rank", "id"):
        holders.setdefault(holding.role, []).append(holding.person)
    done = duties_done(incident)
    return [_ladder(document, name, incident.level_on(name), steps, holders, done, language) for name in ChainName]


def to_do(ladders: Iterable[Ladder]) -> list[Ladder]:
    """The ladders whose duties are on the desk. Level 1 of both is Support with the same list: it stands there once."""
    return [ladder for ladder in ladders if ladder.duties and (ladder.name == ChainName.FUNCTIONAL or ladder.level > 1)]


def _ladder(
    document: Document,
    name: ChainName,
    present: int,
    steps: Iterable[Step],
    holders: dict[str, list[Person]],
    done: Mapping[tuple[str, int, str], DutyDone],
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
    duties = [
        Task(duty.key, duty.text.in_(language), duty.paragraph, done.get((name.value, present, duty.key)))
        for duty in chain.level(present).duties
    ]
    return Ladder(name.value, chain.label.in_(language), present, rungs, duties, present >= chain.top)
