"""Whom a request is about, and how they are recognised in texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.text import clean
from directory.errors import BadEntry
from directory.phone import normal_phone
from incidents.rules.search import fold
from lifecycle.errors import Invalid

SHORTEST_WORD = 3
SHORTEST_PHONE = 7


@dataclass(frozen=True, slots=True)
class Subject:
    """A person from outside, by what is known of them; a record is theirs when one of these stands in it."""

    email: str = ""
    phone: str = ""
    name: str = ""

    @classmethod
    def of(cls, *, email: str = "", phone: str = "", name: str = "") -> Subject:
        """From what somebody typed. Raises Invalid when there is nothing to look for."""
        found = cls(
            clean(email.strip().lower(), limit=254),
            clean(phone.strip(), limit=40),
            " ".join(clean(name, limit=160).split()),
        )
        if not (found.email or found.phone or found.name):
            raise Invalid.field("email", _("Mindestens eine Angabe: E-Mail-Adresse, Telefonnummer oder Name."))
        if found.phone and len(_digits(found.phone)) < SHORTEST_PHONE:
            raise Invalid.field("phone", _("Diese Nummer ist zu kurz, um jemanden daran zu erkennen."))
        if found.name and len(found.name) < SHORTEST_WORD:
            raise Invalid.field("name", _("Dieser Name ist zu kurz, um jemanden daran zu erkennen."))
        return found

    @property
    def phone_pattern(self) -> str:
        """A regular expression for the number, however it is spaced, with or without the country."""
        return _phone(self.phone)

    def mentions(self) -> str:
        """A regular expression for what names this person in any text, alike in Python and PostgreSQL; '' for nothing.

        A name of one word says too little: it is looked for in the person's own records only.
        """
        return _any([_plain(self.email), _phone(self.phone), *_full_name(self.name)])

    def traces(self) -> str:
        """The same within the person's own records, where each single word of the name means them."""
        return _any([_plain(self.email), _phone(self.phone), *_full_name(self.name), *_words(self.name)])

    def search_words(self) -> set[str]:
        """Words under which search knows this person."""
        return set(re.findall(r"[^\W\d_]+", fold(f"{self.email} {self.name}")))


def _any(patterns: list[str]) -> str:
    found = [pattern for pattern in patterns if pattern]
    return rf"(?<!\w)({'|'.join(found)})(?!\w)" if found else ""


def _plain(text: str) -> str:
    return re.escape(text)


def _full_name(name: str) -> list[str]:
    parts = [re.escape(part) for part in name.split()]
    if len(parts) < 2:
        return []
    return [r"\s+".join(parts), r",?\s+".join([parts[-1], r"\s+".join(parts[:-1])])]


def _words(name: str) -> list[str]:
    return [re.escape(word) for word in re.findall(r"\w+", name) if len(word) >= SHORTEST_WORD]


def _phone(phone: str) -> str:
    digits = _digits(phone)
    if not digits:
        return ""
    return r"(?:(?:\+|00)?\d{2}|0)?[\s./()-]*(?:\(0\))?[\s./-]*" + r"[\s./()-]*".join(digits)


def _digits(phone: str) -> str:
    """What every way of writing a number shares: its digits without country and leading zero."""
    try:
        phone = normal_phone(phone).removeprefix("+41")
    except BadEntry:
        phone = phone.removeprefix("+41").removeprefix("0041")
    return re.sub(r"\D", "", phone).lstrip("0")
