"""The key by which push services know us (VAPID, RFC 8292): one private key, `VAPID_KEY`; empty is no push."""

from __future__ import annotations

import base64
import secrets
from email.utils import parseaddr
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from webpush import WebPush

KEPT_FOR_S = 12 * 3600
"""How long a push service keeps a message for a device that is off."""


def new_key() -> str:
    """A private key as VAPID_KEY takes it: 32 bytes, base64url. One in 2³² draws is no key of the curve."""
    return _text(secrets.token_bytes(32))


def public_key() -> str:
    """What a browser is given to register with; empty when no key is set."""
    if not settings.VAPID_KEY:
        return ""
    public = _private(settings.VAPID_KEY).public_key()
    return _text(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


@lru_cache(maxsize=2)
def sealer(key: str) -> WebPush:
    """Encrypts for a device (RFC 8291) and signs for its push service with `key`."""
    private = _private(key)
    return WebPush(
        private_key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        public_key=private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        subscriber=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        ttl=KEPT_FOR_S,
    )


def _private(key: str) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))), SECP256R1())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
