"""People, teams, schools, modules and the process document, to read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.actors import SYSTEM
from directory.models import Person, School
from directory.services import deactivate_person, set_absence
from lifecycle.process_change import load_process
from process.loader import default_text
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db


def test_people_come_with_roles_teams_and_absence(programs: Programs, company: Company, now: datetime) -> None:
    set_absence(company.dev, until=now + timedelta(days=1), actor=SYSTEM, now=now)
    deactivate_person(company.dev2, actor=SYSTEM, now=now)

    people = {person["username"]: person for person in programs.support.get("people/").json()["results"]}

    assert "dev2" not in people
    assert people["dev"]["roles"] == ["development"]
    assert people["dev"]["teams"] == ["development"]
    assert people["dev"]["absent_until"] == "2026-11-24T08:00:00Z"
    assert programs.support.get("people/dev/").json() == people["dev"]
    assert "password" not in people["dev"]


def test_teams_schools_and_modules_can_be_looked_up(programs: Programs, company: Company) -> None:
    school = School.objects.get(name="Schule Musterwil")

    assert programs.dev.get("teams/development/").json()["members"] == ["dev2", "dev"]
    assert programs.dev.get(f"schools/{school.pk}/").json()["canton"] == "ZH"
    assert programs.dev.get("modules/timetable/").json()["name_en"] == "Timetable"
    assert len(programs.dev.get("modules/").json()["results"]) == 14


def test_what_does_not_exist_is_404(programs: Programs) -> None:
    for path in ["people/nobody/", "teams/none/", "schools/999999/", "modules/none/", "process/99/"]:
        assert (path, programs.dev.get(path).status_code) == (path, 404)


def test_nothing_can_be_written_and_nobody_without_a_role_reads(programs: Programs, company: Company) -> None:
    company.people["teacher"] = Person.objects.create_user("teacher")
    for path in ["people/", "teams/", "schools/", "modules/"]:
        assert (path, programs.it.post(path, {}).status_code) == (path, 405)
        assert (path, programs.teacher.get(path).status_code) == (path, 403)
        assert (path, programs.dev.get(f"{path}?name=x").status_code) == (path, 400)


def test_the_process_is_read_by_version(programs: Programs, company: Company, now: datetime) -> None:
    text = default_text().replace("reopen_within_days: 14", "reopen_within_days: 21")
    load_process(text=text, by_actor=SYSTEM, now=now, note="drei Wochen")

    current = programs.dev.get("process/current/")
    versions = programs.dev.get("process/").json()["results"]
    old = programs.dev.get("process/1/").json()

    assert current.json()["document"]["reopen"]["reopen_within_days"] == 21
    assert current["ETag"] == f'"{current.json()["digest"]}"'
    assert [(version["number"], version["is_current"]) for version in versions] == [(2, True), (1, False)]
    assert "document" not in versions[0]
    assert old["document"]["reopen"]["reopen_within_days"] == 14
