"""Lists: order, pages, views, several at once, files, live."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from openpyxl import load_workbook

from console.desk import rows_of
from console.files import harmless
from incidents.models import Incident, SavedView
from lifecycle import finish, respond, tick
from tests.company import Company
from tests.web.console.conftest import Entering


def test_the_list_stands_in_the_order_of_work(enter: Entering, company: Company) -> None:
    company.incident(title="Später", urgency="low", impact="low")
    company.incident(title="Zuerst", urgency="high", impact="high")
    page = enter("support").get("/incidents/?open=true").content.decode()
    assert page.index("Zuerst") < page.index("Später")


def test_a_row_shows_the_clock_that_asks_for_something(enter: Entering, company: Company) -> None:
    incident, by = company.incident(urgency="high", impact="high"), company.by("support")

    def ring(after: timedelta) -> str:
        [row] = rows_of([incident], now=company.now + after)
        return row.ring.long if row.ring else ""

    late = timedelta(hours=1)
    assert ring(timedelta()).startswith("Reaktion: noch")
    tick.sweep(now=company.now + late)
    assert ring(late).startswith("Reaktion: verletzt seit")
    respond.acknowledge(incident.number, by=by, now=company.now + late)
    assert ring(late).startswith("Lösung: noch")
    finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=by, now=company.now + late)
    assert ring(late) == "Reaktion: verletzt"


def test_pages_join_without_gap_or_repetition(enter: Entering, company: Company) -> None:
    for place in range(55):
        company.incident(title=f"Nummer {place}", urgency="low" if place % 2 else "high")
    client, path, seen = enter("support"), "/incidents/?open=true", list[str]()
    while path:
        page = client.get(path).content.decode()
        seen += re.findall(r'id="row-(INC-\d+-\d+)"', page)
        following = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', page)
        path = "/incidents/" + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 55


def test_an_unknown_filter_is_named_not_ignored(enter: Entering, company: Company) -> None:
    answer = enter("support").get("/incidents/?priorty=high")
    assert answer.status_code == 400
    assert "priorty" in answer.content.decode()


def test_a_filter_is_kept_under_a_name(enter: Entering, company: Company) -> None:
    client = enter("support")
    client.post("/incidents/view/", {"name": "Kritische", "query": "priority=critical&open=true"})
    assert SavedView.objects.get().query == "open=true&priority=critical"
    assert "Kritische" in client.get("/incidents/?open=true").content.decode()


def test_several_are_previewed_assigned_and_given_back(enter: Entering, company: Company) -> None:
    numbers = [company.incident().number for _ in range(3)]
    client = enter("support")
    preview = client.post("/incidents/bulk/", {"action": "assign", "number": numbers}).content.decode()
    assert all(number in preview for number in numbers)
    assert not Incident.objects.filter(assignee__isnull=False).exists()
    client.post("/incidents/bulk/do/", {"action": "assign", "number": numbers, "person": company.dev.pk})
    assert Incident.objects.filter(assignee=company.dev).count() == 3
    client.post("/incidents/bulk/undo/", {"was": [f"{number}=" for number in numbers]})
    assert not Incident.objects.filter(assignee__isnull=False).exists()


def test_the_button_says_how_many_filters_are_set(enter: Entering, company: Company) -> None:
    client = enter("support")
    assert 'class="count strong">' not in client.get("/incidents/?open=true").content.decode().partition("<form")[0]
    page = client.get("/incidents/?open=true&priority=critical&sort=newest").content.decode()
    assert 'Filter <span class="count strong">2</span>' in page


def test_the_filters_offer_no_customers_to_who_holds_no_role(enter: Entering, company: Company) -> None:
    company.dev2.holdings.all().delete()
    offered = {
        who: "Schule Musterwil" in enter(who).get("/incidents/?open=true").content.decode() for who in ("dev", "dev2")
    }
    assert offered == {"dev": True, "dev2": False}


def test_the_filters_speak_the_language_of_the_person(enter: Entering, company: Company) -> None:
    client = enter("support")
    assert "Noten und Zeugnisse" in client.get("/incidents/?open=true").content.decode()
    client.post("/language/", {"language": "en"})
    page = client.get("/incidents/?open=true").content.decode()
    assert "Grades and reports" in page
    assert "Noten und Zeugnisse" not in page


def test_a_cell_that_begins_like_a_formula_is_made_harmless() -> None:
    assert harmless('=HYPERLINK("http://evil")') == '\'=HYPERLINK("http://evil")'
    assert [harmless(text)[0] for text in ("+1", "-1", "@x", "\tx", " =1")] == ["'"] * 5
    assert harmless("Noten") == "Noten"


def test_the_list_leaves_as_csv_and_as_a_workbook(enter: Entering, company: Company) -> None:
    company.incident(title="=1+1")
    client = enter("support")
    text = b"".join(client.get("/incidents/export/?open=true&format=csv")).decode("utf-8-sig")
    assert "'=1+1" in text
    content = b"".join(client.get("/incidents/export/?open=true&format=xlsx"))
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1][1] == "'=1+1"


def test_a_filter_nobody_knows_is_named_instead_of_exporting_everything(enter: Entering, company: Company) -> None:
    company.incident()
    refused = enter("support").get("/incidents/export/?asignee=me&format=csv")
    assert refused.status_code == 400
    assert "asignee" in refused.content.decode()


def test_a_list_that_asks_again_gets_nothing_while_nothing_changed(enter: Entering, company: Company) -> None:
    company.incident()
    client = enter("support")
    asking = {"HX-Request": "true", "HX-Target": "queue"}
    first = client.get("/incidents/?open=true", headers=asking)
    assert "<html" not in first.content.decode()
    again = {**asking, "If-None-Match": first["ETag"]}
    assert client.get("/incidents/?open=true", headers=again).status_code == 304
    company.incident(title="Neu dazu")
    assert "Neu dazu" in client.get("/incidents/?open=true", headers=again).content.decode()


def test_an_open_incident_hears_of_a_note_and_of_who_else_looks(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    mine, theirs = enter("support"), enter("support2")
    asking = {"HX-Request": "true", "HX-Target": "timeline"}
    first = mine.get(path, headers=asking)
    again = {**asking, "If-None-Match": first["ETag"]}
    assert mine.get(path, headers=again).status_code == 304
    theirs.post(f"{path}note/", {"text": "Ich sehe es auch"})
    theirs.get(path)
    page = mine.get(path, headers=again).content.decode()
    assert "Ich sehe es auch" in page
    assert "Silas Beispiel schaut auch zu" in page


def test_search_leads_straight_to_a_number(enter: Entering, company: Company) -> None:
    number = company.incident().number
    client = enter("support")
    assert client.get(f"/search/?q={number.lower()}")["Location"] == f"/incidents/{number}/"
    assert client.get("/search/suggest/?q=noten").json()["results"][0]["number"] == number
