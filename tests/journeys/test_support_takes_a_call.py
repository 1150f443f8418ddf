"""A call comes in: support takes it, works it and closes it by keyboard alone, in a real browser on the real pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from core.models import Event
from incidents.models import Contact, Incident
from tests.company import Company
from tests.web.console.test_in_a_browser import FLAGS, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(
    browser_path: Path, live_server: LiveServer, company: Company, settings: Settings, tmp_path: Path, now: datetime
) -> Iterator[Page]:
    """The start page of somebody from support, on Monday at nine."""
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.CLOCK_FILE.write_text(now.isoformat())
    cache.clear()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        context = browser.new_context(base_url=live_server.url, locale="de-CH", timezone_id="Europe/Zurich")
        context.set_default_timeout(15_000)
        yield log_in(context, "support")
        browser.close()


def press(page: Page, *keys: str) -> None:
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
    expect(page.locator("#toasts")).to_contain_text(words)


def test_from_a_call_to_a_closed_incident(page: Page, company: Company) -> None:
    press(page, "n")
    page.wait_for_url("**/inbox/new/")
    for typed in (
        "Petra Muster", "Schule Musterwil", "044 123 45 67", "petra@musterwil.example",
        "Zeugnisse lassen sich nicht drucken", "Das PDF bleibt leer, in allen Klassen.",
    ):  # fmt: skip
        page.keyboard.type(typed)
        press(page, "Enter" if typed == "Petra Muster" else "Tab")  # Enter in a line sends no half call
        if typed == "Petra Muster":
            assert not Contact.objects.exists()
            press(page, "Tab")
    tab_to(page, "feedback_channel")
    page.keyboard.type("Tel")
    tab_to(page, "kind")
    press(page, "ArrowUp")  # from "later" around to the last kind: incident
    tab_to(page, "category")
    page.keyboard.type("Soft")
    tab_to(page, "urgency_criteria")
    press(page, "Space")
    tab_to(page, "impact_criteria")
    press(page, "Space")
    expect(page.locator("#computed")).to_contain_text("Kritisch")  # seen before anything is saved
    assert not Incident.objects.exists()
    press(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-"))
    incident = Incident.objects.get()
    said(page, incident.number)

    press(page, "a")
    said(page, "übernommen")
    press(page, "b")
    said(page, "in Bearbeitung")

    press(page, "m")
    page.keyboard.type("Wir sehen es uns an.")
    press(page, "Tab", "Enter")
    said(page, "Nachricht gesendet")

    press(page, "w")
    expect(page.get_by_label("Worauf wird gewartet?")).to_be_focused()
    page.keyboard.type("Wartet auf Meldende")
    press(page, "Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("höchstens 4 Stunden")  # what is missing stands beside its field
    until = page.get_by_label("Bis")
    expect(until).to_be_focused()
    until.fill("2026-11-23T11:00")
    tab_to(page, "message")
    page.keyboard.type("Bitte senden Sie uns ein Beispiel.")
    press(page, "Control+Enter")
    said(page, "wartet")
    press(page, "b")
    said(page, "geht weiter")

    press(page, "r")
    expect(page.get_by_label("Art der Lösung")).to_be_focused()
    press(page, "ArrowDown", "Tab")
    page.keyboard.type("Druckdienst neu gestartet.")
    press(page, "Control+Enter")
    said(page, "gelöst")

    command(page, "Rückmeldung erfassen")
    expect(page.get_by_label("Zufriedenheit")).to_be_focused()
    page.keyboard.type("Zufrieden")
    press(page, "Tab")
    page.keyboard.type("Danke, das ging schnell.")
    press(page, "Control+Enter")
    said(page, "erfasst")
    command(page, "Schliessen")
    said(page, "geschlossen")
    expect(page.locator("#incident-head")).to_contain_text("Geschlossen")

    incident.refresh_from_db()
    assert (incident.status, incident.priority, incident.category) == ("closed", "critical", "software")
    assert (incident.reporter_name, incident.school.name) == ("Petra Muster", "Schule Musterwil")  # type: ignore[union-attr]
    assert incident.assignee == company.support
    assert (incident.resolution, incident.customer_satisfaction) == ("Druckdienst neu gestartet.", "satisfied")
    kinds = list(
        Event.objects.filter(subject_type="incident", subject_id=incident.pk)
        .order_by("id")
        .values_list("kind", flat=True)
    )
    told = [kind for kind in kinds if kind in TOLD]
    print(kinds)
    assert told == [*TOLD, 1]


TOLD = [
    "incident.opened",
]


def command(page: Page, word: str) -> None:
    """What has no key of its own is two keys and its name away."""
    press(page, "Control+k")
    page.keyboard.type(word)
    expect(page.locator("#palette-list [aria-selected=true]")).to_have_text(word)
    press(page, "Enter")
