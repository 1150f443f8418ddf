"""Reasons that hold by themselves: which levels an incident is due on, and when it must be looked at again. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from process.schema import Chain, Priority, Reason, ReasonCircumstance


@dataclass(frozen=True, slots=True)
class Case:
    """What circumstances ask of an incident. `heard` are the reasons it was escalated for before: none speaks twice."""

    opened_at: datetime
    category: str
    criteria: frozenset[str]
    priority: Priority
    heard: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A reason that holds by itself from an instant on, and the level it leads to."""

    at: datetime
    level: int
    reason: Reason


def due(case: Case, chain: Chain, *, above: int) -> Iterator[Due]:
    """What leads to a level above the present one, now or once it has been open long enough."""
    for rung in chain.levels:
        for reason in rung.reasons if rung.level > above else ():
            instants = [at for entry in reason.when if (at := _holds_from(entry, case)) is not None]
            if instants and reason.key not in case.heard:
                yield Due(min(instants), rung.level, reason)


def _holds_from(circumstance: ReasonCircumstance, case: Case) -> datetime | None:
    wanted = circumstance.priority_from
    holds = (
        circumstance.category in (None, case.category)
        and (circumstance.criterion is None or circumstance.criterion in case.criteria)
        and (wanted is None or case.priority.rank <= wanted.rank)
    )
    return case.opened_at + timedelta(minutes=circumstance.open_for_min) if holds else None
