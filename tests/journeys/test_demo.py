"""`make demo`: everything it starts, it ends, whatever happens to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import psutil
import pytest

from tests.architecture.house import ROOT
from tools.engines import free_port

pytestmark = pytest.mark.processes
Start = Callable[..., subprocess.Popen[str]]


def until(holds: Callable[[], object], *, seconds: float = 90, what: str) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def processes_of(var: Path) -> list[psutil.Process]:
    """Every process that has `var` in its environment or command line, but for this one."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if process.environ().get("VAR") == str(var) or str(var) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def var(tmp_path: Path) -> Path:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # or root's engines would move to /var/tmp
    return tmp_path / "var"


@pytest.fixture
def start(var: Path) -> Generator[Start]:
    started = []

    def demo(*arguments: str, port: int) -> subprocess.Popen[str]:
        env = {**os.environ, "VAR": str(var), "PORT": str(port), "DEMO_COMPANY": "0"}
        command = [sys.executable, "-m", "tools.demo", *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(process)
        return process

    yield demo
    for process in started:
        process.kill()
    for leftover in processes_of(var):
        leftover.kill()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ready")
    except OSError:
        return False


def remembered(var: Path) -> list[int]:
    """The processes the supervisor wrote down as its own."""
    path = var / "running.json"
    return list(json.loads(path.read_text())) if path.exists() else []


@pytest.mark.timeout(300)
def test_a_demo_ends_all_it_started_even_when_killed_and_comes_back_with_its_data(start: Start, var: Path) -> None:
    stranger = subprocess.Popen(["sleep", "600"])
    port = free_port()
    try:
        first = start(port=port)
        until(lambda: len(remembered(var)) == 4, what="web, worker, beat and simulator were started")
        keys = (var / "demo.env").read_text()

        first.kill()
        until(lambda: not processes_of(var), seconds=60, what="a killed supervisor leaves nothing behind")

        second = start(port=port)
        until(lambda: is_ready(port), what="the second start is ready")
        refused = start(port=free_port())
        assert "already runs" in refused.communicate(timeout=30)[0]
        refused = start("reset", port=port)
        assert "already runs" in refused.communicate(timeout=30)[0]
        assert (var / "demo.env").read_text() == keys

        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
        assert processes_of(var) == []
        assert stranger.poll() is None

        assert start("reset", port=port).wait(30) == 0
        assert [path.name for path in var.iterdir()] == ["demo.lock"]
    finally:
        stranger.kill()


def test_a_taken_port_is_said_in_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = start(port=port)
        output = demo.communicate(timeout=30)[0]

    assert demo.returncode == 1
    assert output == f"Port {port} is taken: run `make demo PORT={port + 1}`, say.\n"
