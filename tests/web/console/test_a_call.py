"""A call comes in: support takes it, works it and closes it by keyboard alone, in a real browser on the real pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.models import Event
from incidents.models import Contact, Incident
from tests.company import Company
from tests.web.console.browser import command, log_in_by_hand, press, said, tab_to

pytestmark = pytest.mark.browser


def test_from_a_call_to_a_closed_incident(context: BrowserContext, company: Company) -> None:
    page = log_in_by_hand(context, "support")
    incident = _take_the_call(page)
    assert (incident.priority, incident.category, incident.reporter_name) == ("critical", "software", "Petra Muster")
    assert incident.school is not None
    assert incident.school.name == "Schule Musterwil"

    press(page, "a")
    said(page, "übernommen")
    press(page, "b")
    said(page, "in Bearbeitung")
    press(page, "m")
    page.keyboard.type("Wir sehen es uns an.")
    press(page, "Tab", "Enter")
    said(page, "Bitte rufen Sie Petra Muster an: 044 123 45 67")

    _let_it_wait(page)
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
    timeline = page.locator("#timeline")
    for words in ("Geschlossen", "Wartend: Wartet auf Meldende", "Wir sehen es uns an.", "§14/6", "Incident erfasst"):
        expect(timeline).to_contain_text(words)
    incident.refresh_from_db()
    assert (incident.status, incident.assignee) == ("closed", company.support)
    assert (incident.resolution, incident.customer_satisfaction) == ("Druckdienst neu gestartet.", "satisfied")
    assert _log(incident, "incident.") == [
        *("opened", "acknowledged", "started", "messaged", "messaged"),
        *("held", "resumed", "resolved", "feedback", "closed"),
    ]
    assert _log(incident, "sla.") == ["started", "stopped", "paused", "resumed", "stopped"]


def _take_the_call(page: Page) -> Incident:
    press(page, "n")
    page.wait_for_url("**/inbox/new/")
    page.keyboard.type("Petra Muster")
    press(page, "Enter")  # sends no half call
    for typed in (
        *("Schule Musterwil", "044 123 45 67", "petra@musterwil.example"),
        *("Zeugnisse lassen sich nicht drucken", "Das PDF bleibt leer, in allen Klassen."),
    ):
        press(page, "Tab")
        page.keyboard.type(typed)
    assert not Contact.objects.exists()
    press(page, "Tab", "ArrowUp")  # from "later" around to the last kind: incident
    press(page, "Tab")
    page.keyboard.type("Soft")
    press(page, "Tab", "Tab", "Space", "ArrowRight", "Space")  # past the module; urgency, and impact beside it
    expect(page.locator("#computed")).to_contain_text("Kritisch")  # seen before anything is saved
    assert not Incident.objects.exists()
    press(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-"))
    incident = Incident.objects.get()
    said(page, incident.number)
    return incident


def _let_it_wait(page: Page) -> None:
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


def _log(incident: Incident, prefix: str) -> list[str]:
    log = Event.objects.filter(subject_type="incident", subject_id=incident.pk, kind__startswith=prefix).order_by("id")
    return [kind.removeprefix(prefix) for kind in log.values_list("kind", flat=True)]
