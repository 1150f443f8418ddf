"""A Valkey of one test's own, which may go away and come back at the same address."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tools.engines import free_port, valkey_program


@dataclass
class Valkey:
    """The server; like the one of production it forgets nothing it was asked to keep only while it runs."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where to reach it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it empty; returns once it answers."""
        command = [
            valkey_program(),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            self.folder,
        ]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url, retry_on_error=[redis.ConnectionError], retry=_patient())
        client.ping()
        client.close()

    def kill(self) -> None:
        """Ends it at once, with all it knew."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def _patient() -> redis.retry.Retry:
    return redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 100)
