"""What a source is: a description, a check of authenticity and a pure translation. Nothing else enters the house."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from incidents.rules.signals import Signal

Headers = Mapping[str, str]

POLL_HEADER = "escola-poll"
"""Marks a body our own poller fetched and says what it is. No source keeps it, so no sender can set it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source. `kind` is its place in `/hooks/<kind>/<name>/`; header names are lower case.

    verify(raw body, headers, token from the address or None, secrets) -> whether one of the secrets made this request
    delivery_id(raw body, headers) -> key under which a repeated delivery is the same one; "" when nothing tells two
        of them apart, so that each counts
    parse(raw body, headers, account) -> signals; raises Unreadable for a body nobody can translate. `account` is our
        name of the installation, so that webhooks and polls agree on fingerprints
    timestamp_header: unix seconds at which the sender sent; `stale_after` away from ours is refused and kept (ADR 0007)
    page_url(fingerprint, settings of the source) -> the object's page where a signal carries no address
    write_secret(random bytes) -> a secret as this kind of source writes it
    takes_query: the sender may put its data into the address instead of the body
    """

    kind: str
    title: str
    verify: Callable[[bytes, Headers, str | None, list[str]], bool]
    delivery_id: Callable[[bytes, Headers], str]
    parse: Callable[[bytes, Headers, str], list[Signal]]
    keep_headers: tuple[str, ...] = ()
    timestamp_header: str = ""
    stale_after: timedelta = timedelta(minutes=10)
    write_secret: Callable[[bytes], str] = lambda random: urlsafe_b64encode(random).rstrip(b"=").decode()
    takes_query: bool = False
    page_url: Callable[[str, Mapping[str, Any]], str] = lambda fingerprint, settings: ""


class Unreadable(Exception):
    """The body is authentic but cannot be read; it is kept and flagged, never refused."""
