"""A clock says for every minute whether it ran or stood, and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from directory.models import School
from lifecycle import ranking, respond
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def number(company: Company, clock: Path) -> str:
    """High at 09:00, answered soon; waits from 11 to 14 o'clock; asked about on Tuesday at 09:00."""
    start = company.now
    incident = company.incident(urgency="high", school_id=School.objects.get(canton="ZH").pk)
    respond.acknowledge(incident.number, by=company.by("support"), now=start + timedelta(minutes=10))
    respond.start(incident.number, by=company.by("support"), now=start + timedelta(minutes=11))
    respond.hold(
        incident.number,
        reason="agreed_appointment",
        until=start + 6 * HOUR,
        by=company.by("support"),
        now=start + 2 * HOUR,
    )
    respond.resume(incident.number, by=company.by("dev"), now=start + 5 * HOUR)
    clock.write_text((start + 24 * HOUR).isoformat())
    return incident.number


def test_it_lists_every_stretch_with_its_reason_and_the_sum(programs: Programs, number: str) -> None:
    answer = programs.support.get(f"incidents/{number}/sla/")

    assert answer.status_code == 200, answer.content
    response, resolution = answer.json()["clocks"]
    assert [(part["from"][11:16], part["cause"], part["seconds"]) for part in resolution["segments"]] == [
        ("08:00", "open", 7200),
        ("10:00", "waiting", 0),
        ("13:00", "open", 4 * 3600),
        ("17:00", "closed", 0),
        ("07:00", "open", 3600),
    ]
    assert resolution["sum_s"] == resolution["elapsed_s"] == 7 * 3600
    assert resolution["remaining_s"] == 3600
    waiting = resolution["segments"][1]
    assert (waiting["text"], waiting["rule"], waiting["pending_reason"]) == (
        "Steht: Vereinbarter Termin",
        "R5",
        "agreed_appointment",
    )
    assert (waiting["event"]["kind"], waiting["event"]["actor"]) == ("incident.held", "Sina Muster")
    assert waiting["event"]["at"] == "2026-11-23T10:00:00Z"
    assert (response["state"], response["sum_s"]) == ("met", 600)
    assert response["segments"][-1]["text"] == "Steht: beantwortet"


def test_it_says_which_promise_counted_and_why(programs: Programs, company: Company, number: str) -> None:
    target = programs.support.get(f"incidents/{number}/sla/").json()["clocks"][1]["targets"][0]

    assert (target["number"], target["target_s"], target["calendar"]) == (1, 28800, "business")
    assert target["text"] == "Priorität «Hoch», Kalender «Servicezeiten (Mo–Fr 08–18 Uhr)» (§9)"


def test_every_change_of_priority_is_a_promise_of_its_own(programs: Programs, company: Company) -> None:
    incident = company.incident()
    ranking.set_priority(
        incident.number,
        urgency="high",
        impact="high",
        by=company.by("lead"),
        now=company.now,
    )

    targets = programs.support.get(f"incidents/{incident.number}/sla/").json()["clocks"][1]["targets"]

    assert [(target["number"], target["priority"], target["calendar"]) for target in targets] == [
        (2, "critical", "24x7")
    ]


@pytest.mark.parametrize(
    ("at", "state", "text"),
    [
        ("2026-11-23T09:59:00%2B01:00", "running", "Läuft: «Servicezeiten (Mo–Fr 08–18 Uhr)» ist offen"),
        ("2026-11-23T12:30[Europe/Zurich]", "standing", "Steht: Vereinbarter Termin"),
        ("2026-11-23T22:00:00Z", "standing", "Steht: ausserhalb von «Servicezeiten (Mo–Fr 08–18 Uhr)»"),
    ],
)
def test_did_it_run_or_stand_at_this_minute(programs: Programs, number: str, at: str, state: str, text: str) -> None:
    there = programs.support.get(f"incidents/{number}/sla/?at={at}").json()["clocks"][1]["at"]

    assert (there["state"], there["text"]) == (state, text)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-24T08:00:01Z", "Zukunft"),
        ("2026-11-23T07:59:59Z", "gab es diese Uhren noch nicht"),
        ("2026-11-23T09:00", "Abstand zu UTC"),
        ("yesterday", "Erwartet wird ein Zeitpunkt"),
        ("2026-10-25T02:30[Europe/Zurich]", "zweimal"),
    ],
)
def test_an_instant_it_cannot_know_is_refused_by_name(programs: Programs, number: str, at: str, says: str) -> None:
    answer = programs.support.get(f"incidents/{number}/sla/?at={at}")

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "at"
    assert says in error["message"]


def test_who_may_not_see_the_incident_does_not_see_its_clocks(programs: Programs, company: Company) -> None:
    assert programs.support.get("incidents/INC-2026-999999/sla/").status_code == 404
    key: Any = programs.of("support", "contacts:read")
    assert key.get(f"incidents/{company.incident().number}/sla/").status_code == 403


def test_in_english(programs: Programs, number: str) -> None:
    answer = programs.support.get(f"incidents/{number}/sla/", accept_language="en")
    assert answer.json()["clocks"][1]["segments"][1]["text"] == "Stands: Agreed appointment"
