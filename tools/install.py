"""Make `.venv` from a lock file, with nothing but a Python: `python3 tools/install.py demo|dev`.

Runs under whatever `python3` is, so it uses the standard library only and old syntax, hands itself to a newer Python if
it finds one, and turns every failure it knows into one sentence that says what to do.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".installed")
OLDEST = (3, 11)
NEEDED_MB = {"demo": 600, "dev": 1200}
CANDIDATES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3"]
SENTENCES = [
    (
        r"No space left on device|os error 28",
        "The disk is full: free about {mb} MB on the disk of {root} and run the command again.",
    ),
    (
        r"ensurepip is not available|No module named ensurepip|No module named venv",
        "This Python lacks its venv module: install it (on Debian and Ubuntu: apt-get install python3-venv) and run "
        "the command again.",
    ),
    (
        r"dns error|Name or service not known|Temporary failure in name resolution|Connection refused"
        r"|connection error|Could not fetch URL|NewConnectionError|ProxyError|error sending request"
        r"|Network is unreachable|timed out|Max retries exceeded",
        "The package index cannot be reached: check the network (or PIP_INDEX_URL) and run the command again.",
    ),
    (
        r"from versions: none",
        "The package index cannot be reached or lacks a package: check the network (or PIP_INDEX_URL) and run the "
        "command again; on anything but Linux or macOS on x86-64 or ARM64 use docker-compose.yml.",
    ),
    (
        r"no wheels? with a matching|has no wheels|can't be installed because it doesn't have a source distribution"
        r"|No matching distribution found|Could not find a version",
        "A package has no ready-made build for this platform ({platform}, Python {version}): use Linux or macOS on "
        "x86-64 or ARM64 with Python 3.11 to 3.14, or docker-compose.yml.",
    ),
    (
        r"hash mismatch|Hash mismatch|THESE PACKAGES DO NOT MATCH THE HASHES",
        "A downloaded package is not the one this project was locked to; nothing was installed. Run the command again, "
        "and if it happens twice, ask who runs your package index.",
    ),
    (
        r"Permission denied|Read-only file system",
        "The folder {root} cannot be written by this user: copy the project somewhere you may write.",
    ),
]


def main(group: str) -> None:
    """Install the packages of `group` unless they stand already. An installed `dev` also serves `demo`."""
    if sys.version_info < OLDEST:
        become_newer_python()
    installed = read_stamp()
    if installed.get("group") == "dev":
        group = "dev"
    lock = os.path.join(ROOT, "requirements", group + ".lock")
    with open(lock, "rb") as file:
        wanted = {"group": group, "lock": hashlib.sha256(file.read()).hexdigest()}
    if installed == wanted and os.path.exists(PYTHON):
        return
    need_space(group)
    print("Installing the locked packages into .venv (once) ...", flush=True)
    if not venv_works():
        run([sys.executable, "-m", "venv", "--clear", VENV])
    if os.path.exists(STAMP):
        os.remove(STAMP)
    run_installer(lock)
    with open(STAMP, "w") as file:
        json.dump(wanted, file)


def become_newer_python() -> None:
    """Continue under the newest Python on the path that is new enough, or end with a sentence."""
    for name in CANDIDATES:
        path = shutil.which(name)
        check = "import sys; sys.exit(sys.version_info < %r)" % (OLDEST,)  # noqa: UP031 -- must parse on old Pythons
        if path and subprocess.call([path, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, *sys.argv])
    stop(
        "Python 3.11 or newer is needed, this one is {}.{}: install it, or name it with `make PYTHON=...`.".format(
            *sys.version_info[:2]
        )
    )


def run_installer(lock: str) -> None:
    """Sync with uv, whose wheel is taken from the same lock and checked; with pip where uv has no build."""
    pinned = pinned_uv(lock)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned)
        file.flush()
        command = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        have_uv = os.path.exists(os.path.join(VENV, "bin", "uv"))
        if not have_uv and not works([*command, "--no-deps", "--only-binary=:all:", "-r", file.name]):
            run([*command, "-r", lock])
            return
    environment = dict(os.environ, VIRTUAL_ENV=VENV, UV_PYTHON_DOWNLOADS="never")
    run([os.path.join(VENV, "bin", "uv"), "pip", "sync", "-q", "--require-hashes", lock], environment)


def pinned_uv(lock: str) -> str:
    """The lock's entry for uv: version and hashes."""
    with open(lock) as file:
        found = re.search(r"^uv==(?:.*\\\n)*.*\n", file.read(), re.MULTILINE)
    if found is None:
        stop(f"{lock} does not list uv; run `make lock`.")
    return found.group(0)


def run(command: "list[str]", env: "dict[str, str] | None" = None) -> None:
    """Run a step; if it fails, say the one sentence that mends it, or show its output when none is known."""
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return
    facts = {
        "root": ROOT,
        "mb": NEEDED_MB["dev"],
        "platform": f"{sys.platform} {os.uname().machine}",
        "version": "{}.{}".format(*sys.version_info[:2]),
    }
    for pattern, sentence in SENTENCES:
        if re.search(pattern, done.stdout):
            stop(sentence.format(**facts))
    stop("Installing failed:\n" + done.stdout[-3000:])


def works(command: "list[str]") -> bool:
    """Whether the step succeeds; its output does not matter, because another way follows."""
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def need_space(group: str) -> None:
    """End with a sentence when the packages cannot fit."""
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < NEEDED_MB[group]:
        stop(
            f"The disk of {ROOT} has {free} MB free and the packages need {NEEDED_MB[group]} MB: free some space and "
            "run the command again."
        )


def venv_works() -> bool:
    """Whether `.venv` holds a Python that runs and is new enough."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0


def read_stamp() -> "dict[str, str]":
    """What was installed last, or nothing."""
    try:
        with open(STAMP) as file:
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def stop(sentence: str) -> NoReturn:
    """End with the sentence on the error stream."""
    sys.exit(sentence)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "demo")
