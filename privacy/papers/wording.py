"""Every fixed word of the papers, read strictly from `words/*.yaml`: what one language lacks is an error on loading.

What people wrote stays in the language they wrote it in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Self

from pydantic import AfterValidator

from privacy.papers.paper import Language
from privacy.papers.vocabulary import (
    Attack,
    Choices,
    Common,
    Crime,
    Entry,
    Facts,
    Letter,
    Notice,
    Report,
    Words,
    Writing,
)
from process.loader import read_as
from process.schema import Strict
from process.schema.policy import CANTONS

FOLDER = Path(__file__).with_name("words")


def _every_canton(found: dict[str, str]) -> dict[str, str]:
    if {*found} != {*CANTONS.split()}:
        raise ValueError("expected a name for each canton")
    return found


class Wording(Strict):
    """All fixed words of one language."""

    writing: Writing
    common: Common
    facts: Facts
    notice: Notice
    report: Report
    letter: Letter
    attack: Attack
    crime: Crime
    row: Entry
    choices: Choices
    cantons: Annotated[dict[str, Words], AfterValidator(_every_canton)]

    @classmethod
    def read(cls, text: str) -> Self:
        """The words a YAML text holds. Raises process.loader.BadDocument, which names lines and places."""
        return read_as(cls, text).document


@cache
def wording(language: Language) -> Wording:
    """The words of a language as they ship."""
    return Wording.read((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def blanks(template: str) -> frozenset[str]:
    """The names a sentence leaves to be filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
