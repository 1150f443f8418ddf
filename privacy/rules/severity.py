"""How grave a breach is: SE = DPC × EI + CB, after ENISA's method of 2013. A recommendation; the officer decides.

DPC is the data's own weight (1 to 4), EI how easily somebody is identified (a factor up to 1), CB what the breach's
circumstances add. How many people it concerns and whether the data can be read are said beside the score, not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import Field, PlainSerializer

from process.schema import Strict, Text

Member = TypeVar("Member", bound=StrEnum)


def _in_order(said: Any) -> Any:
    """Members in one order, so that the same answer is the same text. A union tries this on its other answers too."""
    return sorted(said) if isinstance(said, frozenset) else said


AnyOf: TypeAlias = Annotated[frozenset[Member], PlainSerializer(_in_order, when_used="json")]
Several: TypeAlias = Annotated[AnyOf[Member], Field(min_length=1)]


class DataCategory(StrEnum):
    """What a school keeps with us, by its weight."""

    CONTACT = "contact"
    PERFORMANCE = "performance"
    FINANCE = "finance"
    SENSITIVE = "sensitive"
    CREDENTIALS = "credentials"


class Context(StrEnum):
    """What makes the same data weigh more or less."""

    LARGE_VOLUME = "large_volume"
    MINORS = "minors"
    LONG_PROFILE = "long_profile"
    PUBLIC = "public"
    INVALID = "invalid"


class Ease(StrEnum):
    """How easily the data lead to a person."""

    NEGLIGIBLE = "negligible"
    LIMITED = "limited"
    SIGNIFICANT = "significant"
    MAXIMUM = "maximum"


class Loss(StrEnum):
    """How far confidentiality, integrity or availability was lost."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class Band(StrEnum):
    """What the score is called."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class Scores(Strict, strict=True):
    """What somebody judged; everything the score is made of."""

    categories: Several[DataCategory]
    context: AnyOf[Context] = frozenset()
    ease: Ease
    confidentiality: Loss = Loss.NONE
    integrity: Loss = Loss.NONE
    availability: Loss = Loss.NONE
    malicious: bool = False
    over_100_persons: bool = False
    unintelligible: bool = Field(default=False, description="Encrypted, and the key is safe.")


@dataclass(frozen=True, slots=True)
class Line:
    """One factor of the score and how it counted; None where it is only said."""

    factor: str
    points: float | None
    text: Text


@dataclass(frozen=True, slots=True)
class Severity:
    """The score with what led to it and what it recommends. Without a level nobody further up needs to be called."""

    score: float
    band: Band
    lines: tuple[Line, ...]
    is_major: bool
    management_level: int | None
    crisis_communication: bool


_WEIGHT = {
    DataCategory.CONTACT: (1, Text(de="Name, Klasse, Kontakt", en="name, class, contact")),
    DataCategory.PERFORMANCE: (2, Text(de="Noten, Absenzen, Disziplin", en="grades, absences, discipline")),
    DataCategory.FINANCE: (3, Text(de="Gebühren, Löhne", en="fees, payroll")),
    DataCategory.SENSITIVE: (
        4,
        Text(de="Förderbedarf, Gesundheit, Religion, Kindesschutz", en="special needs, health, religion, protection"),
    ),
}
_UNKNOWN_DOORS = (4, Text(de="Zugangsdaten, die wer weiss was öffnen", en="credentials that open who knows what"))
_SHIFT = {
    Context.LARGE_VOLUME: (1, Text(de="grosse Menge", en="large volume")),
    Context.MINORS: (1, Text(de="Minderjährige oder andere Schutzbedürftige", en="minors or other vulnerable persons")),
    Context.LONG_PROFILE: (1, Text(de="Profil über ein Jahr oder länger", en="a profile over a year or longer")),
    Context.PUBLIC: (-1, Text(de="ohnehin öffentlich", en="public anyway")),
    Context.INVALID: (-1, Text(de="veraltet oder falsch", en="outdated or wrong")),
}
_EASE = {
    Ease.NEGLIGIBLE: (0.25, Text(de="kaum erkennbar, um wen es geht", en="hardly possible to tell who it is")),
    Ease.LIMITED: (0.5, Text(de="schwer erkennbar, um wen es geht", en="difficult to tell who it is")),
    Ease.SIGNIFICANT: (0.75, Text(de="recht leicht erkennbar, um wen es geht", en="fairly easy to tell who it is")),
    Ease.MAXIMUM: (1.0, Text(de="sofort erkennbar, um wen es geht", en="obvious at once who it is")),
}
_LOSS = {Loss.NONE: 0.0, Loss.PARTIAL: 0.25, Loss.FULL: 0.5}
_LOST = {
    "confidentiality": Text(de="Vertraulichkeit verletzt", en="confidentiality lost"),
    "integrity": Text(de="Daten verändert", en="integrity lost"),
    "availability": Text(de="Daten nicht verfügbar", en="availability lost"),
}
_MALICE = 0.5
_LIGHTEST, _HEAVIEST = 1, 4
MEDIUM_FROM, HIGH_FROM, VERY_HIGH_FROM = 2.0, 3.0, 4.0


def weigh(scores: Scores) -> Severity:
    """The severity of a breach: score, band, a line for each factor, and what the score recommends."""
    data, shifts = _data(scores), [_line(entry, *_SHIFT[entry]) for entry in Context if entry in scores.context]
    ease = _line("ease", *_EASE[scores.ease])
    added = list(_circumstances(scores))
    dpc = min(_HEAVIEST, max(_LIGHTEST, _sum([data, *shifts])))
    score = dpc * (ease.points or 0) + _sum(added)
    return graded(score, (data, *shifts, ease, *added, *_remarks(scores)))


def graded(score: float, lines: tuple[Line, ...] = ()) -> Severity:
    """What a score recommends, however somebody came by it."""
    return Severity(
        score=score,
        band=band_of(score),
        lines=lines,
        is_major=score >= HIGH_FROM,
        management_level=3 if score >= VERY_HIGH_FROM else 2 if score >= HIGH_FROM else None,
        crisis_communication=score >= VERY_HIGH_FROM,
    )


def band_of(score: float) -> Band:
    """What a score is called; each bound belongs to the graver band."""
    if score >= VERY_HIGH_FROM:
        return Band.VERY_HIGH
    if score >= HIGH_FROM:
        return Band.HIGH
    return Band.MEDIUM if score >= MEDIUM_FROM else Band.LOW


def _data(scores: Scores) -> Line:
    """The heaviest category counts. Credentials weigh what they open; where nobody ticked what, the heaviest."""
    known = [_WEIGHT[entry] for entry in scores.categories if entry in _WEIGHT]
    points, text = max(known or [_UNKNOWN_DOORS], key=lambda entry: entry[0])
    return Line("data", float(points), text)


def _circumstances(scores: Scores) -> list[Line]:
    lines = [
        Line(name, _LOSS[loss], text)
        for name, text in _LOST.items()
        if (loss := getattr(scores, name)) is not Loss.NONE
    ]
    if scores.malicious:
        lines.append(Line("malicious", _MALICE, Text(de="in böser Absicht", en="with malicious intent")))
    return lines


def _remarks(scores: Scores) -> list[Line]:
    remarks = []
    if scores.over_100_persons:
        remarks.append(Line("over_100_persons", None, Text(de="mehr als 100 Personen", en="more than 100 persons")))
    if scores.unintelligible:
        remarks.append(
            Line("unintelligible", None, Text(de="verschlüsselt, Schlüssel sicher", en="encrypted, key safe"))
        )
    return remarks


def _line(factor: str, points: float, text: Text) -> Line:
    return Line(str(factor), float(points), text)


def _sum(lines: list[Line]) -> float:
    return sum(line.points or 0.0 for line in lines)
