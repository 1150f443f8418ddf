"""The offline kit: made at night and at each declaration, complete in one file, for the eyes of those who lead."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from subprocess import CalledProcessError

import pytest
from pytest_django.fixtures import Settings

from console import offline_kit, tasks
from console.offline_kit import is_due, make, newest
from core import pulses
from directory.models import Person, School
from lifecycle import major, room, team
from lifecycle.major_end import demote_major
from process.selectors import current_document
from tests.company import Company
from tests.web.console.conftest import Entering

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path):
    settings.OFFLINE_DIR = tmp_path / "offline"


def test_it_says_whom_to_call_and_how_things_stand_and_refers_to_nothing_outside(company: Company, settings: Settings):
    Person.objects.filter(pk=company.lead.pk).update(phone="+41 79 000 00 01")
    school = School.objects.get(name="Schule Musterwil")
    School.objects.filter(pk=school.pk).update(phone="+41 44 000 00 02")
    team.save_seat(
        current_document()[1].major.team[0].key, people=[company.board], by=company.by("lead"), now=company.now
    )
    outage = company.incident(symptom="Login <script>alert(1)</script>", school_id=school.pk)
    major.declare_major(outage.number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    room.take_role(outage.number, role="lead", by=company.by("lead"), now=company.now)
    made = make(folder=settings.OFFLINE_DIR, now=company.now)
    text = made.html.read_text()
    for said in (
        outage.number,
        "+41 79 000 00 01",
        "+41 44 000 00 02",
        "Bea Geschäft",
        "§14/17",
        "§5.2/3a",
        "Version 1",
    ):
        assert said in text
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!#)|url\(|@import', text)
    assert made.html.stat().st_mode & 0o777 == 0o600
    if made.pdf is None:
        assert "pango" in made.why_no_pdf
    else:
        assert made.pdf.read_bytes().startswith(b"%PDF-")
        streams = re.findall(rb"stream\n(.*?)\nendstream", made.pdf.read_bytes(), re.DOTALL)
        assert any(b"pdfuaid" in zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"x")


def test_where_the_libraries_are_missing_the_page_is_written_and_zustand_says_what_to_install(
    company: Company, settings: Settings, enter: Entering, monkeypatch
):
    monkeypatch.setattr(offline_kit, "_draw", lambda text, path: (None, "cannot load library 'libpango-1.0-0'"))
    made = make(folder=settings.OFFLINE_DIR, now=company.now)
    assert (made.html.is_file(), made.pdf) == (True, None)
    page = enter("lead").get("/health/").content.decode()
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in page
    got = enter("lead").get("/health/offline-kit.html")
    assert got["Content-Disposition"].startswith("attachment")
    assert b"".join(got) == made.html.read_bytes()  # type: ignore[call-overload]
    assert enter("lead").get("/health/offline-kit.pdf").status_code == 404
    assert enter("support").get("/health/offline-kit.html").status_code == 403


def test_the_night_and_each_declaration_ask_for_a_new_one(company: Company):
    assert is_due(now=company.now)
    pulses.show("offline_kit", at=company.now)
    assert not is_due(now=company.now + HOUR)
    assert is_due(now=company.now + 18 * HOUR)  # 03:00 in Zurich
    outage = company.incident()
    major.declare_major(
        outage.number, trigger="whole_software_down", by=company.by("support"), now=company.now + MINUTE
    )
    assert is_due(now=company.now + 2 * MINUTE)
    pulses.show("offline_kit", at=company.now + 2 * MINUTE)
    assert not is_due(now=company.now + 3 * MINUTE)
    short, by = company.incident(), company.by("lead")
    major.declare_major(short.number, trigger="whole_software_down", by=by, now=company.now + 4 * MINUTE)
    demote_major(short.number, reason="Nur eine Schule", by=by, now=company.now + 4 * MINUTE)
    assert is_due(now=company.now + 5 * MINUTE)


def test_a_kit_that_cannot_be_written_or_is_old_stands_red_on_zustand(
    company: Company, enter: Entering, monkeypatch: pytest.MonkeyPatch
):
    page = enter("lead")
    pulses.show("offline_kit", at=company.now - 27 * HOUR, data={"has_pdf": True})
    assert ">veraltet<" in page.get("/health/").content.decode()
    monkeypatch.setattr("console.tasks.sys.executable", "/bin/false")
    with pytest.raises(CalledProcessError):
        tasks.offline_kit()
    assert "lässt sich nicht schreiben" in page.get("/health/").content.decode()
    pulses.show("offline_kit", at=company.now + MINUTE, data={"has_pdf": True})
    shown = page.get("/health/").content.decode()
    assert "lässt sich nicht schreiben" not in shown
    assert ">veraltet<" not in shown


def test_the_newest_stay_of_nights_and_of_majors(company: Company, settings: Settings, monkeypatch):
    monkeypatch.setattr(offline_kit, "_draw", lambda text, path: (None, ""))
    monkeypatch.setattr(offline_kit, "KEPT", {"nightly": 2, "major": 1})
    monkeypatch.setattr(offline_kit, "render_to_string", lambda template, facts: str(facts["made_at"]))
    folder = settings.OFFLINE_DIR
    folder.mkdir(parents=True)
    (folder / ".nightly-20261122-023000.html.4711").write_text("what a killed process left")
    first = [make(folder=folder, now=company.now + step * MINUTE).html for step in range(3)]
    outage = company.incident()
    major.declare_major(
        outage.number, trigger="whole_software_down", by=company.by("support"), now=company.now + 3 * MINUTE
    )
    at_major = make(folder=folder, now=company.now + 4 * MINUTE).html
    assert sorted(folder.iterdir()) == sorted([*first[1:], at_major])
    assert newest(folder, "html") == at_major
