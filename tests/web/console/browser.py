"""One browser for all stories of a test process, and the ways people use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.clock import now
from directory.models import Person
from lifecycle import major, team
from lifecycle.intake import ContactDraft, take_contact
from tests.company import Company


@pytest.fixture
def context(chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """Somebody's desk: Swiss German, in Zurich."""
    context = chromium.new_context(base_url=live_server.url, locale="de-CH", timezone_id="Europe/Zurich")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def log_in(context: BrowserContext, name: str, path: str = "/") -> Page:
    """That page, before somebody who logged in a while ago; logging in itself is `log_in_by_hand`."""
    client = Client()
    client.force_login(Person.objects.get(username=name))
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])
    page = context.new_page()
    page.goto(path)
    return page


def log_in_by_hand(context: BrowserContext, name: str) -> Page:
    """A page on which somebody has just logged in."""
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Benutzername oder E-Mail").fill(name)
    page.get_by_label("Passwort", exact=True).fill("demo")
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/")
    return page


def press(page: Page, *keys: str) -> None:
    """Keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Goes on with Tab until the field of that name has the focus, as somebody without a mouse does."""
    for _step in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


def said(page: Page, words: str) -> None:
    """Waits until the page says it is done, and is ready for the next key."""
    expect(page.locator("#toasts")).to_contain_text(words)
    page.wait_for_load_state("load")


def command(page: Page, word: str) -> None:
    """What has no key of its own is two keys and its name away."""
    press(page, "Control+k")
    page.keyboard.type(word)
    expect(page.locator("#palette-list [aria-selected=true]")).to_have_text(word)
    press(page, "Enter")


def contact(company: Company) -> str:
    """The number of a mail that waits in the inbox."""
    draft = ContactDraft(channel="email", subject="Dunkles Design", body="Bitte", reporter_email="a@b.example")
    return take_contact(draft, by=company.by("support"), now=company.now).number


def declared(company: Company) -> str:
    """The address of a major to which the IT manager and a developer are called."""
    facts = {"by": company.by("it"), "now": company.now}
    team.save_seat("owner_it", people=[company.it], **facts)  # type: ignore[arg-type]
    team.save_seat("developer_1", people=[company.dev, company.dev2], **facts)  # type: ignore[arg-type]
    number = company.incident().number
    major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=now())
    return f"/incidents/{number}/"
