"""Heartbeats in a real browser: the preview follows, drafts go once saved, everybody can use the pages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from heartbeats.models import Heartbeat
from heartbeats.rules.beats import Action
from lifecycle import heartbeats
from lifecycle.heartbeats import Said
from tests.company import Company
from tests.web.console.browser import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def is_well(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(400)
        assert [found["id"] for found in Axe().run(page).response["violations"]] == [], (page.url, scheme)
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1440, "height": 900})


def test_one_is_set_up_and_watched(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "it", "/settings/heartbeats/new/")
    page.get_by_label("Name").fill("Backup")
    page.get_by_label("Erwartet").select_option("cron")
    page.get_by_label("Ausdruck").fill("nie")
    expect(page.locator("#preview")).to_contain_text("Das ist kein Cron-Ausdruck")
    page.get_by_label("Ausdruck").fill("30 2 * * *")
    expect(page.locator("#preview li")).to_have_count(5)
    page.get_by_label("Ist eine Sicherung").check()
    is_well(page)
    page.get_by_role("button", name="Sichern").click()
    expect(page.get_by_role("heading", name="Rezepte")).to_be_visible()
    row = Heartbeat.objects.get()
    heartbeats.ping(row.key, Said(Action.FAIL, "POST", exit_status=3, body="kein Platz"), now=company.now)
    page.reload()
    is_well(page)
    page.goto("/settings/heartbeats/new/")
    expect(page.get_by_label("Ist eine Sicherung")).not_to_be_checked()
    page.goto("/settings/heartbeats/")
    expect(page.locator("#beats")).to_contain_text("Ausgefallen")
    is_well(page)
