"""«Was wäre, wenn …?» without scripts: the table, the text, the answer, and who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.clock import now
from lifecycle import what_if
from process.schema import Document
from sla.models import WhatIf
from tests.company import Company
from tests.web.console.conftest import Entering

PATH = "/sla/what-if/"
CALENDAR = """
calendars:
  - key: business
    label: {de: Kurz, en: Short}
    paragraph: "§9"
    weekly: {tue: [{open: "08:00", close: "09:00"}]}
  - key: 8x5
    label: {de: Büro, en: Office}
    paragraph: "§9"
    weekly: {mon: [{open: "08:00", close: "17:00"}]}
  - key: 24x7
    label: {de: Immer, en: Always}
    paragraph: "§9"
    always: true
"""


def table(client: Client, **changes: str) -> dict[str, str]:
    """The form as the page fills it, with changes."""
    form = client.get(PATH).context["form"]
    filled = {row.minutes.name: str(row.minutes.value()) for row in form.rows()}
    filled |= {row.calendar.name: row.calendar.value() for row in form.rows()}
    return filled | {"text": ""} | changes


def answered(client: Client, address: str) -> str:
    """The page once a worker has answered."""
    while what_if.work(clock=now):
        pass
    return client.get(address).content.decode()


def minutes_of(document: Document, clock: str, priority: str) -> str:
    """The name of a field of the table."""
    places = [target.key for target in document.sla.targets]
    return f"minutes_{places.index(f'{clock}_{priority}')}"


def test_the_table_is_filled_changed_and_answered(enter: Entering, company: Company, document: Document) -> None:
    company.incident(urgency="high", now=company.now - timedelta(hours=1))
    pm = enter("pm")
    assert "an keinem Incident und an keiner Frist etwas geändert" in pm.get(PATH).content.decode()

    sent = pm.post(PATH, table(pm, **{minutes_of(document, "response", "high"): "10"}))
    assert sent.status_code == 302
    waiting = pm.get(sent.headers["Location"]).content.decode()
    assert "Wartet auf einen Arbeitsprozess" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    told = answered(pm, sent.headers["Location"])

    assert "1 Frist offener Incidents wäre anders." in told
    assert "1 wäre jetzt verletzt." in told
    assert "Noten lassen sich nicht speichern" in told
    assert "hx-trigger" not in told.split('id="answer"')[1].split(">")[0]


def test_a_region_that_is_through_stops_asking(enter: Entering, document: Document) -> None:
    pm = enter("pm")
    address = pm.post(PATH, table(pm)).headers["Location"]
    live = {"HX-Request": "true", "HX-Target": "answer"}
    assert pm.get(address, headers=live).status_code == 200
    answered(pm, address)
    last = pm.get(address, headers=live)
    assert last.status_code == 286
    assert "<html" not in last.content.decode()
    assert "Kein offener Incident würde anders fällig." in last.content.decode()


def test_a_text_counts_instead_of_the_table(enter: Entering, company: Company) -> None:
    company.incident(urgency="high", now=company.now - timedelta(hours=1))
    pm = enter("pm")
    file = SimpleUploadedFile("sections.yaml", CALENDAR.encode())
    sent = pm.post(PATH, table(pm, minutes_0="") | {"file": file})
    assert sent.status_code == 302, sent.content.decode()
    assert set(WhatIf.objects.get().sections) == {"calendars"}
    assert "2 Fristen offener Incidents wären anders." in answered(pm, sent.headers["Location"])
    assert "Servicezeiten" in pm.get(f"{PATH}?yaml=1").content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"minutes_0": "0"}, "grösser oder gleich 1"),
        ({"minutes_0": ""}, "id_minutes_0_error"),
        ({"calendar_0": "9x5"}, "id_calendar_0_error"),
        ({"text": "sla: {targets: []}"}, "<code>sla.paragraph</code>"),
        ({"text": "calendars: ["}, "Zeile"),
        ({"text": "matrix: {}"}, "<code>matrix</code>"),
        ({"text": CALENDAR.replace("key: 24x7", "key: other")}, "<code>sla.targets[response_critical].calendar</code>"),
        ({"text": CALENDAR.replace('[{open: "08:00", close: "09:00"}]', "[]")}, "working time"),
    ],
)
def test_what_cannot_apply_is_said_where_it_stands(enter: Entering, changes: dict[str, str], says: str) -> None:
    pm = enter("pm")
    answer = pm.post(PATH, table(pm, **changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not WhatIf.objects.exists()


def test_it_is_cancelled_and_says_so(enter: Entering) -> None:
    pm = enter("pm")
    address = pm.post(PATH, table(pm)).headers["Location"]
    page = pm.post(f"{address}cancel/", follow=True).content.decode()
    assert "Die Berechnung wurde abgebrochen. Geändert wurde nichts." in page


def test_a_worker_that_is_away_is_not_waited_for_in_silence(enter: Entering, company: Company) -> None:
    pm = enter("pm")
    address = pm.post(PATH, table(pm)).headers["Location"]
    WhatIf.objects.update(created_at=company.now - timedelta(seconds=31))
    assert "Seit einer halben Minute arbeitet niemand daran." in pm.get(address).content.decode()
    WhatIf.objects.update(state="failed")
    assert "Dreimal verstummte" in pm.get(address).content.decode()


def test_others_neither_ask_nor_read(enter: Entering) -> None:
    pm = enter("pm")
    address = pm.post(PATH, table(pm)).headers["Location"]
    assert enter("support").get(PATH).status_code == 403
    assert enter("support").get(address).status_code == 403
    assert enter("lead").get(address).status_code == 404
    assert 'href="/sla/what-if/"' in pm.get("/settings/process/").content.decode()
    assert 'href="/sla/what-if/"' not in enter("support").get("/settings/process/").content.decode()
