"""How text is folded before it is indexed or searched: case and accents away, so that "Menü" finds "menu"."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents; `ß` becomes `ss`, umlauts lose their dots as Swiss keyboards often do."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
