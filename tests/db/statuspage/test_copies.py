"""The copy on disk: behind no change, whole at any instant, and readable by any web server."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.models import Pulse
from lifecycle import public_status
from lifecycle.public_copy import write_due
from statuspage import copies
from statuspage.copies import put
from statuspage.models import Component, Notice, Page
from tests.company import Company

MINUTE = timedelta(minutes=1)


@pytest.fixture
def page(company: Company) -> Page:
    found = public_status.save_page("escola", name=("Escola", "Escola"), by=company.by("it"), now=company.now)
    public_status.save_component("escola", name=("Anmeldung", "Login"), by=company.by("it"), now=company.now)
    return found


def tell(company: Company, **facts: object) -> Notice:
    about = {Component.objects.get().pk: "maintenance" if facts else "major"}
    title = ("Anmeldung gestört", "Login disturbed")
    say = {"title": title, "text": ("Wir suchen.", ""), "affected": about, "now": company.now, **facts}
    return public_status.publish_notice(page="escola", by=company.by("lead"), **say)  # type: ignore[arg-type]


def test_the_copy_follows_a_change_once_and_asks_for_no_other_file(page, company, tmp_path):
    assert write_due(folder=tmp_path, now=company.now) == 1
    assert write_due(folder=tmp_path, now=company.now + MINUTE) == 0
    tell(company)
    assert write_due(folder=tmp_path, now=company.now + 2 * MINUTE) == 1
    for name in ("index.html", "escola/index.html", "escola/en/history/index.html", "escola/summary.json"):
        assert (tmp_path / name).is_file()
    home = (tmp_path / "escola/en/index.html").read_text()
    assert "Login disturbed" in home
    assert "This is a copy of" in home
    assert not re.findall(r'(?:src|rel="stylesheet")[^>]*', home)
    links = set(re.findall(r'href="(/status/[^"]*)"', home)) - {"/status/escola/en/subscribe/"}
    lead_nowhere = [
        link
        for link in links
        if not any((tmp_path / link.removeprefix("/status/") / end).is_file() for end in ("", "index.html"))
    ]
    assert not lead_nowhere
    assert (tmp_path / "escola/en/index.html").stat().st_mode & 0o777 == 0o644
    assert Pulse.objects.get(name="copier").at == company.now + 2 * MINUTE


def test_it_is_written_anew_when_a_maintenance_begins_a_file_is_lost_or_an_hour_passed(page, company, tmp_path):
    now = company.now
    tell(company, kind="maintenance", started_at=now + 10 * MINUTE)
    due = [write_due(folder=tmp_path, now=now + minutes * MINUTE) for minutes in (0, 5, 10, 11, 69, 70)]
    assert due == [1, 0, 1, 0, 0, 1]
    assert "Geplante Wartung läuft" in (tmp_path / "escola/index.html").read_text()
    (tmp_path / "escola/index.html").unlink()
    assert write_due(folder=tmp_path, now=now + 71 * MINUTE) == 1


def test_a_writer_that_fails_leaves_the_old_file_and_the_next_one_catches_up(page, company, tmp_path, monkeypatch):
    write_due(folder=tmp_path, now=company.now)
    before = (tmp_path / "index.html").read_text()
    tell(company)

    def full(path: Path, content: str) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(copies, "put", full)
        with pytest.raises(OSError, match="disk full"):
            write_due(folder=tmp_path, now=company.now + MINUTE)
    assert (tmp_path / "index.html").read_text() == before
    assert Pulse.objects.get(name="copier").at == company.now
    assert write_due(folder=tmp_path, now=company.now + 2 * MINUTE) == 1
    assert (tmp_path / "index.html").read_text() != before


def test_what_could_not_be_put_in_place_leaves_no_litter(tmp_path: Path):
    (tmp_path / "there").mkdir()
    with pytest.raises(IsADirectoryError):
        put(tmp_path / "there", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
