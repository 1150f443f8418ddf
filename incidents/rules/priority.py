"""From ticked criteria to a priority with its reason (§4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from process.schema import Criterion, Document, Level, Priority

_STRENGTH = {Level.LOW: 0, Level.MEDIUM: 1, Level.HIGH: 2}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Urgency, impact and the computed priority, with the criteria that were ticked."""

    urgency: Level
    impact: Level
    urgency_criteria: tuple[str, ...]
    impact_criteria: tuple[str, ...]
    priority: Priority


class NotRanked(ValueError):
    """No priority can be computed. `field` says where, `why` what for, `detail` which criterion or level.

    why: unknown_criterion | nothing_chosen | unknown_level | contradiction
    """

    def __init__(self, field: str, why: str, detail: str = "") -> None:
        super().__init__(f"{field}: {why} {detail}".strip())
        self.field, self.why, self.detail = field, why, detail


def level_of(field: str, criteria: list[Criterion], ticked: Iterable[str], stated: str | None) -> Level:
    """The highest level among the ticked criteria (P-4.6), or the stated level when nothing is ticked.

    A stated level below what the criteria say raises NotRanked: the criteria are the reason and cannot contradict it.
    """
    known = {criterion.key: criterion.level for criterion in criteria}
    keys = list(ticked)
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise NotRanked(f"{field}_criteria", "unknown_criterion", ", ".join(unknown))
    if not keys and not stated:
        raise NotRanked(field, "nothing_chosen")
    if stated and stated not in set(Level):
        raise NotRanked(field, "unknown_level", stated)
    highest = max((known[key] for key in keys), key=_STRENGTH.__getitem__, default=None)
    if highest and stated and Level(stated) is not highest:
        raise NotRanked(field, "contradiction", highest.value)
    return highest or Level(str(stated))


def rank(
    document: Document,
    *,
    urgency: str | None = None,
    impact: str | None = None,
    urgency_criteria: Iterable[str] = (),
    impact_criteria: Iterable[str] = (),
) -> Ranking:
    """The priority the matrix gives (P-4.3, P-4.4). Levels come from criteria where any are ticked."""
    ticked_urgency, ticked_impact = tuple(urgency_criteria), tuple(impact_criteria)
    how_urgent = level_of("urgency", document.urgency_criteria, ticked_urgency, urgency)
    how_grave = level_of("impact", document.impact_criteria, ticked_impact, impact)
    return Ranking(
        how_urgent,
        how_grave,
        ticked_urgency,
        ticked_impact,
        document.matrix.priority(impact=how_grave, urgency=how_urgent),
    )
