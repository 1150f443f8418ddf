"""References between the parts of a document: what repeats, what leads nowhere, said with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pydantic_core import PydanticCustomError

from process.paths import Location

Located: TypeAlias = tuple[Location, str]


def repeats(keys: Sequence[str], place: Location) -> list[Located]:
    """The entries of the list at `place` whose key stands further up already."""
    return [
        ((*place, index, "key"), f"expected every key once, found '{key}' again")
        for index, key in enumerate(keys)
        if key in keys[:index]
    ]


def unknown(what: str, found: str, known: Iterable[str]) -> str:
    """The message about a key that names nothing."""
    return f"expected a known {what} ({', '.join(sorted(known))}), found '{found}'"


def refuse(problems: Sequence[Located]) -> None:
    """Raises inside a validator what pydantic reports as one error and `process.expectations` takes apart again."""
    if problems:
        said = "; ".join(f"{'.'.join(map(str, place))}: {message}" for place, message in problems)
        raise PydanticCustomError("references", "{said}", {"said": said, "problems": list(problems)})
