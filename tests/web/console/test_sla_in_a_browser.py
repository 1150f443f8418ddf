"""The SLA room as people use it: accessible in light, dark and on a phone; each chart leads to its records."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from lifecycle import finish, reporting, respond
from tests.company import Company
from tests.db.figures.conftest import caught_up
from tests.web.console.browser import log_in
from tests.web.console.test_pages_in_a_browser import (
    CONTRAST,
    DESK,
    PHONE,
    SIZE,
    WCAG,
    _desk,
    _in_the_dark,
    _violations,
    _width,
)

pytestmark = pytest.mark.browser
ROOM = (
    "",
    "promises/",
    "load/",
    "times/",
    "quality/",
    "forecast/",
    "print/",
    "wall/",
    "reports/",
    "records/?figure=arrivals",
)
EVERY_COLOUR = ("", "load/", "wall/")


def _fill(company: Company) -> None:
    by, now = company.by("support"), company.now
    for place in range(4):
        number = company.incident(urgency="high" if place else "medium").number
        respond.acknowledge(number, by=by, now=now + timedelta(minutes=5 + place))
        if place > 1:
            finish.resolve(
                number, code="solved_permanently", text="Gut.", by=by, now=now + timedelta(minutes=30 * place)
            )
    company.incident(urgency="high", impact="high")
    reporting.plan_report(rhythm="weekly", roles=["project_manager"], query="", by=company.by("pm"), now=now)
    caught_up(now + timedelta(hours=3))


def test_every_page_of_the_room_is_accessible_and_fits_a_phone(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    _fill(company)
    page = log_in(_desk(chromium, live_server), "pm")
    found: dict[str, object] = {}
    for path in ROOM:
        page.set_viewport_size(DESK)
        page.goto(f"/sla/{path}", wait_until="domcontentloaded")
        found[path] = _violations(page, WCAG, but_for=() if path in EVERY_COLOUR else CONTRAST)
        found[f"{path} in the dark"] = _in_the_dark(page) if path in EVERY_COLOUR else []
        page.set_viewport_size(PHONE)
        found[f"{path} on a phone"] = _violations(page, SIZE)
        found[f"{path} scrolls sideways"] = _width(page)
    page.context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_each_chart_leads_to_as_many_records_as_it_says(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    _fill(company)
    page = log_in(_desk(chromium, live_server), "pm")
    followed = set()
    for path in ("promises/", "load/", "times/", "quality/"):
        page.goto(f"/sla/{path}?period=7d")
        charts = page.locator(".chart:has(.scene.wide a.mark-at), .chart:has(.bars th a)")
        for place in range(charts.count()):
            followed.add(_follow(page, place, charts.nth(place).get_attribute("id") or ""))
            page.go_back()
    page.context.close()
    assert len(followed) >= 8, followed


def test_marks_are_reached_by_keyboard_and_say_what_they_are(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    _fill(company)
    page = log_in(_desk(chromium, live_server), "pm", "/sla/load/?period=7d")
    marks = page.locator("#chart-inflow .scene.wide a.mark-at")
    expect(marks.first).to_have_attribute("tabindex", "0")
    marks.first.focus()
    expect(page.locator(".mark-tip")).to_be_visible()
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == marks.last.get_attribute("aria-label")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/sla/records/"))
    page.context.close()


def test_the_wall_says_when_it_is_old_and_comes_back(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    page = log_in(_desk(chromium, live_server), "pm", "/sla/wall/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    stale = page.locator("#stale")
    page.wait_for_function("() => window.htmx")
    page.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', location.pathname, {source: '#wall', target: '#wall'}).catch(() => {})")
    expect(stale).to_contain_text("Nicht mehr aktuell")
    page.context.set_offline(False)
    page.evaluate("htmx.ajax('GET', location.pathname, {source: '#wall', target: '#wall'})")
    expect(stale).to_be_hidden()
    page.context.close()


def _follow(page: Page, place: int, name: str) -> str:
    """Clicks the first link of a chart; the list has as many incidents as the mark says."""
    chart = page.locator(f"#{name}")
    mark = chart.locator(".scene.wide a.mark-at").first
    if mark.count():
        said = mark.get_attribute("aria-label") or ""
        numbers = re.findall(r"(\d+) Fälle", said) or re.findall(r": (\d+)", said)
        mark.focus()
        page.keyboard.press("Enter")
    else:
        row = chart.locator("tr:has(th a)").first
        said = row.locator(".value").inner_text()
        numbers = re.findall(r"\((\d+)\)", said) or re.findall(r"^(\d+)", said)
        row.locator("th a").click()
    page.wait_for_url("**/sla/records/**")
    assert page.locator("#records > li").count() == int(numbers[-1]), f"{name}: {said}"
    return name
