"""The SLA room: filters as address, figures that lead to exactly their records, views, files, the wall."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import School
from incidents.models import Incident, SavedView
from lifecycle import finish, respond
from notifications.models import ReportPlan
from tests.company import Company
from tests.db.figures.conftest import caught_up
from tests.web.console.conftest import Entering

SECTIONS = ("", "promises/", "load/", "times/", "quality/", "forecast/", "print/", "wall/")


@pytest.fixture
def counted(company: Company) -> list[Incident]:
    """Three incidents of this morning, one of them resolved, all counted."""
    found = [company.incident(), company.incident(urgency="high", impact="high"), company.incident(by="support2")]
    by, now = company.by("support"), company.now
    respond.acknowledge(found[0].number, by=by, now=now + timedelta(minutes=5))
    finish.resolve(
        found[0].number, text="Neu gestartet", code="solved_permanently", by=by, now=now + timedelta(minutes=50)
    )
    caught_up(company.now + timedelta(hours=1))
    return found


def test_every_section_opens_for_who_may_see_figures(enter: Entering, counted: list[Incident]) -> None:
    for name, status in (("pm", 200), ("board", 200), ("lead", 200), ("support", 200), ("dev", 403)):
        client = enter(name)
        assert {client.get(f"/sla/{path}").status_code for path in SECTIONS} == {status}, name
        assert ('href="/sla/"' in client.get("/").content.decode()) == (status == 200), "the navigation offers it"


def test_figures_are_shown_with_formula_change_and_freshness(enter: Entering, counted: list[Incident]) -> None:
    page = enter("pm").get("/sla/?period=7d").content.decode()
    assert _card(page, "arrivals") == "3"
    assert _card(page, "attainment_resolution") == "100 %"
    assert "Eingehalten ÷ (eingehalten + verletzt)" in page
    assert re.search(r"Stand \d\d:\d\d:\d\d, vor \d+ s", page)


def test_every_figure_leads_to_as_many_records_as_it_says(enter: Entering, counted: list[Incident]) -> None:
    client = enter("pm")
    checked = 0
    for path in SECTIONS[1:4]:
        page = client.get(f"/sla/{path}?period=7d").content.decode()
        for href, label in re.findall(r'<a class="mark-at" href="([^"]+)"><title>([^<]+)</title>', page):
            told = (
                int(re.findall(r": (\d+)", label)[-1])
                if "Fälle" not in label
                else int(re.findall(r"(\d+) Fälle", label)[0])
            )
            assert _listed(client, unescape(href)) == told, label
            checked += 1
    assert checked > 5


def test_a_filter_is_a_chip_that_goes_away(enter: Entering, counted: list[Incident]) -> None:
    page = enter("pm").get("/sla/?period=7d&priority=critical").content.decode()
    assert _card(page, "arrivals") == "1"
    [chip] = re.findall(r'<a class="chip set" href="([^"]+)">', page)
    assert unescape(chip) == "/sla/?period=7d"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=never", "Zeitraum"),
        ("from=2026-11-20&to=2026-11-01", "Von"),
        ("from=gestern&to=2026-11-01", "Von"),
        ("priority=urgent", "Priorität"),
        ("priority=high&priority=low", "Priorität"),
        ("school=999999", "Schule"),
        ("horizon=9h", "horizon"),
        ("colour=red", "colour"),
    ],
)
def test_a_bad_filter_is_refused_with_its_field(enter: Entering, company: Company, query: str, field: str) -> None:
    for path in ("", "promises/"):
        answer = enter("pm").get(f"/sla/{path}?{query}")
        assert answer.status_code == 400
        assert f"<strong>{field}</strong>" in answer.content.decode()
        assert "figure-card" not in answer.content.decode(), "no figure of something else"


@pytest.mark.parametrize(
    "query", ["", "figure=x", "figure=arrivals&hour=25", "figure=arrivals&day=x", "figure=arrivals&after=x"]
)
def test_records_of_what_does_not_exist_are_refused(enter: Entering, company: Company, query: str) -> None:
    for path in ("", "export/"):
        assert enter("pm").get(f"/sla/records/{path}?{query}").status_code == 400


def test_more_records_than_fit_a_page_are_all_reached_once(enter: Entering, company: Company) -> None:
    for _place in range(55):
        company.incident()
    caught_up(company.now + timedelta(hours=1))
    client, path, found = enter("pm"), "/sla/records/?figure=arrivals&period=7d", []
    while path:
        page = client.get(path).content.decode()
        assert "55 Incidents" in page
        found += re.findall(r'id="go-(INC-[^"]+)"', page)
        path = unescape(next(iter(re.findall(r'href="([^"]+)" rel="next"', page)), ""))
    assert len(found) == len(set(found)) == 55
    lines = _text(client.get("/sla/records/export/?figure=arrivals&period=7d")).splitlines()
    assert len(lines) == 56


def test_any_table_leaves_as_a_file(enter: Entering, company: Company, counted: list[Incident]) -> None:
    client = enter("pm")
    table = _text(client.get("/sla/export/promises/attainment/?period=7d&format=csv"))
    assert "Lösung · Mittel;1;0;1.0" in table
    every = _text(client.get("/sla/export/overview/figures/?period=7d"))
    assert "Eingang;3.0;count" in every
    assert client.get("/sla/export/overview/figures/?format=xlsx").headers["Content-Disposition"].endswith('.xlsx"')
    assert client.get("/sla/export/overview/figures/?format=pdf").status_code == 400
    assert client.get("/sla/export/overview/nothing/").status_code == 404


def test_a_name_that_is_a_formula_leaves_as_text(enter: Entering, company: Company) -> None:
    school = School.objects.create(name="=cmd|' /C calc'!A0", canton="ZH")
    company.incident(school_id=school.pk)
    caught_up(company.now + timedelta(hours=1))
    table = _text(enter("pm").get("/sla/export/load/by-school/?period=7d"))
    assert "'=cmd" in table
    assert "\n=cmd" not in table


def test_a_view_is_saved_shared_and_begun_with(enter: Entering, company: Company) -> None:
    pm, board = enter("pm"), enter("board")
    said = {"query": "period=90d&priority=high&horizon=today", "name": "Hoch", "shared": "on", "begin": "on"}
    pm.post("/sla/views/", said)
    [view] = SavedView.objects.all()
    assert (view.query, view.room, view.is_default) == ("period=90d&priority=high", "sla", True)
    assert pm.get("/sla/").headers["Location"] == "/sla/?period=90d&priority=high"
    assert board.get("/sla/").status_code == 200, "a default is its owner's alone"
    assert "Hoch" in board.get("/sla/").content.decode()
    assert "period=90d" not in pm.get("/incidents/?open=true").content.decode(), "a view belongs to its room"
    board.post("/sla/views/", {"remove": view.pk})
    assert SavedView.objects.exists(), "nobody removes what somebody else shares"
    pm.post("/sla/views/", {"default": view.pk, "query": view.query})
    assert pm.get("/sla/").status_code == 200
    pm.post("/sla/views/", {"remove": view.pk})
    assert not SavedView.objects.exists()


def test_a_promise_at_risk_can_be_acted_on_with_one_click(
    enter: Entering, company: Company, counted: list[Incident]
) -> None:
    client = enter("support")
    page = client.get("/sla/?period=7d&horizon=today").content.decode()
    number = counted[1].number
    assert f'formaction="/incidents/{number}/acknowledge/"' in page
    client.post(f"/incidents/{number}/acknowledge/", {"next": "/sla/?period=7d&horizon=today"})
    page = client.get("/sla/?period=7d&horizon=today").content.decode()
    assert f'formaction="/incidents/{number}/acknowledge/"' not in page
    other = enter("support2")
    page = other.get("/sla/?period=7d&horizon=today").content.decode()
    [(name, value)] = re.findall(rf'name="(\w+)" value="(\d+)" formaction="/incidents/{number}/assign/"', page)
    other.post(f"/incidents/{number}/assign/", {name: value, "next": "/sla/"})
    counted[1].refresh_from_db()
    assert counted[1].assignee == company.support2


def test_the_wall_refreshes_itself_and_asks_for_no_password(enter: Entering, counted: list[Incident]) -> None:
    page = enter("board").get("/sla/wall/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    assert 'hx-trigger="every 60s"' in page
    shut = Client().get("/sla/wall/")
    assert shut.status_code == 401
    assert shut.headers["Refresh"] == "60"
    assert "password" not in shut.content.decode()


def test_a_report_is_set_up_looked_at_and_sent(enter: Entering, company: Company, counted: list[Incident]) -> None:
    client = enter("lead")
    assert client.post("/sla/reports/", {"rhythm": "weekly"}).status_code == 422
    client.post("/sla/reports/", {"rhythm": "weekly", "roles": ["project_manager"], "query": "period=7d&priority=high"})
    [plan] = ReportPlan.objects.all()
    assert plan.query == "priority=high", "the period is that of the report"
    seen = client.get(f"/sla/reports/{plan.pk}/preview/")
    assert "SLA-Bericht 16.11. – 22.11.2026" in seen.content.decode()
    assert "script" not in seen.headers["Content-Security-Policy"]
    client.post(f"/sla/reports/{plan.pk}/", {"action": "send"})
    plan.refresh_from_db()
    assert plan.wanted_at is not None
    assert "Wird gleich versendet" in client.get("/sla/reports/").content.decode()
    client.post(f"/sla/reports/{plan.pk}/", {"action": "stop"})
    client.post(f"/sla/reports/{plan.pk}/", {"action": "remove"})
    assert not ReportPlan.objects.exists()
    assert enter("support").get("/sla/reports/").status_code == 403


def test_a_section_asks_the_same_number_of_questions_however_many_incidents_there_are(
    enter: Entering, company: Company, counted: list[Incident]
) -> None:
    client = enter("pm")
    few = _questions(client)
    for _place in range(8):
        company.incident()
    caught_up(company.now + timedelta(hours=1))
    assert {path: n for path, n in _questions(client).items() if n > few[path] + 1} == {}
    assert max(few.values()) < 90


def _questions(client: Client) -> dict[str, int]:
    found = {}
    for path in SECTIONS[:6]:
        client.get(f"/sla/{path}?period=7d")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/sla/{path}?period=7d")
        found[path] = len(asked)
    return found


def _card(page: str, key: str) -> str:
    [found] = re.findall(rf'data-figure="{key}">.*?<dd class="value">(?:<a [^>]*>)?([^<]+)<', page, re.DOTALL)
    return unescape(found).replace("\xa0", " ")


def _listed(client: Client, path: str) -> int:
    page = client.get(path).content.decode()
    return len(re.findall(r'id="go-INC', page))


def _text(answer) -> str:  # type: ignore[no-untyped-def]
    return b"".join(answer.streaming_content).decode()
