"""`sla/what-if/`: 202 and an address, the answer there, and every mistake by its path."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock as clocks
from lifecycle import what_if
from process.edited import sections_of
from process.schema import Document
from sla.models import WhatIf
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db


def half_an_hour(document: Document) -> dict[str, Any]:
    """The agreement with a shorter resolution of high priority."""
    sla = sections_of(document)["sla"]
    for target in sla["targets"]:
        if target["key"] == "resolution_high":
            target["target_min"] = 30
    return {"sla": sla}


def test_it_is_asked_answered_and_kept_for_a_day(
    programs: Programs, company: Company, document: Document, clock: Path
) -> None:
    number = company.incident(urgency="high").number
    clock.write_text((company.now + timedelta(hours=1)).isoformat())
    asked = programs.pm.post("sla/what-if/", half_an_hour(document))
    assert asked.status_code == 202, asked.content
    address = asked.headers["Location"]
    assert (asked.json()["state"], asked.json()["result"], asked.headers["Retry-After"]) == ("queued", None, "1")

    while what_if.work(clock=clocks.now):
        pass
    told = programs.pm.get(address).json()

    assert (told["state"], told["percent"], told["total"]) == ("done", 100, 1)
    (change,) = told["result"]["incidents"]
    assert (change["number"], change["clock"], change["newly_broken"]) == (number, "resolution", True)
    assert told["result"]["attainment"][-1]["after"] == {"met": 0, "breached": 1, "attainment": 0.0}
    assert programs.lead.get(address).status_code == 404
    assert programs.support.get(address).status_code == 403
    clock.write_text((company.now + timedelta(hours=25)).isoformat())
    assert programs.pm.get(address).status_code == 404


def test_it_is_cancelled(programs: Programs, document: Document) -> None:
    address = programs.pm.post("sla/what-if/", half_an_hour(document)).headers["Location"]
    assert programs.pm.http.delete(address).status_code == 204
    assert programs.pm.http.delete(address).status_code == 204
    assert programs.pm.get(address).json()["state"] == "cancelled"
    assert what_if.work(clock=clocks.now) is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target_min": 0}, "sla.targets[response_critical].target_min"),
        ({"target_min": -5}, "sla.targets[response_critical].target_min"),
        ({"target_min": 60 * 24 * 3660}, "sla.targets[response_critical].target_min"),
        ({"calendar": "9x5"}, "sla.targets[response_critical].calendar"),
        ({"minutes": 5}, "sla.targets[response_critical].minutes"),
    ],
)
def test_every_mistake_is_named_by_its_path(
    programs: Programs, document: Document, change: dict[str, Any], field: str
) -> None:
    sections = half_an_hour(document)
    sections["sla"]["targets"][0] |= change
    answer = programs.pm.post("sla/what-if/", sections)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not WhatIf.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"sla": 5}, {"calendars": {}}, {"calendars": [5]}, {"matrix": {}}, {"sla": {}}, {"calendars": []}]
)
def test_what_is_no_section_is_refused(programs: Programs, company: Company, body: dict[str, Any]) -> None:
    answer = programs.pm.post("sla/what-if/", body)
    assert answer.status_code == 400
    assert all(error["field"] for error in answer.json()["errors"])


@pytest.mark.parametrize("name", ["support", "dev", "dpo"])
def test_only_who_makes_promises_may_ask(programs: Programs, document: Document, name: str) -> None:
    assert programs.of(name).post("sla/what-if/", half_an_hour(document)).status_code == 403


def test_a_key_that_reads_incidents_is_enough(programs: Programs, document: Document) -> None:
    assert programs.of("pm", "incidents:read").post("sla/what-if/", half_an_hour(document)).status_code == 202
    assert programs.of("pm", "process:read").post("sla/what-if/", half_an_hour(document)).status_code == 403
