"""The checklist by keyboard, in place, and by finger on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from incidents.models import DutyDone
from tests.company import Company
from tests.web.console.browser import log_in, press

pytestmark = pytest.mark.browser


def test_a_duty_is_ticked_by_key_in_place_and_seen_by_others(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support", f"/incidents/{number}/")
    page.evaluate("window.stayed = true")
    duty = page.get_by_role("checkbox", name="Workarounds")
    duty.focus()
    press(page, "Space")
    expect(duty).to_be_checked()
    expect(duty).to_be_focused()
    expect(page.locator("#duties")).to_contain_text("Sina Muster")
    press(page, "Enter")
    expect(duty).not_to_be_checked()
    expect(page.locator("#timeline")).to_contain_text("Doch nicht erledigt")
    expect(duty).to_be_focused()
    assert page.evaluate("window.stayed") is True
    assert not DutyDone.objects.exists()


def test_on_a_phone_a_duty_is_as_large_as_a_finger_needs(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"/incidents/{number}/")
    duty = page.get_by_role("checkbox", name="Workarounds")
    box = duty.bounding_box()
    assert box is not None
    assert box["height"] >= 24
    assert 8 <= box["x"] < box["x"] + box["width"] <= 352
    duty.click()
    expect(duty).to_be_checked()
