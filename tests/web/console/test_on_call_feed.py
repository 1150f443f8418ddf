"""One's own turns in one's own calendar program."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from icalendar import Calendar

from core.actors import SYSTEM
from directory.services import deactivate_person, set_absence, set_password, set_roles
from escalation.feed_links import path_of
from escalation.models import Rota
from tests.company import Company
from tests.web.console.conftest import Entering
from tests.web.console.test_on_call import set_up

WEEK = timedelta(weeks=1)


@pytest.fixture
def rota(company: Company) -> Rota:
    """Development: Dario has this week, Devi the next; on Wednesday Devi takes over for a day."""
    return set_up(company)


def events(path: str) -> list[Any]:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_calendar_program_reads_ones_own_turns_without_a_login(company: Company, rota: Rota) -> None:
    found = events(path_of(company.dev2))

    assert [(event.start, event.end) for event in found[:3]] == [
        (datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 25, 8, tzinfo=UTC)),
        (datetime(2026, 11, 26, 8, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)),
        (datetime(2026, 12, 7, 7, tzinfo=UTC), datetime(2026, 12, 14, 7, tzinfo=UTC)),
    ]
    assert {str(event["SUMMARY"]) for event in found} == {"Pikett Entwicklung"}
    assert len({str(event["UID"]) for event in found}) == len(found)


def test_an_override_says_for_whom(company: Company, rota: Rota) -> None:
    said = [str(event["DESCRIPTION"]) for event in events(path_of(company.dev)) if "DESCRIPTION" in event]
    assert said == ["Vertretung für Dario Erdacht"]

    set_absence(company.dev2, until=company.now + timedelta(days=1), actor=SYSTEM, now=company.now)
    said = [str(event["DESCRIPTION"]) for event in events(path_of(company.dev)) if "DESCRIPTION" in event]
    assert "Springt ein für Dario Erdacht" in said


def test_the_same_turn_keeps_its_uid_from_day_to_day(company: Company, rota: Rota) -> None:
    before = {event.start: str(event["UID"]) for event in events(path_of(company.dev2))}
    Path(settings.CLOCK_FILE or "").write_text((company.now + 3 * timedelta(days=1)).isoformat())

    assert {event.start: str(event["UID"]) for event in events(path_of(company.dev2))} == before


def test_lines_are_folded_and_end_as_the_standard_says(company: Company, rota: Rota) -> None:
    raw = Client().get(path_of(company.dev2)).content

    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"DTSTART:20261123T070000Z" in raw


def test_an_address_opens_nothing_else_and_ends_with_password_login_or_role(company: Company, rota: Rota) -> None:
    path, others = path_of(company.dev), path_of(company.dev2)
    forged = path.replace(f"/{company.dev.pk}-", f"/{company.dev2.pk}-")
    assert Client().get(forged).status_code == 404
    assert Client().post(path).status_code == 405

    set_password(company.dev, password="ein-neues-langes-Passwort", actor=SYSTEM, now=company.now)
    assert Client().get(path).status_code == 404
    assert Client().get(path_of(company.dev)).status_code == 200
    deactivate_person(company.dev, actor=SYSTEM, now=company.now)
    assert Client().get(path_of(company.dev)).status_code == 404
    set_roles(company.dev2, roles=[], actor=SYSTEM, now=company.now)
    assert Client().get(others).status_code == 404


def test_the_page_shows_everybody_their_own_address(enter: Entering, company: Company, rota: Rota) -> None:
    page = enter("dev").get("/on-call/").content.decode()

    assert re.findall(r'id="feed">([^<]+)<', page) == [f"http://testserver{path_of(company.dev)}"]
