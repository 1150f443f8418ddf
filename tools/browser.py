"""Find a browser of the Chromium family for the tests; install Debian's where that is possible without asking.

`python -m tools.browser` prints its path, or one sentence with the command that mends its absence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = [
    "chromium-headless-shell",  # without windows: a third less to do for the same pages
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
]
PACKAGE = "chromium-headless-shell"
PLAYWRIGHT_CACHES = ["~/.cache/ms-playwright", "~/Library/Caches/ms-playwright"]
ADVICE = (
    "The browser tests need Chromium, Chrome or Edge and found none: run `{command}`, set BROWSER_PATH to one, or set "
    "SKIP_BROWSER=1 to leave these tests out."
)


class NoBrowser(Exception):
    """None is installed; the message says the one command that mends it."""


def find_browser() -> Path:
    """An installed browser of the Chromium family. BROWSER_PATH wins; raises NoBrowser."""
    given = os.environ.get("BROWSER_PATH")
    found = [Path(given)] if given else [*_on_path(), *_in_known_places()]
    for path in found:
        if os.access(path, os.X_OK) and path.is_file():
            return path
    raise NoBrowser(ADVICE.format(command=_mending_command()))


def install_on_debian() -> None:
    """As root on Debian, install its chromium; elsewhere nothing."""
    if os.geteuid() != 0 or not _is_debian():
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Debian's Chromium for the browser tests (once) ...", flush=True)
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", PACKAGE, "fonts-dejavu-core"],
    ):
        subprocess.run(["apt-get", *arguments], env=quiet, check=False, stdout=subprocess.DEVNULL)


def _on_path() -> list[Path]:
    return [Path(path) for name in NAMES if (path := shutil.which(name))]


def _in_known_places() -> list[Path]:
    caches = [Path(cache).expanduser() for cache in PLAYWRIGHT_CACHES]
    cached = [path for cache in caches for path in sorted(cache.glob("chromium-*/chrome-*/*")) if path.name == "chrome"]
    return [*map(Path, PLACES), *cached]


def _is_debian() -> bool:
    try:
        return "\nID=debian" in "\n" + Path("/etc/os-release").read_text()
    except OSError:
        return False


def _mending_command() -> str:
    if sys.platform == "darwin":
        return "brew install --cask google-chrome"
    if _is_debian():
        return f"sudo apt-get install {PACKAGE}"
    return ".venv/bin/playwright install chromium"


def main() -> None:
    """Print the path of a browser, installing one first where that is possible."""
    if os.environ.get("SKIP_BROWSER") == "1":
        return
    try:
        find_browser()
    except NoBrowser:
        install_on_debian()
    try:
        print(find_browser())
    except NoBrowser as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
