"""The simulator as a process: it posts to what it is told, and ends when it is told."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest

from escola_im.demo.cast import SECRETS
from integrations.registry import SOURCES
from tests import warm

pytestmark = pytest.mark.processes
Taken = tuple[str, bytes, dict[str, str]]


class Ear(BaseHTTPRequestHandler):
    """Takes every webhook in."""

    taken: Queue[Taken]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken.put((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(202)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def product() -> Generator[tuple[str, Queue[Taken]]]:
    """An address and what arrives there."""
    taken: Queue[Taken] = Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ThisEar", (Ear,), {"taken": taken}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", taken
    server.shutdown()
    server.server_close()


def test_it_sends_a_genuine_webhook_and_ends_cleanly_on_sigterm(product: tuple[str, Queue[Taken]]) -> None:
    address, taken = product
    simulator = warm.start("django", "demo_simulator", "--base-url", address, "--seed", "5", env=dict(os.environ))
    try:
        path, body, headers = taken.get(timeout=60)
        simulator.terminate()
        simulator.join(15)
        assert simulator.exitcode == 0
    finally:
        simulator.kill()
    kind = path.split("/")[2]
    assert path == f"/hooks/{kind}/main/"
    assert SOURCES[kind].verify(body, headers, None, [SECRETS[kind]])
