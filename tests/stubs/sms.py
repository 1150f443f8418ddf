"""A provider of text messages that speaks Twilio's Messages API, callbacks included."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qs

from tests.stubs.base import Asked, Reply, StubServer


class SmsStub(StubServer):
    """`texts` are the forms it took."""

    sid, token = "AC0123456789", "stub/token+1"

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[dict[str, str]] = []

    @property
    def setting(self) -> str:
        """SMS_URL of an account here."""
        return f"twilio://{self.sid}:{self.token.replace('/', '%2F')}@{self.url[7:]}/?from=+41790000000&plain=1"

    def lets_in(self, asked: Asked) -> bool:
        """Basic auth."""
        login = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        return asked.headers.get("authorization") == f"Basic {login}"

    def answer(self, asked: Asked) -> Reply:
        """201 with what it is now called."""
        if asked.path != f"/2010-04-01/Accounts/{self.sid}/Messages.json":
            return Reply(404, {"code": 20404})
        self.texts.append({name: values[-1] for name, values in parse_qs(asked.body.decode()).items()})
        return Reply(201, {"sid": f"SM{len(self.texts)}", "status": "queued"})

    def sign(self, url: str, form: dict[str, str]) -> str:
        """The header X-Twilio-Signature."""
        text = url + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.new(self.token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def refused(code: int, status: int = 400) -> Reply:
    """An error with Twilio's own code."""
    return Reply(status, {"code": code, "message": "refused", "status": status})
