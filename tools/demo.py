"""The demo's supervisor: `make demo` ends here.

Starts the engines, prepares the database, then runs the processes of the Procfile and a simulator. Ctrl-C or SIGTERM
ends all of them, engines last; if the supervisor itself is killed outright, the kernel ends them (Linux) or the next
start does (elsewhere). Logs stand in VAR/log, the console says only what a person wants to know. ADR 0003 says why
no ready-made runner does it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from escola_im.env import DEMO_PREFIX, RUNNING_ENV, Env
from tools.children import Child, die_with_parent, end_leftovers, kill_all, only_one, remember
from tools.engines import Engines, EnginesMissing, reachable_home
from tools.messages import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
NEEDED_MB = 400
LOGINS = "support dev lead dpo it pm board admin"
PATIENCE_S = {"web": 18, "worker": 20}
MOST_RESTARTS = 4
RESTART_WINDOW_S = 180


class Stop(Exception):
    """Somebody asked the demo to end."""


class Demo:
    """All processes below one VAR folder."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port, self.log = var, port, var / "log"
        self.engines = Engines(var / "engines", log=self.log)
        self.children: list[Child] = []
        self.env: dict[str, str] = {}

    def run(self) -> None:
        """Start everything, keep it running, end everything."""
        try:
            self._start()
            self._announce()
            while True:
                time.sleep(0.5)
                self._mend()
        except Stop:
            say("\nStopping ...")
        finally:
            self._stop()

    def _start(self) -> None:
        end_leftovers(self.var / "running.json")
        say("Starting PostgreSQL and Valkey ...")
        addresses = self.engines.start()
        self.env = {**foreign_env(), **demo_secrets(self.var / "demo.env"), **self._settings(), **addresses}
        self._tell_manage()
        compile_catalogues(ROOT / "locale")
        say("Preparing the database ...")
        prepare = [sys.executable, "-m", "tools.demo_prepare"]
        # a first migration or the demo company's history may take longer than any page may
        patient = {**self.env, "WEB_STATEMENT_TIMEOUT_MS": "600000", "LOG_LEVEL": "ERROR"}
        done = subprocess.run(prepare, cwd=ROOT, env=patient, check=False)
        if done.returncode:
            raise SystemExit("Preparing the database failed; the reason stands above.")
        for name, command in processes():
            self._spawn(name, command)

    def _tell_manage(self) -> None:
        """Leave our settings where `manage.py` finds them, so that it works on the running demo."""
        path = self.var / RUNNING_ENV
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        ours = {name.upper() for name in Env.model_fields}
        path.write_text("".join(f"{name}={value}\n" for name, value in self.env.items() if name in ours))

    def _settings(self) -> dict[str, str]:
        return {
            "MODE": "demo",
            "BASE_URL": f"http://localhost:{self.port}",
            "PORT": str(self.port),
            "VAR": str(self.var),
            "LOG_FORMAT": "console",
            "OUTBOUND_ALLOW_PRIVATE": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "DJANGO_SETTINGS_MODULE": "escola_im.settings",
        }

    def _spawn(self, name: str, command: str) -> Child:
        (self.var / "beat").mkdir(exist_ok=True)
        with (self.log / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self.env,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        child = Child(name, command, process, [time.monotonic()])
        self.children.append(child)
        remember(self.var / "running.json", [each.process.pid for each in self.children])
        return child

    def _mend(self) -> None:
        if not self.engines.alive():
            raise SystemExit(f"PostgreSQL or Valkey ended by itself; see {self.log}.")
        for child in [each for each in self.children if each.process.poll() is not None]:
            log = self.log / f"{child.name}.log"
            say(f"{child.name} ended with code {child.process.returncode} and starts again; see {log}")
            self.children.remove(child)
            recent = [at for at in child.starts if time.monotonic() - at < RESTART_WINDOW_S]
            if len(recent) >= MOST_RESTARTS:
                end = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
                raise SystemExit(f"{child.name} ended {MOST_RESTARTS} times and is given up; the end of {log}:\n{end}")
            self._spawn(child.name, child.command).starts += recent

    def _announce(self) -> None:
        address = f"http://localhost:{self.port}/"
        problem = wait_until_ready(f"http://127.0.0.1:{self.port}/readyz", seconds=120, meanwhile=self._mend)
        if problem:
            say(f"Not everything is ready yet ({problem}); logs stand in {self.log}.")
        say(f"\n  Escola IM runs at  {address}\n  Log in as          {LOGINS}\n  Password           demo")
        say(f"  Key for the API    .venv/bin/python manage.py api_key dev{self._var_hint()}")
        say(f"  Logs               {self.log}\n\nCtrl-C stops it; the data stays. `make demo-reset` clears it.")

    def _var_hint(self) -> str:
        return "" if self.var == ROOT / "var" else f"   (with VAR={self.var})"

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: kill_all(self.children))
        for child in self.children:
            if child.process.poll() is None:
                child.process.terminate()
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(PATIENCE_S.get(child.name, 5))
        kill_all(self.children)
        self.engines.stop()
        for name in ("running.json", RUNNING_ENV):
            (self.var / name).unlink(missing_ok=True)


def processes() -> list[tuple[str, str]]:
    """The Procfile's processes, and the simulator where there is one."""
    lines = [line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines() if line.strip()]
    found = [(name.strip(), command.strip()) for name, _, command in lines]
    if any(ROOT.glob("*/management/commands/demo_simulator.py")):
        found.append(("simulator", "python manage.py demo_simulator"))
    return found


def foreign_env() -> dict[str, str]:
    """The surrounding environment without any setting of ours: a shell's DEBUG or DATABASE_URL must not leak in."""
    ours = {name.upper() for name in Env.model_fields}
    return {name: value for name, value in os.environ.items() if name.upper() not in ours}


def demo_secrets(path: Path) -> dict[str, str]:
    """This installation's own keys, made once. They begin so that production mode refuses them."""
    if not path.exists():
        path.touch(mode=0o600)
        names = ("SECRET_KEY", "FIELD_KEYS")
        path.write_text("".join(f"{name}={DEMO_PREFIX}{secrets.token_urlsafe(48)}\n" for name in names))
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    found = {name: value for name, _, value in pairs}
    if "VAPID_KEY" not in found:
        found["VAPID_KEY"] = secrets.token_urlsafe(32)
        with path.open("a") as file:
            file.write(f"VAPID_KEY={found['VAPID_KEY']}\n")
    return found


def wait_until_ready(address: str, *, seconds: float, meanwhile: Callable[[], None]) -> str:
    """Ask /readyz until it says yes. Returns "" or what it last complained about."""
    problem, until = "no answer", time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 -- always our own http address
                return ""
        except urllib.error.HTTPError as error:
            with contextlib.suppress(ValueError):
                checks = json.load(error).get("checks", {})
                problem = ", ".join(name for name, check in checks.items() if not check["ok"])
        except OSError:
            problem = "web does not answer"
        meanwhile()
        time.sleep(0.25)
    return problem


def chosen_port(text: str) -> int:
    """PORT as a number; ends with a sentence when no port is called that."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65_536:
        raise SystemExit("PORT must be a number from 1 to 65535, for example 8000.")
    return int(text)


def need_port(port: int) -> None:
    """End with a sentence when somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is taken: run `make demo PORT={port + 1}`, say.") from None


def need_space(var: Path) -> None:
    """End with a sentence when the databases would not fit."""
    free = shutil.disk_usage(var).free // 1_000_000
    if free < NEEDED_MB:
        raise SystemExit(f"The disk of {var} has {free} MB free and the demo needs {NEEDED_MB} MB: free some space.")


def reset(var: Path) -> None:
    """Delete everything below VAR that the demo made."""
    if not var.exists():
        return
    with only_one(var):
        shutil.rmtree(reachable_home(var / "engines"), ignore_errors=True)
        for path in var.iterdir():
            if path.name in ("beat", "log", "mail", "media", "audit", "engines", "static"):
                shutil.rmtree(path)
            elif path.name in ("demo.env", "running.json", RUNNING_ENV):
                path.unlink()
    say(f"{var} is empty again.")


def say(text: str) -> None:
    """One line for the person at the console."""
    print(text, flush=True)


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def main(arguments: list[str]) -> None:
    """`python -m tools.demo [reset]`; VAR and PORT come from the environment."""
    var = Path(os.environ.get("VAR") or "var").resolve()
    port = chosen_port(os.environ.get("PORT") or "8000")
    if arguments == ["reset"]:
        return reset(var)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
        with only_one(var):
            need_port(port)
            need_space(var)
            Demo(var, port).run()
    except Stop:
        return None
    except EnginesMissing as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise SystemExit(f"The disk of {var} is full: free some space and run `make demo` again.") from None
        if error.errno in (errno.EACCES, errno.EROFS):
            raise SystemExit(f"{error.filename} cannot be written by this user: run `make demo VAR=folder`.") from None
        raise
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
