"""Einstellungen → Heartbeats: set up with a preview, watched, tried, paused, removed; in both languages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from heartbeats.models import Heartbeat, Ping
from heartbeats.rules.beats import Action
from lifecycle import heartbeats
from lifecycle.heartbeats import Said
from tests.company import Company
from tests.web.console.conftest import Entering

pytestmark = pytest.mark.django_db
HOME = "/settings/heartbeats/"
FACTS = {
    "name": "Backup MySQL", "rhythm": "cron", "period_s": "", "expression": "30 2 * * *", "time_zone": "Europe/Zurich",
    "grace_s": "3600", "fails": "1", "of": "1", "kind": "error", "severity": "critical", "is_backup": "on",
}  # fmt: skip


@pytest.fixture
def it(enter: Entering) -> Client:
    return enter("it")


@pytest.fixture
def backup(it: Client) -> Heartbeat:
    assert it.post(f"{HOME}new/", FACTS).status_code == 302
    return Heartbeat.objects.get()


def test_an_empty_list_says_what_a_heartbeat_is(it: Client) -> None:
    page = it.get(HOME).content.decode()
    assert "Noch kein Heartbeat" in page
    assert "Neuer Heartbeat" in page


def test_it_is_set_up_with_a_preview_and_shows_its_address_with_recipes(it: Client, backup: Heartbeat) -> None:
    page = it.get(f"{HOME}{backup.pk}/").content.decode()
    assert f"curl -fsS -m 10 --retry 5 http://testserver/ping/{backup.key}<" in page
    assert "@watched" in page
    listed = it.get(HOME).content.decode()
    assert ("Backup MySQL" in listed, "Sicherung" in listed, str(backup.key) in listed) == (True, True, False)
    assert it.get(f"{HOME}{backup.pk}/edit/").content.decode().count("30 2 * * *") >= 1


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(it: Client) -> None:
    answer = it.post(f"{HOME}new/", FACTS | {"expression": "nie", "grace_s": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Das ist kein Cron-Ausdruck mit fünf Feldern" in page
    assert "Erlaubt sind 60 Sekunden bis 366 Tage." in page
    assert not Heartbeat.objects.exists()


def test_the_preview_follows_what_is_typed(it: Client) -> None:
    asked = {"rhythm": "cron", "expression": "30 2 * * *", "time_zone": "Europe/Zurich"}
    page = it.get(f"{HOME}preview/", asked).content.decode()
    assert re.findall(r'datetime="(2026-11-2\d)T01:30', page) == [f"2026-11-2{day}" for day in range(4, 9)]
    for typed in ({"rhythm": "x", "period_s": "1e9"}, {"rhythm": "cron", "expression": "\x00"}, {"time_zone": "Mars"}):
        assert it.get(f"{HOME}preview/", typed).status_code == 200


def test_pings_stand_with_what_they_brought(it: Client, backup: Heartbeat, company: Company) -> None:
    said = Said(Action.FAIL, "POST", exit_status=3, body="<b>kein Platz</b>")
    heartbeats.ping(backup.key, said, now=company.now)
    page = it.get(f"{HOME}{backup.pk}/").content.decode()
    assert "exit 3" in page
    assert "&lt;b&gt;kein Platz&lt;/b&gt;" in page
    assert "Ausgefallen" in it.get(HOME).content.decode()


def test_a_test_ping_is_heard_and_moves_nothing(it: Client, backup: Heartbeat) -> None:
    it.post(f"{HOME}{backup.pk}/test/")
    backup.refresh_from_db()
    assert (Ping.objects.get().action, backup.status, backup.last_success_at) == ("log", "new", None)


def test_paused_resumed_renewed_removed(it: Client, backup: Heartbeat) -> None:
    for verb, status in (("pause", "paused"), ("resume", "new"), ("rotate", "new")):
        assert it.post(f"{HOME}{backup.pk}/{verb}/").status_code == 302
        assert Heartbeat.objects.get().status == status
    assert Heartbeat.objects.get().key != backup.key
    assert it.post(f"{HOME}{backup.pk}/burn/").status_code == 404
    assert it.get(f"{HOME}{backup.pk}/delete/").status_code == 405
    assert it.post(f"{HOME}{backup.pk}/delete/")["Location"] == HOME
    assert not Heartbeat.objects.exists()


def test_who_may_not_manage_sources_sees_states_and_no_address(enter: Entering, backup: Heartbeat) -> None:
    support = enter("support")
    page = support.get(HOME).content.decode()
    assert "Backup MySQL" in page
    assert "Neuer Heartbeat" not in page
    assert support.get(f"{HOME}{backup.pk}/").status_code == 403
    assert support.post(f"{HOME}{backup.pk}/delete/").status_code == 403
