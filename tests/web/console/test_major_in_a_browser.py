"""A major in a real browser: answered from a phone, decided by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from incidents.models import Incident
from tests.company import Company
from tests.web.console.browser import declared, log_in, press

pytestmark = pytest.mark.browser


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


def test_a_proposal_is_rejected_by_keyboard(context: BrowserContext, company: Company) -> None:
    incident = company.incident(major_triggers=("several_schools_down",))
    page = log_in(context, "lead", f"/incidents/{incident.number}/")
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
