"""How text is folded before it is indexed or searched: case and accents away, so that "Menü" finds "menu"."""

import re
import unicodedata

_WORD = re.compile(r"(?<!\w)[^\W\d_]{4,40}(?!\w)")


def fold(text: str) -> str:
    """Lower case without accents; `ß` becomes `ss`, umlauts lose their dots as Swiss keyboards often do."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a folded text that somebody may mistype: letters only, four to forty; each once, sorted."""
    return sorted(set(_WORD.findall(text)))
