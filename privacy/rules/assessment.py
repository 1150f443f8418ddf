"""The officer's first assessment (P-7.2, form F1): each answer is given, still empty, or said to be not known yet.

«Noch unbekannt» is an answer and an empty field is none, so that nobody mistakes what was overlooked for what was
asked and could not be found out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from privacy.rules.severity import DataCategory, Scores, Several
from process.schema import Strict


class BreachType(StrEnum):
    """What was lost of the data's safety."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class Harm(StrEnum):
    """What became of the data, in the words of Art. 5 let. h DSG."""

    LOST = "lost"
    DELETED = "deleted"
    DESTROYED = "destroyed"
    ALTERED = "altered"
    DISCLOSED = "disclosed"
    ACCESSIBLE = "accessible"


class PersonCategory(StrEnum):
    """Whose data they are."""

    PUPILS = "pupils"
    PARENTS = "parents"
    STAFF = "staff"
    AUTHORITIES = "authorities"


class Decision(StrEnum):
    """What the officer makes of it."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Unknown(Strict, strict=True):
    """The answer «noch unbekannt»; there is one, `UNKNOWN`."""

    unknown: Literal[True] = True


UNKNOWN = Unknown()
Value = TypeVar("Value")
Answer: TypeAlias = Value | Unknown | None
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
Count = Annotated[int, Field(ge=0, le=10**9)]
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
"""What lies outside is a slip of the keyboard, and clocks cannot count from it."""
ShortKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _in_our_time(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        raise ValueError(f"expected an instant between {FIRST.year} and {LAST.year}")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


class SchoolHit(Strict, strict=True):
    """A school and what of it is affected."""

    school: Annotated[int, Field(ge=1)]
    persons: Answer[Count] = None
    records: Answer[Count] = None


class Assessment(Strict, strict=True):
    """Form F1 as it was saved. Every save is a whole new one; this one never changes."""

    aware_at: Answer[Instant] = None
    occurred_from: Answer[Instant] = None
    occurred_to: Answer[Instant] = None
    detected_by: Answer[Words] = None
    detected_how: Answer[Words] = None
    breach_types: Answer[Several[BreachType]] = None
    harms: Answer[Several[Harm]] = None
    ongoing: Answer[bool] = None
    contained_at: Answer[Instant] = None
    data_categories: Answer[Several[DataCategory]] = None
    records: Answer[Count] = None
    person_categories: Answer[Several[PersonCategory]] = None
    minors: Answer[bool] = None
    persons: Answer[Count] = None
    schools: Answer[tuple[SchoolHit, ...]] = Field(
        default=None, description="An empty list says: no school is affected."
    )
    cantons: Answer[tuple[ShortKey, ...]] = None
    own_data: Answer[bool] = Field(default=None, description="Whether data we are the controller of are among them.")
    unintelligible: Answer[bool] = None
    key_compromised: Answer[bool] = None
    recipients: Answer[Words] = None
    recipients_trusted: Answer[bool] = None
    scores: Answer[Scores] = None
    consequences: Answer[Words] = None
    measures_taken: Answer[Words] = None
    measures_planned: Answer[Words] = None
    criminal_suspicion: Answer[bool] = None
    cyber_attack: Answer[bool] = None
    attack_kind: Answer[Words] = Field(default=None, description="Kind and execution of the attack.")
    attacker: Answer[Words] = None
    extortion: Answer[bool] = Field(default=None, description="Extortion, threat or coercion.")
    effect: Answer[Words] = Field(default=None, description="On the functioning of the organisation.")
    critical_infrastructure: Answer[bool] = None
    regimes: Answer[tuple[ShortKey, ...]] = None
    recommendations: Answer[dict[ShortKey, ShortKey]] = Field(
        default=None, description="Per duty what was recommended then."
    )
    decision: Decision | None = None
    reason: Words | None = None
    decided_by: Words | None = None
    decided_at: Instant | None = None
    review_at: Instant | None = None


REQUIRED = (
    *("aware_at", "occurred_from", "occurred_to", "detected_by", "detected_how", "breach_types", "harms"),
    *("data_categories", "person_categories", "schools", "consequences", "measures_taken", "measures_planned"),
    *("decision", "reason", "decided_by", "decided_at"),
)
"""What an assessment needs before it is final. Decision and reason cannot be unknown: somebody answers for them."""


class BadAssessment(ValueError):
    """The text is not an assessment. `problems` are places with what is wrong there, at least one."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{place}: {message}" for place, message in problems))


def gaps(assessment: Assessment) -> tuple[str, ...]:
    """The required fields neither given nor said to be unknown, in the order of the form; without any it is final."""
    return tuple(name for name in REQUIRED if getattr(assessment, name) is None)


def unknowns(assessment: Assessment) -> tuple[str, ...]:
    """The fields that are «noch unbekannt», in the order of the form: what to ask again."""
    return tuple(name for name in Assessment.model_fields if getattr(assessment, name) == UNKNOWN)


def to_json(assessment: Assessment) -> str:
    """The assessment as JSON: every field by name, null where it is empty, `{"unknown": true}` where it is unknown."""
    return assessment.model_dump_json()


def from_json(text: str) -> Assessment:
    """What `to_json` wrote. Raises BadAssessment for all else: a missing or strange field, a value of another kind."""
    try:
        found = Assessment.model_validate_json(text)
        missing = Assessment.model_fields.keys() - json.loads(text).keys()
    except ValidationError as error:
        told = [(entry["loc"], entry["msg"]) for entry in error.errors(include_url=False)]
        # what the answer itself lacks is the point, not that it is no `Unknown` either
        raise BadAssessment([(".".join(map(str, at)), said) for at, said in told if "Unknown" not in at]) from None
    if missing:
        raise BadAssessment([(name, "missing") for name in sorted(missing)])
    return found
