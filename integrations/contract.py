"""What a source is: a description, a check of authenticity and a pure translation. Nothing else enters the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from incidents.rules.signals import Signal

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source. `kind` is its place in `/hooks/<kind>/<name>/`; header names are lower case.

    verify(raw body, headers, query token or None, secrets) -> whether one of the secrets made this request
    delivery_id(raw body, headers) -> key under which a repeated delivery is the same one
    parse(raw body, headers, account) -> signals; raises Unreadable for a body nobody can translate
    """

    kind: str
    title: str
    verify: Callable[[bytes, Headers, str | None, list[str]], bool]
    delivery_id: Callable[[bytes, Headers], str]
    parse: Callable[[bytes, Headers, str], list[Signal]]
    keep_headers: tuple[str, ...] = ()


class Unreadable(Exception):
    """The body is authentic but cannot be read; it is kept and flagged, never refused."""
