"""Telephone numbers in one form: what people type becomes E.164, read back in the Swiss way."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _

from core.text import clean
from directory.errors import BadEntry

REGION = "CH"


def normal_phone(text: str, *, field: str = "phone") -> str:
    """`text` as E.164 (`+41441234567`); without country it is Swiss; empty stays empty. BadEntry for no number."""
    text = clean(text).strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text[:60], REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise BadEntry(
            {field: [_("Das ist keine gültige Telefonnummer. Beispiel: 044 123 45 67 oder +41 44 123 45 67.")]}
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown_phone(stored: str) -> str:
    """A stored number as people read it (`+41 44 123 45 67`); anything that is no number is shown as it stands."""
    try:
        number = phonenumbers.parse(stored, REGION)
    except phonenumbers.NumberParseException:
        return stored
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
