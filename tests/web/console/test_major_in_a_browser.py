"""A major in a real browser: answered from a phone, decided by keyboard, readable for everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from core.clock import now
from incidents.models import Incident
from lifecycle import major, team
from tests.company import Company
from tests.web.console.browser import log_in, press

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def declared(company: Company) -> str:
    """The address of a major to which the IT manager and a developer are called."""
    facts = {"by": company.by("it"), "now": company.now}
    team.save_seat("owner_it", people=[company.it], **facts)  # type: ignore[arg-type]
    team.save_seat("developer_1", people=[company.dev, company.dev2], **facts)  # type: ignore[arg-type]
    number = company.incident().number
    major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=now())
    return f"/incidents/{number}/"


def violations(page: Page) -> list[str]:
    answer = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"], "preload": False})
    return [violation["id"] for violation in answer.response["violations"]]


def test_a_member_of_the_team_answers_from_the_phone(context: BrowserContext, company: Company) -> None:
    path = declared(company)
    page = log_in(context, "it")
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/")
    call = page.locator(".call-row")
    expect(call).to_contain_text("Major Incident Team")
    call.get_by_role("button", name="Übernehmen").click()
    expect(call).to_have_count(0)
    page.goto(path)
    page.get_by_role("link", name="Team: 1 von 6 da").click()
    seat = page.locator("#major li").filter(has_text="Inhaber, IT-Verantwortlicher").last
    expect(seat).to_contain_text("ist da")
    expect(seat).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_of_a_major_is_accessible_in_light_and_dark(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "lead")
    page.emulate_media(reduced_motion="reduce")
    page.goto(declared(company))
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.reload()
    assert violations(page) == []


def test_a_proposal_is_rejected_by_keyboard(context: BrowserContext, company: Company) -> None:
    incident = company.incident(major_triggers=("several_schools_down",))
    page = log_in(context, "lead")
    page.goto(f"/incidents/{incident.number}/")
    page.locator("#major-proposal").get_by_role("link", name="Ablehnen").focus()
    press(page, "Enter")
    reason = page.get_by_label("Warum ist es kein Major Incident?")
    expect(reason).to_be_focused()
    page.keyboard.type("Nur eine Schule ist betroffen.")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.locator("#timeline")).to_contain_text("Nur eine Schule ist betroffen.")
    expect(page.locator("#major-proposal")).to_have_count(0)
    assert Incident.objects.get().major_state == "rejected"
