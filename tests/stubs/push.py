"""A push service and the browser behind it: checks who sends (RFC 8292) and opens what was sent (RFC 8291)."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.stubs.base import Asked, Reply, StubServer


def text(raw: bytes) -> str:
    """Base64url without padding, as browsers write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(coded: str) -> bytes:
    """Back again."""
    return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))


class PushStub(StubServer):
    """`subscription(…)` is what the browser hands to a page; `shown` holds the payloads it could open."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[dict[str, Any]] = []
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, name: str = "one") -> dict[str, str]:
        """A device."""
        return {"endpoint": f"{self.url}/{name}", "p256dh": text(self._point), "auth": text(self._auth)}

    def lets_in(self, asked: Asked) -> bool:
        """The token must be signed by the key beside it, for this service."""
        parts = dict(part.strip().split("=", 1) for part in asked.headers["authorization"].split(" ", 1)[1].split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url.rpartition(":")[0])
        return str(claims["sub"]).startswith("mailto:")

    def answer(self, asked: Asked) -> Reply:
        """201, the payload opened."""
        salt, sender, sealed = asked.body[:16], asked.body[21:86], asked.body[86:]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _derive(self._auth, shared, b"WebPush: info\0" + self._point + sender, 32)
        key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
        self.shown.append(json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\2")))
        return Reply(201, b"")


def _derive(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)
