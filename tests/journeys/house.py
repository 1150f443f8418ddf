"""The whole product as real processes for one story: web, worker, beat if wanted, on a clock the story drives."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.management import call_command

from core.models import Pulse
from escola_im.celery import app
from lifecycle.tick import next_due
from tests import warm

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "payloads"
SENTRY_SECRET = "story-sentry-secret-0123456789abcdef"
UPTIME_SECRET = "story-uptime-secret-0123456789abcdef"


def wait_until(truth: Callable[[], Any], *, seconds: float = 90, what: str = "") -> Any:
    """Asks until it is true and returns that; AssertionError after `seconds`. The only waiting a story does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            if answer := truth():
                return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what or truth}")


@dataclass
class House:
    """The running product. `at` is the instant every process reads from the clock file."""

    folder: Path
    at: datetime
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, ForkServerProcess] = field(default_factory=dict)
    url: str = ""

    def __post_init__(self) -> None:
        database = settings.DATABASES["default"]
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://postgres@/{database['NAME']}?host={database['HOST']}",
            "CLOCK_FILE": str(self.folder / "clock"),
            "VAR": str(self.folder),
            "BASE_URL": self.url,
            "EMAIL_URL": "",
            "PYTHONUNBUFFERED": "1",
            "PORT": str(port),
        } | self.environment
        self.set_clock(self.at)

    def set_clock(self, at: datetime) -> None:
        """From now on it is `at`, for every process and for this one."""
        self.at = at
        scratch = self.folder / "clock.new"
        scratch.write_text(at.isoformat())
        scratch.replace(self.folder / "clock")

    def start(self, *names: str) -> None:
        """Starts `web`, `worker`, `beat`; returns when web answers and a worker has shown its pulse."""
        celery = "celery --skip-checks -A escola_im.celery"
        commands = {
            "web": f"gunicorn escola_im.wsgi:application -b {self.url[7:]} -k gthread -w 1 --threads 4",
            "worker": f"{celery} worker -c 2 -l WARNING --without-gossip --without-mingle",
            "beat": f"{celery} beat -l WARNING -s {self.folder / 'beat'} --pidfile=",
        }
        for name in names:
            module, *arguments = commands[name].split()
            log = self.folder / f"{name}.log"
            self.processes[name] = warm.start(module, *arguments, env=self.environment, log=log)
        if "web" in names:
            wait_until(lambda: requests.get(f"{self.url}/healthz", timeout=2).ok, what="web answers")

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends a process and all its children at once, as a crash would."""
        process = self.processes.pop(name)
        assert process.pid is not None
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:  # it has not got as far as leading a group, or has ended by itself
            process.kill()
        process.join(timeout=20)

    def stop(self) -> None:
        """Ends everything this house started."""
        for name in list(self.processes):
            self.kill(name)

    def ring(self, *tasks: str) -> None:
        """Rings the doorbells beat would ring."""
        for name in tasks:
            app.send_task(name)

    def advance(self, **duration: float) -> None:
        """Lets time pass, lets the sweeper see it, and waits until it has."""
        self.set_clock(self.at + timedelta(**duration))
        self.ring("lifecycle.tasks.sweep", "lifecycle.tasks.deliver")
        seen = Pulse.objects.filter(name__in=["sweeper", "worker"], at=self.at)
        wait_until(lambda: seen.count() == 2, what=f"sweeper and worker at {self.at}")
        # another sweep may still hold what this one skipped
        wait_until(lambda: (due := next_due()) is None or due.at > self.at, what=f"everything due at {self.at}")

    def add_sources(self) -> None:
        """Sets up sentry/main and uptime-robot/main as an administrator would."""
        call_command("source", "add", "sentry", "main", secret=SENTRY_SECRET)
        call_command("source", "add", "uptime-robot", "main", secret=UPTIME_SECRET)

    def sentry(self, resource: str, body: dict[str, Any], **headers: str) -> requests.Response:
        """Posts a Sentry webhook, signed over the exact bytes."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        signature = hmac.new(SENTRY_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        told = {
            "Content-Type": "application/json",
            "Request-ID": uuid.uuid4().hex,
            "Sentry-Hook-Resource": resource,
            "Sentry-Hook-Timestamp": str(int(self.at.timestamp())),
            "Sentry-Hook-Signature": signature,
        }
        return requests.post(f"{self.url}/hooks/sentry/main/", data=raw, headers=told | headers, timeout=10)

    def uptime(self, body: dict[str, Any], secret: str = UPTIME_SECRET) -> requests.Response:
        """Posts an Uptime Robot webhook with its bearer token."""
        told = {"Authorization": f"Bearer {secret}"}
        return requests.post(f"{self.url}/hooks/uptime-robot/main/", json=body, headers=told, timeout=10)


def sample(path: str) -> dict[str, Any]:
    """A payload of `tests/payloads`."""
    return dict(json.loads((SAMPLES / path).read_text()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
