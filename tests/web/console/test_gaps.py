"""Zustand says what is wrong with chains, people and rotas, and leads to where it is mended."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import Person
from escalation.rules.oncall import WEEKLY, Layer
from lifecycle.on_call import save_layer, save_rota
from lifecycle.team import save_seat
from process.selectors import current_document
from tests.company import Company
from tests.web.console.conftest import Entering

NIGHTS = Layer((), date(2026, 11, 16), time(8), WEEKLY, frozenset(range(5)), time(18), time(8))
ROW = re.compile(r'<li class="row gap-row">(.*?)</li>', re.DOTALL)


def gaps(page: bytes) -> list[tuple[str, str, str]]:
    """Tone, text and way of each."""
    rows = ROW.findall(page.decode())
    return [
        (
            *re.findall(r"tone-(\w+)", row),
            *re.findall(r"<span>(.*?)</span><a", row),
            *re.findall(r'href="([^"]+)"', row),
        )
        for row in rows
    ]


@pytest.fixture(autouse=True)
def seated(company: Company) -> None:
    """The Major Incident Team is complete."""
    for member in current_document()[1].major.team:
        save_seat(member.key, people=[company.it], by=company.by("it"), now=company.now)


@pytest.fixture
def rota(company: Company) -> int:
    """Development is on call at night only; returns the rota's key."""
    by = company.by("lead")
    made = save_rota(role="development", time_zone="Europe/Zurich", by=by, now=company.now)
    save_layer(made.pk, facts=NIGHTS, people=[company.dev, company.dev2], by=by, now=company.now)
    return made.pk


def test_a_company_in_which_all_is_well_has_no_list(enter: Entering, company: Company) -> None:
    assert b"in Prozess und Pikett" not in enter("it").get("/health/").content


def test_each_gap_leads_to_where_it_is_mended_the_gravest_first(enter: Entering, company: Company, rota: int) -> None:
    Person.objects.filter(username="dev").update(email="")
    company.board.holdings.all().delete()

    found = gaps(enter("it").get("/health/").content)

    assert [(tone, href) for tone, _text, href in found] == [
        ("critical", "/settings/people/"),
        ("high", f"/settings/people/{company.dev.pk}/"),
        ("high", f"/on-call/{rota}/"),
    ]
    assert "hier endet die Kette im Leeren" in found[0][1]
    assert "Devi Erfunden ist auf keinem Kanal erreichbar" in found[1][1]
    assert "in den nächsten 52 Wochen hat 261 Mal niemand Pikett" in found[2][1]


def test_who_may_not_mend_it_is_led_to_where_it_is_seen(enter: Entering, company: Company, rota: int) -> None:
    Person.objects.filter(username="dev").update(email="")
    client = enter("support")

    ways = [href for _tone, _text, href in gaps(client.get("/health/").content)]

    assert ways == ["/settings/people/", "/on-call/"]
    assert {client.get(way).status_code for way in ways} == {200}


def test_the_region_that_polls_does_not_look_a_year_ahead(enter: Entering, company: Company, rota: int) -> None:
    client = enter("it")
    with CaptureQueriesContext(connection) as asked:
        region = client.get("/health/", headers={"HX-Request": "true", "HX-Target": "health"})

    assert b"gap-row" not in region.content
    assert not [query for query in asked if "escalation_rota" in query["sql"]]


def test_the_page_of_a_rota_shows_how_its_load_is_spread(enter: Entering, company: Company, rota: int) -> None:
    page = " ".join(re.sub(r"<[^>]+>", " ", enter("lead").get(f"/on-call/{rota}/").content.decode()).split())

    assert "Belastung der nächsten 52 Wochen" in page
    assert re.search(r"Dario Erdacht 18\d\d 2\d %", page)
    assert re.search(r"Devi Erfunden 18\d\d 2\d %", page)
