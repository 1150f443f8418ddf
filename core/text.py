"""What comes from outside becomes text the database can keep and a page can show.

PostgreSQL refuses NUL in text and JSON; lone surrogates cannot be encoded; other control and bidirectional override
characters would let a text pretend to be something else on screen. They are replaced, never dropped silently: the
replacement character stays visible.
"""

import re
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(value: str, *, limit: int | None = None) -> str:
    """`value` without characters that cannot be stored or that deceive; cut to `limit` characters with an ellipsis."""
    text = _UNFIT.sub(REPLACEMENT, value).replace("\r\n", "\n").replace("\r", "\n")
    if limit is not None and len(text) > limit:
        return text[: limit - 1] + "…"
    return text


def clean_tree(value: Any, *, depth: int = 40) -> Any:
    """`clean` for every string in a JSON value; deeper than `depth` becomes its text form."""
    if isinstance(value, str):
        return clean(value)
    if depth <= 0 and isinstance(value, dict | list):
        return REPLACEMENT
    if isinstance(value, dict):
        return {clean(str(key)): clean_tree(item, depth=depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_tree(item, depth=depth - 1) for item in value]
    return value


def first_line(value: str, *, limit: int = 140) -> str:
    """The first line with content, for titles and subjects."""
    line = next((line.strip() for line in value.splitlines() if line.strip()), "")
    return clean(line, limit=limit)
