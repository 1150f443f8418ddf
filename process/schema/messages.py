"""What stakeholders are told: texts people start from, with a few places that are filled in (§5.1/1d)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import Field

from process.schema.base import Labelled, Text

PLACES = ("number", "title", "since", "schools", "next_update_at")
"""What a text may leave open: `{number}`, …"""
_PLACE = re.compile(r"\{([^{}\n]*)\}")


class MessageTemplate(Labelled):
    """A text to start from, in both languages. `{number}`, `{title}`, `{since}`, … are filled in."""

    subject: Text
    body: Text = Field(description=f"Places that are filled in: {', '.join(PLACES)}.")

    def unknown_places(self) -> Iterator[tuple[str, str, str]]:
        """Field, language and name of every place that nothing fills."""
        for field in ("subject", "body"):
            for language, text in getattr(self, field).model_dump().items():
                yield from ((field, language, name) for name in _PLACE.findall(text) if name not in PLACES)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)
