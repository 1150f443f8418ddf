"""A school opens its notice in a real browser, which sends what Django's test client does not (P-7.3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from lifecycle import notice_links
from privacy.models import Notice
from tests.company import Company
from tests.web.console.browser import context  # noqa: F401
from tests.web.privacy.breaches import told_breach

pytestmark = pytest.mark.browser


def test_a_school_opens_its_notice_acknowledges_it_and_names_its_report(
    context: BrowserContext,  # noqa: F811
    company: Company,
) -> None:
    told_breach(company)
    notice = Notice.objects.get(affected__school__name="Schule Musterwil")
    page = context.new_page()
    page.goto(notice_links.path_to(notice))
    page.get_by_label("Code").fill(notice_links.code_of(notice))
    page.get_by_role("button", name="Öffnen").click()
    expect(page.get_by_text("Schule Musterwil").first).to_be_visible()
    page.get_by_label("Name").fill("R. Beispiel")
    page.get_by_role("button", name="gelesen").click()
    expect(page.get_by_label("Name")).to_have_count(0)
    page.locator("#report_id").fill("ZH-17")
    page.locator("#reported_at").fill("2026-11-23T09:00")
    page.locator("form").get_by_role("button").click()
    expect(page.get_by_text("ZH-17")).to_be_visible()
    notice.refresh_from_db()
    assert (notice.state, notice.affected.report_id) == ("acknowledged", "ZH-17")
