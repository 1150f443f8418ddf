"""A paper as data: what is said where, in one language, and which point of the law each section answers.

`to_json` of `privacy.papers.render` writes exactly this, and a stored paper is read back and drawn again without its
record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from process.schema import Strict


class Language(StrEnum):
    """Languages papers are written in; German is Swiss German."""

    DE = "de"
    FR = "fr"
    IT = "it"
    EN = "en"


class Form(StrEnum):
    """Which paper it is."""

    SCHOOL_NOTICE = "F2"
    AUTHORITY_REPORT = "F3"
    PERSONS_LETTER = "F4"
    CYBER_REPORT = "F5"
    POLICE_RECORD = "F6"
    REGISTER_ROW = "F7"


class Filling(StrEnum):
    """Whether something is answered. «Noch unbekannt» is an answer; only `missing` keeps a paper from leaving."""

    FILLED = "filled"
    UNKNOWN = "unknown"
    MISSING = "missing"


class Phrase(Strict):
    """Words; `lang` where they are not in the language of the paper, `url` where they lead somewhere."""

    text: str
    lang: str | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$")] | None = None


class Row(Strict):
    """A label and what is said to it, one line each. `points` are those it answers alone, as `list/point`."""

    label: str
    said: tuple[Phrase, ...]
    points: tuple[str, ...] = ()
    filling: Filling = Filling.FILLED


class Table(Strict):
    """Several things of one kind. Every row is as wide as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[Phrase, ...], ...], ...]


class Section(Strict):
    """A part with its heading. `points` are those it answers, as `list/point`."""

    heading: str
    points: tuple[str, ...] = ()
    paragraphs: tuple[Phrase, ...] = ()
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    filling: Filling = Filling.FILLED


class Point(Strict):
    """A point the law asks for."""

    key: str
    label: Phrase


class Contents(Strict):
    """A list of contents of the law as it stood; without points that list is not in the law any more."""

    key: str
    law: Phrase
    points: tuple[Point, ...] = ()


class Reading(Strict):
    """How hard a text is to read: Flesch's score (100 easy, 0 hard) and what it is made of. A hint, no more."""

    score: int
    words_per_sentence: float
    syllables_per_word: float
    level: Literal["easy", "medium", "hard"]


class Paper(Strict):
    """A whole paper. `facts` says the same as the sections, for machines: instants in UTC, choices by their keys."""

    format: Literal["escola.paper/1"] = "escola.paper/1"
    form: Form
    language: Language
    case_number: str
    made_at: AwareDatetime
    reference: str
    marking: str | None
    title: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...] = ()
    date: str
    warning: str | None = Field(default=None, description="Stands over a draft that lacks something.")
    greeting: str | None = None
    lead: tuple[Phrase, ...] = ()
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()
    footer: tuple[Phrase, ...]
    lists: tuple[Contents, ...]
    facts: dict[str, Any]
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """How a point of a list is answered.

    Without a point the list itself is not in the law any more; without a list it is a section that asks by itself.
    """

    list: str
    point: str
    label: str
    filling: Filling

    @property
    def blocks(self) -> bool:
        """Whether the paper may not leave because of it."""
        return self.filling is Filling.MISSING


def check(paper: Paper) -> tuple[Finding, ...]:
    """Every point of every list the paper has to satisfy, in the order of the law, and what else it asks and lacks."""
    return tuple(findings(paper.lists, paper.sections))


def findings(lists: Iterable[Contents], sections: Sequence[Section]) -> Iterator[Finding]:
    """How sections answer the points of lists; what none of them answers is missing."""
    answered: dict[str, list[Filling]] = {}
    for section in sections:
        parts: list[Section | Row] = [section, *section.rows]
        for part in parts:
            for name in part.points:
                answered.setdefault(name, []).append(part.filling)
    for entry in lists:
        if not entry.points:
            yield Finding(entry.key, "", entry.law.text, Filling.MISSING)
        for point in entry.points:
            said = answered.get(f"{entry.key}/{point.key}", [Filling.MISSING])
            yield Finding(entry.key, point.key, point.label.text, worst(said))
    for section in sections:
        asks_by_itself = not section.points and not any(row.points for row in section.rows)
        if asks_by_itself and section.filling is Filling.MISSING:
            yield Finding("", "", section.heading, Filling.MISSING)


def worst(fillings: Iterable[Filling]) -> Filling:
    """The least that is said of several; nothing asked is filled."""
    found = set(fillings)
    return next((entry for entry in (Filling.MISSING, Filling.UNKNOWN) if entry in found), Filling.FILLED)


def names_in(paper: Paper, names: Iterable[str]) -> tuple[str, ...]:
    """Which of some names the paper says; those of other schools can only have come in somebody's own words."""
    text = paper.model_dump_json().casefold()
    return tuple(
        name for name in names if name.strip() and json.dumps(name, ensure_ascii=False)[1:-1].casefold() in text
    )
