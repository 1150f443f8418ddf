"""A small HTTP server in a thread. What it answers next can be bent: errors, limits, answers that never end."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `body` is sent as it is when it is bytes, else as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request the server saw."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "GET"


class StubServer:
    """Use as a context manager; `url` is its address. `bend(reply, …)` queues replies sent instead of real ones."""

    token = "stub-token"

    def __init__(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self._bent: deque[Reply] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self._serve))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def bend(self, *replies: Reply) -> None:
        """The next requests get these answers."""
        self._bent.extend(replies)

    def answer(self, asked: Asked) -> Reply:
        """What the real system would answer."""
        raise NotImplementedError

    def lets_in(self, asked: Asked) -> bool:
        """Whether a request shows what the real system wants to see."""
        return asked.headers.get("authorization") == f"Bearer {self.token}"

    def _serve(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if not self.lets_in(asked):
            return Reply(401, {"detail": "Invalid token"})
        return self._bent.popleft() if self._bent else self.answer(asked)


def _handler(serve: Callable[[Asked], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, sent: bytes) -> None:
            parts = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = serve(Asked(parts.path, query, headers, sent, self.command))
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler
