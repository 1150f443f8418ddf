"""The four languages say the same things: no key, no blank and no choice is in one and not in another."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from privacy.papers.paper import Language
from privacy.papers.reading import reading
from privacy.papers.wording import FOLDER, Wording, blanks, wording
from process.loader import BadDocument


def sentences(part: BaseModel, at: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            found |= sentences(value, f"{at}{name}.")
        else:
            entries = value if isinstance(value, dict) else {"": value} if isinstance(value, str) else {}
            found |= {f"{at}{name}.{key}": text for key, text in entries.items()}
    return found


def text(language: str) -> str:
    return (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", Language)
def test_a_language_leaves_the_same_blanks_as_german(language: Language) -> None:
    german, other = sentences(wording(Language.DE)), sentences(wording(language))
    assert other.keys() == german.keys()
    assert {key: blanks(said) for key, said in other.items()} == {key: blanks(said) for key, said in german.items()}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('  yes: "ja"\n', "", "common"),
        ('  yes: "ja"\n', '  yes: "ja"\n  jes: "ja"\n', "common"),
        (', accessible: "Unbefugten zugänglich gemacht"', "", "choices.harm"),
        (", ZH: Zürich", "", "cantons"),
        ("Januar, Februar", "Januar", "writing.months"),
    ],
)
def test_a_word_that_is_missing_or_strange_is_refused_on_loading(old: str, new: str, place: str) -> None:
    assert old in text("de")
    with pytest.raises(BadDocument) as refused:
        Wording.read(text("de").replace(old, new))
    assert refused.value.problems[0].path.startswith(place)


def test_the_words_follow_each_languages_typography() -> None:
    said = {language: list(sentences(wording(language)).values()) for language in Language}
    assert not [line for lines in said.values() for line in lines if "ß" in line or "*in" in line or "'" in line]
    assert not [line for line in said[Language.FR] if re.search(r"[ \w][:;?!»]|« ", line.replace("\u202f", "~"))]


def test_the_reading_hint_tells_short_from_long_and_knows_no_words() -> None:
    easy = reading("Es ist etwas passiert. Die Daten sind weg. Wir helfen.", Language.DE)
    hard = reading(
        "Datenschutzrechtliche Informationsverpflichtungen gegenüber Betroffenen erfordern, unbeschadet weitergehender "
        "spezialgesetzlicher Bestimmungen, verhältnismässigkeitsgerechte Kommunikationsmassnahmen.",
        Language.DE,
    )
    assert easy is not None
    assert hard is not None
    assert (easy.level, hard.level) == ("easy", "hard")
    assert reading("… 12 !", Language.DE) is None
