"""Every room of a running demo as a picture: `make demo` in one shell, `make screenshots` in another.

Writes VAR/screenshots/<room>-<light|dark|phone>.png; the four that the README shows are also kept in docs/screenshots.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.browser import find_browser

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESK = {
    "start": "/",
    "inbox": "/inbox/",
    "contact": "/inbox/new/",
    "incidents": "/incidents/",
    "search": "/search/?q=Noten",
    "bell": "/bell/",
    "on-call": "/on-call/",
    "health": "/health/",
}
OFFICE = {
    "people": "/settings/people/",
    "teams": "/settings/teams/",
    "major-team": "/settings/major-team/",
    "schools": "/settings/schools/",
    "sources": "/settings/sources/",
    "heartbeats": "/settings/heartbeats/",
    "keys": "/settings/keys/",
    "process": "/settings/process/",
}
SHAPES = {"light": (1440, 900, "light"), "dark": (1440, 900, "dark"), "phone": (360, 780, "light")}
README = ("incident-light", "incidents-dark", "contact-light", "incident-phone")


def main(base: str, folder: Path) -> None:
    """Takes all pictures of the demo at `base` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), args=FLAGS)
        for shape in SHAPES:
            _rooms(browser, base, folder, shape)
        browser.close()
    kept = ROOT / "docs" / "screenshots"
    kept.mkdir(parents=True, exist_ok=True)
    for name in README:
        shutil.copy(folder / f"{name}.png", kept)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def _rooms(browser: Browser, base: str, folder: Path, shape: str) -> None:
    page = _entered(browser, base, shape, "support", folder / f"login-{shape}.png")
    for room, path in DESK.items():
        page.goto(base + path)
        _take(page, folder / f"{room}-{shape}.png")
    page.goto(f"{base}/incidents/?status=in_progress")
    first = page.locator("main a[href^='/incidents/INC-']").first.get_attribute("href")
    page.goto(f"{base}{first}")
    _take(page, folder / f"incident-{shape}.png")
    page.context.close()
    page = _entered(browser, base, shape, "it")
    for room, path in OFFICE.items():
        page.goto(base + path)
        _take(page, folder / f"{room}-{shape}.png")
    page.context.close()


def _entered(browser: Browser, base: str, shape: str, login: str, door: Path | None = None) -> Page:
    width, height, scheme = SHAPES[shape]
    page = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="de-CH",
    ).new_page()
    page.goto(f"{base}/accounts/login/")
    if door is not None:
        _take(page, door)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", "demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{base}/")
    return page


def _take(page: Page, path: Path) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=str(path))


if __name__ == "__main__":
    var = Path(os.environ.get("VAR") or "var")
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000", var / "screenshots")
