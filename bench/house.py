"""Engines, databases and processes of one benchmark run; everything started here ends here."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2

from bench.wire import Wire, request
from tools.children import die_with_parent, end_server
from tools.demo import foreign_env
from tools.engines import Engines, free_port

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "bench_template"
SETTINGS = {
    "MODE": "demo",
    "SECRET_KEY": "demo-only-bench-" + "0123456789" * 4,
    "FIELD_KEYS": "demo-only-bench-0123456789abcdef0123",
    "WEB_STATEMENT_TIMEOUT_MS": "60000",
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "INFO",
    "DJANGO_SETTINGS_MODULE": "escola_im.settings",
}


@dataclass
class Process:
    """A running web server or worker."""

    name: str
    process: subprocess.Popen[bytes]
    port: int = 0

    def children(self) -> list[psutil.Process]:
        """The processes that do the work."""
        return list(psutil.Process(self.process.pid).children())

    def stop(self) -> None:
        """Ends it."""
        end_server(self.process, signal.SIGTERM)


@dataclass
class House:
    """One PostgreSQL and one Valkey with durability at its defaults, and a database per question."""

    home: Path
    engines: Engines = field(init=False)
    env: dict[str, str] = field(default_factory=dict)
    databases: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Starts the engines on empty folders and puts their addresses into this process's environment."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self.engines = Engines(self.home / "engines", log=self.home / "log")
        self.env = {**foreign_env(), **SETTINGS, **self.engines.start(), "VAR": str(self.home)}
        self._sql(f"CREATE DATABASE {TEMPLATE}")
        self.env |= self._addresses(TEMPLATE)
        os.environ.update(self.env | {"LOG_LEVEL": "ERROR"})

    def stop(self) -> None:
        """Ends the engines and removes their data; the logs stay."""
        self.engines.remove()

    def clone(self, name: str) -> str:
        """A new database like the template: migrated, with the company and its process document."""
        self._sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        self.databases.append(name)
        return name

    def broker(self, database: str) -> str:
        """The address of the broker number that belongs to a database."""
        return self._addresses(database)["REDIS_URL"]

    def _sql(self, statement: str) -> None:
        with contextlib.closing(psycopg2.connect(self.engines.database_url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def _addresses(self, database: str) -> dict[str, str]:
        """Each database has a broker number of its own, so that no worker hears another one's doorbell."""
        number = self.databases.index(database) + 1 if database in self.databases else 0
        broker = self.env["REDIS_URL"].rpartition("/")[0]
        return {"DATABASE_URL": self.engines.database_url(database), "REDIS_URL": f"{broker}/{number}"}

    @contextlib.contextmanager
    def web(self, database: str, *, settings: str = "escola_im.settings") -> Generator[Process]:
        """The product's web server, with its own configuration, or bare Django under the very same one."""
        port = free_port()
        more = {"PORT": str(port), "HOST": "127.0.0.1", "DJANGO_SETTINGS_MODULE": settings}
        command = ["gunicorn", "escola_im.wsgi:application", "--config", "gunicorn.conf.py"]
        process = self._spawn(f"web-{database}-{settings}", command, database, more)
        process.port = port
        try:
            _wait_for(process)
            yield process
        finally:
            process.stop()

    @contextlib.contextmanager
    def worker(self, database: str, *, concurrency: int, tasks_per_child: int = 100_000) -> Generator[Process]:
        """The product's worker."""
        command = ["celery", "-A", "escola_im.celery", "worker", "--loglevel", "WARNING", "--without-gossip"]
        command += ["--without-mingle", f"--concurrency={concurrency}", f"--max-tasks-per-child={tasks_per_child}"]
        process = self._spawn(f"worker-{database}", command, database, {})
        try:
            yield process
        finally:
            process.stop()

    def _spawn(self, name: str, command: list[str], database: str, more: dict[str, str]) -> Process:
        with (self.home / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 -- our own commands
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.env | self._addresses(database) | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        return Process(name, process)


def _wait_for(server: Process) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.process.poll() is None:
        with contextlib.suppress(OSError):
            Wire(server.port).ask(request("GET", "/healthz"))
            return
        time.sleep(0.05)
    raise SystemExit(f"{server.name} did not start; its log stands below var/bench/log.")
