"""How hard a letter is to read: Flesch's score with the constants of each language. A hint; it understands nothing.

score = base − sentence · words per sentence − syllable · syllables per word; from 60 on easy, below 40 hard. German:
Amstad (1978); English: Flesch (1948); French: Kandel and Moles (1958); Italian: Franchina and Vacca (1972). A syllable
is taken to be a run of vowels, which is near enough for a hint.
"""

from __future__ import annotations

import re

from privacy.papers.paper import Language, Reading

CONSTANTS: dict[Language, tuple[float, float, float]] = {
    Language.DE: (180.0, 1.0, 58.5),
    Language.EN: (206.835, 1.015, 84.6),
    Language.FR: (207.0, 1.015, 73.6),
    Language.IT: (206.0, 1.0, 65.0),
}
EASY_FROM, HARD_BELOW = 60, 40
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouyäöüàâéèêëîïôùûœæìò]+", re.IGNORECASE)
_END = re.compile(r"[.!?:]+(?:\s|$)|\n")


def reading(text: str, language: Language) -> Reading | None:
    """The hint for a text; None without words."""
    words = _WORD.findall(text)
    if not words:
        return None
    sentences = sum(1 for part in _END.split(text) if _WORD.search(part))
    length = len(words) / sentences
    syllables = sum(max(1, len(_VOWELS.findall(word))) for word in words) / len(words)
    base, by_sentence, by_syllable = CONSTANTS[language]
    score = round(base - by_sentence * length - by_syllable * syllables)
    return Reading(
        score=score,
        words_per_sentence=round(length, 1),
        syllables_per_word=round(syllables, 2),
        level="easy" if score >= EASY_FROM else "hard" if score < HARD_BELOW else "medium",
    )
