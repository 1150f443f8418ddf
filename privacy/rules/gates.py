"""What has to be done before a case may close (P-7.3, P-10.1). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from process.schema import Text

REMINDERS = 3
"""A school that stays silent is reminded so often before the case may close without its answer."""


class Gate(StrEnum):
    """What a case waits for."""

    ASSESSMENT = "assessment"
    SCHOOLS = "schools"
    DUTIES = "duties"
    REVIEW = "review"


LABELS = {
    Gate.ASSESSMENT: Text(de="Die Erstbeurteilung ist nicht vollständig.", en="The first assessment is not complete."),
    Gate.SCHOOLS: Text(
        de="Schulen haben weder bestätigt noch drei Erinnerungen erhalten.",
        en="Schools have neither acknowledged nor been reminded three times.",
    ),
    Gate.DUTIES: Text(de="Über Pflichten ist nicht entschieden.", en="Duties have not been decided."),
    Gate.REVIEW: Text(de="Die Nachbetrachtung (PIR) fehlt.", en="The review (PIR) is not done."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """How far a school has been informed."""

    school: str
    is_acknowledged: bool = False
    reminders: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether it answered, or was reminded often enough."""
        return self.is_acknowledged or self.reminders >= REMINDERS


@dataclass(frozen=True, slots=True)
class Shut:
    """A gate that is shut, and for want of what: fields, schools or duties by their keys."""

    gate: Gate
    waits_for: tuple[str, ...] = ()


def shut(
    *, assessment_gaps: Sequence[str], notices: Sequence[Notice], undecided_duties: Sequence[str], review_done: bool
) -> list[Shut]:
    """The gates between a case and its end, in their order; an empty list lets it close."""
    silent = [notice.school for notice in notices if not notice.is_settled]
    waiting = [(Gate.ASSESSMENT, assessment_gaps), (Gate.SCHOOLS, silent), (Gate.DUTIES, undecided_duties)]
    found = [Shut(gate, tuple(keys)) for gate, keys in waiting if keys]
    return found if review_done else [*found, Shut(Gate.REVIEW)]
