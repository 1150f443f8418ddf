"""The processes a supervisor started: ending them for certain, and no stranger with them."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil


@dataclass
class Child:
    """One process of the demo, and how often it had to be started."""

    name: str
    command: str
    process: subprocess.Popen[bytes]
    starts: list[float] = field(default_factory=list)


def kill_all(children: list[Child]) -> None:
    """End what is left of each process's own group, at once."""
    for child in children:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def remember(path: Path, pids: list[int]) -> None:
    """Note pids with their start times, so that a later start ends exactly these and no stranger with a reused pid.

    The note changes in one step: whoever reads it meanwhile, or after a kill in the middle, finds a whole one.
    """
    started = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            started[pid] = psutil.Process(pid).create_time()
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(started))
    fresh.replace(path)


def end_leftovers(path: Path) -> None:
    """End the processes a killed supervisor left behind."""
    try:
        noted = json.loads(path.read_text())
    except (OSError, ValueError):
        return
    for pid, created in noted.items():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if abs(psutil.Process(int(pid)).create_time() - created) < 1:
                os.killpg(int(pid), signal.SIGKILL)
    path.unlink()


@contextlib.contextmanager
def only_one(var: Path) -> Generator[IO[str]]:
    """Hold the folder's lock; it falls with the process, however that ends. Refuses when another demo holds it."""
    with (var / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(
                f"A demo already runs on {var}: stop it first (Ctrl-C), or use another folder and port: "
                "make demo VAR=var2 PORT=8001"
            ) from None
        yield lock


def die_with_parent(last_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` that has the kernel end the child when its starter is killed outright. Linux only, else None."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask_kernel() -> None:
        libc.prctl(1, int(last_signal))  # PR_SET_PDEATHSIG

    return ask_kernel


def end_server(server: subprocess.Popen[bytes] | None, polite: signal.Signals) -> None:
    """Ask politely with the server's own signal, then ever less so, until it is gone."""
    if server is None:
        return
    for number, patience in ((polite, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if server.poll() is not None:
            return
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(patience)


def end_leftover_server(pid_file: Path, belongs: str) -> None:
    """End the server a killed supervisor left behind, if the pid in its file is still that very server."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = belongs in process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        ours = False
    if ours:
        process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs([process], timeout=15)
        for survivor in alive:
            survivor.kill()
    pid_file.unlink(missing_ok=True)
