"""Who does something: a person, a rule of the system, a source of signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

ActorKind = Literal["person", "system", "source"]


class Named(Protocol):
    """What an actor needs to know of a person; `directory.Person` fits."""

    pk: int

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of an event. `via` names the door: console, api, hook, tick, command."""

    kind: ActorKind
    id: str
    label: str
    via: str = ""

    @classmethod
    def person(cls, person: Named, *, via: str) -> Actor:
        """The actor for somebody who is logged in or whose API key was used."""
        return cls("person", str(person.pk), person.display_name, via)


SYSTEM = Actor("system", "rules", "Escola IM", "tick")
