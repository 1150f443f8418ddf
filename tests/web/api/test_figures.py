"""The SLA dashboard for programs: the same figures, their formula and the incidents behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.models import Person
from lifecycle import finish, respond
from tests.company import Company
from tests.db.figures.conftest import caught_up
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
ADDRESSES = ("sla/dashboard/", "sla/at-risk/", "sla/records/?figure=arrivals", "sla/forecast/")


@pytest.fixture
def resolved(company: Company) -> str:
    """An incident that was resolved half an hour ago."""
    then = company.now - timedelta(minutes=30)
    incident = company.incident(now=then, urgency="high", impact="medium")
    respond.acknowledge(incident.number, by=company.by("support"), now=then)
    finish.resolve(incident.number, code="solved_permanently", text="Behoben", by=company.by("support"), now=then)
    caught_up(company.now)
    return incident.number


def test_a_figure_comes_with_its_formula_and_its_cases(programs: Programs, resolved: str) -> None:
    told = programs.pm.get("sla/dashboard/?period=7d").json()

    figures = {figure["key"]: figure for figure in told["figures"]}
    assert figures["attainment"]["value"] == 1.0
    assert figures["attainment"]["n"] == 2
    assert "Eingehalten ÷" in figures["attainment"]["formula"]
    assert figures["reopened"]["value"] == 0.0
    assert figures["mttd.mean"]["value"] is None, "nothing to count is no zero"
    assert {row["clock"] for row in told["attainment"]} == {"response", "resolution"}
    assert (told["as_of"], told["is_late"]) == ("2026-11-23T08:00:00Z", False)
    assert (told["from"], told["to"], told["against"]["to"]) == ("2026-11-17", "2026-11-23", "2026-11-16")
    assert len(told["series"][0]["points"]) == 7


def test_every_figure_leads_to_its_incidents(programs: Programs, resolved: str) -> None:
    keys = [figure["key"] for figure in programs.pm.get("sla/dashboard/").json()["figures"]]
    found = {key: programs.pm.get(f"sla/records/?figure={key}") for key in keys}
    assert {answer.status_code for answer in found.values()} == {200}
    assert [row["number"] for row in found["arrivals"].json()["results"]] == [resolved]
    assert found["attainment_response"].json()["results"][0]["clocks"][0]["outcome"] == "met"
    assert programs.pm.get("sla/records/?figure=attainment&part=breached").json()["total"] == 0
    assert programs.pm.get("sla/records/?figure=arrivals&hour=8&weekday=0").json()["total"] == 1
    assert programs.pm.get("sla/records/?figure=arrivals&hour=9&weekday=0").json()["total"] == 0


def test_what_breaks_soon_says_how_sure_it_is(programs: Programs, company: Company) -> None:
    incident = company.incident(urgency="high", impact="high")
    told = programs.lead.get("sla/at-risk/?horizon=2h&priority=critical").json()
    assert told["rows"][0]["number"] == incident.number
    assert told["rows"][0]["chance"]["value"] is None
    assert "Zu wenige" in told["rows"][0]["chance"]["words"]
    assert programs.lead.get("sla/at-risk/?priority=low").json()["rows"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("dashboard/?colour=red", "colour"),
        ("dashboard/?priority=urgent", "priority"),
        ("dashboard/?priority=high&priority=low", "priority"),
        ("dashboard/?from=2026-11-02&to=2026-11-01", "from"),
        ("dashboard/?from=2026-11-02", "to"),
        ("dashboard/?from=yesterday&to=2026-11-01", "from"),
        ("dashboard/?from=2026-11-02&to=2027-11-01", "to"),
        ("dashboard/?from=2020-11-02&to=2026-11-01", "from"),
        ("dashboard/?period=30d&from=2026-11-01&to=2026-11-02", "period"),
        ("dashboard/?compare=never", "compare"),
        ("dashboard/?by=hour", "by"),
        ("at-risk/?horizon=1y", "horizon"),
        ("at-risk/?period=7d", "period"),
        ("records/?figure=luck", "figure"),
        ("records/", "figure"),
        ("records/?figure=arrivals&hour=24", "hour"),
        ("records/?figure=arrivals&day=x", "day"),
        ("records/?figure=arrivals&after=-1", "after"),
        ("records/?figure=arrivals&page_size=0", "page_size"),
        ("forecast/?priority=high", "priority"),
    ],
)
def test_what_it_does_not_understand_is_refused_with_its_field(programs: Programs, query: str, field: str) -> None:
    answer = programs.pm.get(f"sla/{query}")
    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("path", ADDRESSES)
def test_who_may_ask(programs: Programs, company: Company, path: str) -> None:
    company.people["teacher"] = Person.objects.create_user("teacher")
    for name in ("support", "lead", "pm", "board", "it"):
        assert getattr(programs, name).get(path).status_code == 200, name
    for name in ("dev", "dpo", "teacher"):
        assert getattr(programs, name).get(path).status_code == 403, name
    assert programs.of("pm", "incidents:read").get(path).status_code == 403
    assert programs.of("pm", "figures:read").get(path).status_code == 200
