"""What touches a promise, in a real browser: the reason for recording late, the second person, the date by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect
from pytest_django.fixtures import Settings

from incidents.models import Incident
from lifecycle import ranking
from tests.company import Company
from tests.web.console.browser import log_in

pytestmark = pytest.mark.browser


def test_why_something_is_recorded_late_is_asked_once_a_time_is_given(
    context: BrowserContext, company: Company
) -> None:
    page = log_in(context, "support", "/inbox/new/")
    when, why = page.get_by_label("Wann hat sich die Person gemeldet?"), page.get_by_label("Warum wird das erst jetzt")
    expect(when).to_be_hidden()
    page.get_by_text("Schon früher gemeldet?").click()
    expect(when).to_be_visible()
    expect(why).to_be_hidden()
    when.fill("2026-11-23T07:30")
    expect(why).to_be_visible()
    when.fill("")
    expect(why).to_be_hidden()


def test_a_second_person_confirms_a_lower_priority_from_its_notice(
    context: BrowserContext, company: Company, settings: Settings
) -> None:
    incident = company.incident(urgency="high", impact="high")
    late = company.now + timedelta(hours=3)
    Path(str(settings.CLOCK_FILE)).write_text(late.isoformat())
    by = company.by("support")
    ranking.set_priority(incident.number, urgency="low", impact="low", reason="Umgehung wirkt", by=by, now=late)
    page = log_in(context, "support2")
    for path in (f"/incidents/{incident.number}/", f"/incidents/{incident.number}/set-priority/"):
        page.goto(path)
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    page.goto(f"/incidents/{incident.number}/")
    page.locator("#proposal").get_by_role("button", name="Bestätigen").click()
    expect(page.locator("#proposal")).to_have_count(0)
    assert Incident.objects.get().priority == "low"


def test_a_lead_sets_a_date_by_hand_from_the_menu(context: BrowserContext, company: Company) -> None:
    incident = company.incident()
    page = log_in(context, "lead", f"/incidents/{incident.number}/")
    page.locator("main").get_by_text("Mehr", exact=True).click()
    page.get_by_role("link", name="Frist von Hand setzen").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Neu fällig").fill("2026-12-01T16:00")
    sheet.get_by_label("Begründung").fill("Mit der Schule vereinbart")
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    sheet.get_by_role("button", name="Frist von Hand setzen").click()
    expect(page.locator("#record").get_by_text("von Hand gesetzt")).to_be_visible()
