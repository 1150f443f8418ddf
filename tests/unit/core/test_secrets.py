"""Secrets at rest open with any configured key, and with no other."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from core.secrets import SecretUnreadable, decrypt, encrypt, renew

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "0" * 32


def test_what_is_sealed_opens_and_does_not_show(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    token = encrypt("Gehéim 🔑")
    assert decrypt(token) == "Gehéim 🔑"
    assert "Geh" not in token
    assert token != encrypt("Gehéim 🔑")


def test_keys_can_be_exchanged(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    token = encrypt("geheim")
    settings.FIELD_KEYS = [NEW, OLD]
    assert decrypt(token) == "geheim"
    renewed = renew(token)
    settings.FIELD_KEYS = [NEW]
    assert decrypt(renewed) == "geheim"
    with pytest.raises(SecretUnreadable):
        decrypt(token)


@pytest.mark.parametrize("token", ["x", "ü", "gAAAAA=="])
def test_rubbish_does_not_open(settings: Settings, token: str) -> None:
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(SecretUnreadable):
        decrypt(token)


def test_nothing_stays_nothing(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    assert encrypt("") == ""
    assert decrypt("") == ""
