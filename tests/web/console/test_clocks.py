"""«Verlauf der Fristen»: the page behind the rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from console.clocks import span
from lifecycle import respond
from tests.company import Company
from tests.web.console.conftest import Entering

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(settings: Settings) -> Path:
    """The file that holds the instant."""
    assert settings.CLOCK_FILE is not None
    return Path(settings.CLOCK_FILE)


@pytest.fixture
def page(enter: Entering, company: Company, clock: Path) -> tuple[Client, str]:
    """The page of an incident recorded on Monday at 09:00 that waits from 11 o'clock; read on Tuesday at 09:00."""
    incident = company.incident(urgency="high")
    support = company.by("support")
    respond.acknowledge(incident.number, by=support, now=company.now + HOUR)
    respond.start(incident.number, by=support, now=company.now + HOUR)
    respond.hold(
        incident.number,
        reason="agreed_appointment",
        until=company.now + 30 * HOUR,
        by=support,
        now=company.now + 2 * HOUR,
    )
    clock.write_text((company.now + 24 * HOUR).isoformat())
    return enter("support"), f"/incidents/{incident.number}/"


def test_the_rings_lead_to_the_reasons_and_their_sum(page: tuple[Client, str]) -> None:
    client, path = page
    assert f'href="{path}sla/"' in client.get(path).content.decode()

    told = client.get(f"{path}sla/").content.decode()

    assert "Mo 23.11.2026, 09:00 – 11:00" in told
    assert "Steht: Vereinbarter Termin" in told
    assert "Priorität «Hoch», Kalender «Servicezeiten (Mo–Fr 08–18 Uhr)» (§9)" in told
    assert "<strong>2:00:00</strong> von 8:00:00" in told


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-23T10:59", "Läuft: «Servicezeiten (Mo–Fr 08–18 Uhr)» ist offen"),
        ("2026-11-23T11:00", "Steht: Vereinbarter Termin</strong>"),
        ("2026-11-24T09:01", "Das liegt in der Zukunft."),
        ("2026-11-23T08:59", "Da gab es diese Uhren noch nicht."),
        ("2026-10-25T02:30", "id_at_error"),
        ("gestern", "id_at_error"),
    ],
)
def test_any_minute_can_be_asked_about(page: tuple[Client, str], at: str, says: str) -> None:
    client, path = page
    assert says in client.get(f"{path}sla/?at={at}").content.decode()


def test_a_long_life_is_folded(enter: Entering, company: Company, clock: Path) -> None:
    path = f"/incidents/{company.incident(urgency='low', impact='low').number}/sla/"
    clock.write_text((company.now + timedelta(days=700)).isoformat())
    told = enter("support").get(path).content.decode()
    assert "<details>" in told
    assert "Auffahrt (06.05.)" in told
    assert len(told) < 100_000


def test_in_english(page: tuple[Client, str]) -> None:
    client, path = page
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Stands: Agreed appointment" in client.get(f"{path}sla/").content.decode()


def test_there_is_no_page_for_what_does_not_exist(enter: Entering) -> None:
    assert enter("support").get("/incidents/INC-2026-999999/sla/").status_code == 404


def test_where_the_clocks_change_in_between_the_offset_is_said() -> None:
    begin = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)
    assert span(begin, begin + HOUR) == "Fr 23.10.2026, 11:00 – 12:00"
    assert span(begin, begin + 72 * HOUR) == "Fr 23.10.2026, 11:00 (+0200) – Mo 26.10.2026, 10:00 (+0100)"


def test_a_week_is_told_day_by_day_and_the_weekend_by_name(enter: Entering, company: Company, clock: Path) -> None:
    path = f"/incidents/{company.incident(now=company.now - timedelta(days=4)).number}/sla/"
    told = enter("support").get(path).content.decode()
    assert "Läuft: offen 09:00–12:00, 13:00–17:00" in told
    assert "Fr 20.11.2026, 17:00 – Mo 23.11.2026, 08:00" in told
    assert "Steht: geschlossen, Sa, So" in told
