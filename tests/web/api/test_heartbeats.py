"""Heartbeats by program: made in one call, pinged at once, changed, paused, read, removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlparse

import pytest
from django.test import Client

from core.models import Event
from heartbeats.models import Heartbeat
from incidents.models import Alert, Incident
from lifecycle import tick
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
PATH = "heartbeats/"


def fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def made(programs: Programs, **facts: Any) -> dict[str, Any]:
    answer = programs.it.post(PATH, {"name": "Backup", "period_s": 3600, "grace_s": 300} | facts)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_three_facts_make_one_and_the_answer_says_what_to_call(programs: Programs) -> None:
    answer = programs.it.post(PATH, {"name": "Backup", "period_s": 3600, "grace_s": 300})
    body = answer.json()
    assert (answer.status_code, body["state"], body["expected_at"]) == (201, "new", None)
    assert answer["Location"].endswith(f"/api/v1/heartbeats/{body['id']}/")
    assert Client().get(urlparse(body["ping_url"]).path).content == b"OK"
    told = programs.it.get(f"{PATH}{body['id']}/").json()
    assert (told["state"], told["ping_count"]) == ("up", 1)
    assert Event.objects.get(kind="heartbeat.created").data == {"name": "Backup"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"period_s": 59}, "period_s"),
        ({"period_s": "3600s"}, "period_s"),
        ({"grace_s": 1}, "grace_s"),
        ({"cron": "0 0 * * *"}, "cron"),
        ({"period_s": None, "cron": "0 0"}, "period_s"),
        ({"fails": 3, "of": 2}, "fails"),
        ({"fails": 0}, "fails"),
        ({"severity": "awful"}, "severity"),
        ({"kind": "mood"}, "kind"),
        ({"module": "nowhere"}, "module"),
        ({"parent": 99}, "parent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(programs: Programs, facts: dict[str, Any], field: str) -> None:
    answer = programs.it.post(PATH, {"name": "Backup", "period_s": 3600, "grace_s": 300} | facts)
    assert answer.status_code == 400
    assert field in fields(answer)
    assert not Heartbeat.objects.exists()


def test_by_cron_and_by_calendar(programs: Programs) -> None:
    cron = programs.it.post(
        PATH, {"name": "a", "cron": "30 2 * * *", "time_zone": "Europe/Athens", "grace_s": 60}
    ).json()
    assert (cron["rhythm"], cron["expression"], cron["time_zone"]) == ("cron", "30 2 * * *", "Europe/Athens")
    calendar = programs.it.post(PATH, {"name": "b", "oncalendar": "Mon..Fri 06:00", "grace_s": 60}).json()
    assert (calendar["rhythm"], calendar["period_s"]) == ("oncalendar", 0)
    bad = programs.it.post(PATH, {"name": "c", "cron": "* * *", "grace_s": 60})
    assert fields(bad) == ["cron"]
    late = programs.it.post(PATH, {"name": "c", "grace_s": 60})
    assert fields(late) == ["period_s"]


def test_a_name_stands_for_one(programs: Programs) -> None:
    made(programs)
    again = programs.it.post(PATH, {"name": "Backup", "period_s": 60, "grace_s": 60})
    assert (again.status_code, fields(again)) == (400, ["name"])


def test_a_change_against_an_old_version_is_refused(programs: Programs) -> None:
    body = made(programs)
    path = f"{PATH}{body['id']}/"
    changed = programs.it.patch(path, {"grace_s": 600, "fails": 2, "of": 3}, If_Match='"1"').json()
    assert (changed["grace_s"], changed["fails"], changed["period_s"], changed["version"]) == (600, 2, 3600, 2)
    assert programs.it.patch(path, {"grace_s": 900}, If_Match='"1"').status_code == 412
    assert Event.objects.get(kind="heartbeat.changed").data["set"] == ["fails", "grace_s", "of"]


def test_nothing_depends_on_itself(programs: Programs) -> None:
    a = made(programs, name="a")
    b = made(programs, name="b", parent=a["id"])
    answer = programs.it.patch(f"{PATH}{a['id']}/", {"parent": b["id"]})
    assert (answer.status_code, fields(answer)) == (400, ["parent"])


def test_a_pause_is_sticky_calls_nobody_and_keeps_the_incident(programs: Programs, company: Company) -> None:
    body = made(programs)
    path, call = f"{PATH}{body['id']}/", urlparse(body["ping_url"]).path
    Client().get(f"{call}/fail")
    tick.sweep(now=company.now)
    assert programs.it.post(f"{path}pause/").json()["state"] == "paused"
    assert Alert.objects.get().state == "muted"
    assert Incident.objects.get().status == "new"
    Client().get(call)
    told = programs.it.get(path).json()
    assert (told["state"], told["ping_count"]) == ("paused", 2)
    assert [ping["action"] for ping in programs.it.get(f"{path}pings/").json()] == ["ignored", "fail"]
    assert programs.it.post(f"{path}resume/").json()["state"] == "new"
    Client().get(call)
    tick.sweep(now=company.now + timedelta(seconds=1))
    assert Alert.objects.get().state == "cleared"


def test_another_address_and_then_none(programs: Programs) -> None:
    body = made(programs)
    path = f"{PATH}{body['id']}/"
    fresh = programs.it.post(f"{path}rotate/").json()["ping_url"]
    assert Client().get(urlparse(body["ping_url"]).path).status_code == 404
    assert Client().get(urlparse(fresh).path).status_code == 200
    assert programs.it.http.delete(f"/api/v1/{path}").status_code == 204
    assert programs.it.get(path).status_code == 404
    assert Client().get(urlparse(fresh).path).status_code == 404
    assert Event.objects.filter(kind="heartbeat.deleted").exists()


def test_who_does_not_look_after_them_reads_them_without_their_address(programs: Programs) -> None:
    body = made(programs)
    assert programs.support.get(f"{PATH}{body['id']}/").json()["ping_url"] is None
    assert programs.support.post(PATH, {"name": "x", "period_s": 60, "grace_s": 60}).status_code == 403
    assert programs.support.post(f"{PATH}{body['id']}/pause/").status_code == 403
    assert programs.of("it", "incidents:write").get(PATH).status_code == 403
    assert [row["name"] for row in programs.of("it", "heartbeats:read").get(PATH).json()["results"]] == ["Backup"]
