"""Real PostgreSQL and Valkey for one test run, started before Django reads its settings (a pytest plugin).

Loaded by `-p tests.engines`: a conftest would be too late. Under xdist only the controller starts them, and the workers
inherit the addresses; each worker has a Redis number, a folder and (from pytest-django) a database of its own.

`python -m tests.engines -- manage.py makemigrations` runs any command with engines of its own below var/workshop.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tools.engines import Engines, EnginesBusy

ROOT = Path(__file__).resolve().parent.parent
STATIC_ENV = {
    "MODE": "test",
    "SECRET_KEY": "test-only-" + "0123456789" * 5,
    "DRILL_AT": "off",
    "FIELD_KEYS": "test-only-field-key-0123456789abcdef",
    "BASE_URL": "http://testserver",
    "WEB_STATEMENT_TIMEOUT_MS": "30000",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "WARNING",
    "OUTBOUND_ALLOW_PRIVATE": "1",
    "DJANGO_SETTINGS_MODULE": "escola_im.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # playwright's synchronous API runs an event loop beside the ORM
}
ROOM = 3 * 2**30
NO_ENGINES = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
CLEARED = (
    "CLOCK_FILE",
    "EMAIL_URL",
    "EMAIL_REPLIES",
    "SENTRY_DSN",
    "HEARTBEAT_URL",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "AUDIT_ANCHOR",
    "DEBUG",
    "TRUST_PROXY",
)


@contextlib.contextmanager
def running(home: Path, *, durable: bool) -> Generator[dict[str, str]]:
    """Engines below `home` and the environment a process needs to use them."""
    engines = Engines(home / "engines", durable=durable)
    try:
        yield {**STATIC_ENV, **engines.start(), "VAR": str(home)}
    finally:
        if durable:
            engines.stop()
        else:
            engines.remove()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Have the engines run before pytest-django loads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _take_own_share(worker)
    else:
        home = Path(tempfile.mkdtemp(prefix="im-test-", dir=_memory()))
        home.chmod(0o711)  # the servers of root run as `nobody` and must reach their own folder below
        stack = contextlib.ExitStack()
        early_config.add_cleanup(stack.close)
        atexit.register(stack.close)
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        if _asks_for_rules_only(early_config):
            _use({**STATIC_ENV, **NO_ENGINES, "VAR": str(home)})
        else:
            _use(stack.enter_context(running(home, durable=False)))
        known = early_config.known_args_namespace
        if getattr(known, "numprocesses", None) and not known.file_or_dir:
            # workers run the tests: the controller need not read the whole product first, which they would wait for;
            # it reads the conftest files beside what is named, and those need it
            os.environ.pop("DJANGO_SETTINGS_MODULE")
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """What the controller has gone without, its workers inherit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", STATIC_ENV["DJANGO_SETTINGS_MODULE"])


def _memory() -> Path | None:
    """A file system in memory that has room: a new database is thousands of files, and none outlives the run."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if has_room else None


def _asks_for_rules_only(config: pytest.Config) -> bool:
    """Whether all that is named lies below tests/unit, which needs no engines and shall not wait for them."""
    named = [Path(str(name).partition("::")[0]).resolve() for name in config.known_args_namespace.file_or_dir]
    return bool(named) and all(path.is_relative_to(ROOT / "tests" / "unit") for path in named)


def _use(env: dict[str, str]) -> None:
    for name in CLEARED:
        os.environ.pop(name, None)
    os.environ.update(env)


def _take_own_share(worker: str) -> None:
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
    os.environ["VAR"] = str(Path(os.environ["VAR"]) / worker)


def main(command: list[str]) -> int:
    """Run `command` with engines of its own; `manage.py` stands for this project's command line."""
    if command and command[0] == "manage.py":
        command = [sys.executable, str(ROOT / "manage.py"), *command[1:]]
    with workshop() as env:
        return subprocess.run(command, env={**os.environ, **env}, check=False, cwd=ROOT).returncode


@contextlib.contextmanager
def workshop() -> Generator[dict[str, str]]:
    """The lasting engines below var/workshop; passing ones where somebody works there already."""
    home = ROOT / "var" / "workshop"
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            env = stack.enter_context(running(home, durable=True))
        except EnginesBusy:
            passing = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="im-workshop-")))
            passing.chmod(0o711)
            env = stack.enter_context(running(passing, durable=False))
            print("var/workshop is in use: these engines forget everything at the end.", file=sys.stderr)
        yield env


if __name__ == "__main__":
    sys.exit(main([word for word in sys.argv[1:] if word != "--"] or [os.environ.get("SHELL", "/bin/sh")]))
