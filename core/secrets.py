"""Secrets at rest. `FIELD_KEYS` may hold several keys: the first encrypts, all decrypt, so keys can be exchanged."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SecretUnreadable(Exception):
    """None of the configured keys opens this secret: FIELD_KEYS lost the key it was written with."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key))) for key in keys])


def _derive(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"escola-im field encryption").derive(key.encode())


def encrypt(text: str) -> str:
    """`text` sealed with the first key; empty stays empty."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """What was sealed; raises SecretUnreadable."""
    if not token:
        return ""
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable("no key in FIELD_KEYS opens a stored secret") from error


def renew(token: str) -> str:
    """The same secret sealed with the first key of today; raises SecretUnreadable."""
    return encrypt(decrypt(token))


def is_current(token: bytes) -> bool:
    """Whether the first key opens this."""
    try:
        _box(tuple(settings.FIELD_KEYS[:1])).decrypt(token)
    except InvalidToken:
        return False
    return True


def encrypt_bytes(content: bytes) -> bytes:
    """A file's content sealed with the first key."""
    return _box(tuple(settings.FIELD_KEYS)).encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """What was sealed; raises SecretUnreadable."""
    try:
        return _box(tuple(settings.FIELD_KEYS)).decrypt(token)
    except InvalidToken as error:
        raise SecretUnreadable("no key in FIELD_KEYS opens a stored file") from error
