"""A project manager tries other promises in a browser; a worker dies over it, another answers; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.models import Event, Pulse
from incidents.models import Incident
from lifecycle import finish, respond
from sla.models import Clock, WhatIf
from tests.company import Company
from tests.journeys.house import House, wait_until
from tests.web.console.browser import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TASK = "lifecycle.tasks.what_if"
DAY = timedelta(days=1)


@pytest.fixture
def page(chromium: Browser, house: House, company: Company) -> Iterator[Page]:
    """The form before the project manager. Last week one was solved in five hours; one is open since an hour."""
    support, start = company.by("support"), company.now - 4 * DAY
    solved = company.incident(urgency="high", now=start)
    respond.acknowledge(solved.number, by=support, now=start + timedelta(minutes=5))
    respond.start(solved.number, by=support, now=start + timedelta(minutes=6))
    finish.resolve(solved.number, code="solved_permanently", text="Getan.", by=support, now=start + timedelta(hours=5))
    company.incident(urgency="high", symptom="Zeugnisse fehlen", now=company.now - timedelta(hours=1))
    house.start("web", "worker")
    context = chromium.new_context(base_url=house.url.replace("127.0.0.1", "localhost"), locale="de-CH")
    yield log_in(context, "pm", "/sla/what-if/")
    context.close()


def ask(page: Page, minutes: int) -> None:
    """Another target for what is high, sent by keyboard."""
    page.goto("/sla/what-if/")
    field = page.get_by_label("Lösung, Hoch: Minuten")
    field.fill(str(minutes))
    field.press("Enter")
    page.wait_for_url("**/sla/what-if/*-*/")


def written() -> tuple[list[int], list[tuple[object, ...]]]:
    """What people have done, and the clocks; that a worker began again is the log's own affair."""
    return list(Event.objects.filter(actor_kind="person").values_list("pk", flat=True)), list(
        Clock.objects.order_by("pk").values_list()
    )


def test_from_the_question_to_the_answer(page: Page, house: House) -> None:
    before = written()

    # a worker hears the ring, and the page shows the answer by itself
    ask(page, 30)
    expect(page.locator("#answer")).to_contain_text("1 Frist offener Incidents wäre anders.")
    row = page.get_by_role("row", name="Lösung")
    expect(row).to_contain_text("100,0 %")
    expect(row).to_contain_text("schlechter")
    changed = Incident.objects.order_by("pk").reverse()[0]
    expect(page.get_by_role("link", name="Zeugnisse fehlen")).to_have_attribute("href", f"/incidents/{changed.number}/")

    # the worker is killed over the next question: the page says so, the next worker goes on, nothing hangs
    house.kill("worker")
    ask(page, 60)
    expect(page.locator("#answer")).to_contain_text("Wartet auf einen Arbeitsprozess")
    WhatIf.objects.filter(state="queued").update(
        state="running", attempts=1, lease_until=house.at + timedelta(seconds=30)
    )
    house.set_clock(house.at + timedelta(seconds=31))
    expect(page.locator("#answer")).to_contain_text("Seit einer halben Minute arbeitet niemand daran.")
    house.start("worker")
    house.ring(TASK)
    expect(page.locator("#answer")).to_contain_text("Zusagen eingehalten")
    assert WhatIf.objects.filter(state="done").count() == 2
    assert WhatIf.objects.filter(lost=1, done=2).count() == 1

    # one that is not wanted any more is cancelled
    house.kill("worker")
    ask(page, 90)
    page.get_by_role("button", name="Abbrechen").click()
    expect(page.locator("#answer")).to_contain_text("Die Berechnung wurde abgebrochen. Geändert wurde nichts.")
    house.start("worker")
    house.set_clock(house.at + timedelta(seconds=1))
    house.ring(TASK, "lifecycle.tasks.deliver")
    wait_until(lambda: Pulse.objects.filter(name="worker", at=house.at).exists(), what="the worker has heard the rings")
    assert WhatIf.objects.filter(state="cancelled", done=0).count() == 1

    assert written() == before
