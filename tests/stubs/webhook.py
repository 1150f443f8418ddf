"""Somebody's webhook, which checks signatures as the libraries of Standard Webhooks do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.stubs.base import Asked, Reply, StubServer


class WebhookStub(StubServer):
    """Takes what is signed with its `secret`; `taken` holds the bodies."""

    secret = ""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[dict[str, Any]] = []

    def lets_in(self, asked: Asked) -> bool:
        """Any of the space-separated signatures may be the one that fits."""
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{asked.headers.get('webhook-id')}.{asked.headers.get('webhook-timestamp')}.".encode() + asked.body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in asked.headers.get("webhook-signature", "").split(" ")

    def answer(self, asked: Asked) -> Reply:
        """204."""
        self.taken.append(json.loads(asked.body))
        return Reply(204, b"")
