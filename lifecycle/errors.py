"""What a verb can refuse, in words a person understands. Doors translate these once (`api.errors`, `console`)."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.rules.states import WrongState
from incidents.services import Conflict

__all__ = ["Conflict", "Forbidden", "Invalid", "NotFound", "WrongState"]


class NotFound(Exception):
    """There is no such record, or none this person may know of: the two look the same on purpose."""


@dataclass(eq=False)
class Forbidden(Exception):
    """The person's roles do not allow this."""

    verb: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class Invalid(Exception):
    """Facts are missing or wrong. `errors` maps a field to what is wrong with it."""

    errors: dict[str, list[str]]

    def __str__(self) -> str:
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in self.errors.items())

    @classmethod
    def field(cls, name: str, text: object) -> Invalid:
        """One wrong field."""
        return cls({name: [str(text)]})
