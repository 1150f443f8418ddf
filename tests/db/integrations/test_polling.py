"""Polling repairs what webhooks lose, against servers that speak the real wire format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import http
from incidents.models import Alert, Incident
from integrations import intake, polling, services
from integrations.models import Delivery, Source
from integrations.pollers import sentry as sentry_reader
from integrations.polling import poll_due, poll_source
from integrations.translation import translate_pending
from lifecycle import finish
from tests.company import Company
from tests.db.integrations.conftest import ADMIN
from tests.payloads import payload
from tests.stubs import sentry as sentry_api
from tests.stubs import uptime_robot as robot_api
from tests.stubs.base import Asked, Reply
from tests.stubs.sentry import SentryStub
from tests.stubs.uptime_robot import UptimeRobotStub

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _impatient(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again without waiting."""
    monkeypatch.setattr(http, "BACKOFF_S", 0.0)


@pytest.fixture
def sentry_stub() -> Iterator[SentryStub]:
    with SentryStub(page_size=2) as stub:
        yield stub


@pytest.fixture
def robot_stub() -> Iterator[UptimeRobotStub]:
    with UptimeRobotStub(page_size=2) as stub:
        yield stub


@pytest.fixture
def ear(sentry_stub: SentryStub, now: datetime) -> Source:
    """A Sentry source set up an hour ago that may poll."""
    return make("sentry", sentry_stub.url, now, organization="musterschule")


@pytest.fixture
def robot(robot_stub: UptimeRobotStub, now: datetime) -> Source:
    """An Uptime Robot source set up an hour ago that may poll."""
    return make("uptime-robot", robot_stub.url, now)


def make(kind: str, url: str, now: datetime, **settings: Any) -> Source:
    return services.create_source(
        kind=kind,
        name="main",
        secret="s",
        actor=ADMIN,
        now=now - timedelta(hours=1),
        api_token="stub-token",
        settings={"base_url": url, **settings},
    )


def run(source: Source, now: datetime) -> int:
    """One poll and everything that follows from it; how many deliveries it made."""
    source.refresh_from_db()
    made = poll_source(source, now=now)
    while translate_pending(now=now):
        pass
    source.refresh_from_db()
    return made


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def alert(key: str) -> Alert:
    return Alert.objects.get(fingerprint=key)


# Sentry


def test_new_issues_on_every_page_become_incidents(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    for number in range(5):
        sentry_stub.put(str(100 + number), firstSeen=iso(now - 5 * MINUTE), lastSeen=iso(now - number * MINUTE))
    assert run(ear, now) == 5
    assert Incident.objects.count() == 5
    assert set(Delivery.objects.values_list("via", "state")) == {("poll", "done")}
    assert [asked.query.get("cursor") for asked in sentry_stub.asked] == [None, "0:2:0", "0:4:0"]
    assert ear.last_poll_error == ""
    assert ear.next_poll_at == now + timedelta(seconds=polling.EVERY_S)


def test_a_next_link_without_results_ends_the_walk(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    run(ear, now)
    assert len(sentry_stub.asked) == 1


def test_nothing_new_makes_nothing(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now - MINUTE), lastSeen=iso(now - MINUTE))
    assert run(ear, now) == 1
    assert run(ear, now + 3 * MINUTE) == 0
    assert Alert.objects.get().count == 1


def test_what_was_seen_before_somebody_solved_it_reopens_nothing(
    ear: Source, sentry_stub: SentryStub, now: datetime, company: Company
) -> None:
    sentry_stub.put("100", firstSeen=iso(now - 9 * MINUTE), lastSeen=iso(now - 9 * MINUTE))
    run(ear, now - 5 * MINUTE)
    incident = Incident.objects.get()
    finish.resolve(incident.number, code="solved_permanently", text="Korrigiert.", by=company.by("dev"), now=now)

    sentry_stub.put("100", firstSeen=iso(now - 9 * MINUTE), lastSeen=iso(now - MINUTE))
    assert run(ear, now + 3 * MINUTE) == 1
    incident.refresh_from_db()
    assert incident.status == "resolved"

    sentry_stub.put("100", firstSeen=iso(now - 9 * MINUTE), lastSeen=iso(now + 5 * MINUTE))
    assert run(ear, now + 6 * MINUTE) == 1
    incident.refresh_from_db()
    assert incident.status == "in_progress"


def test_further_events_are_counted(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    run(ear, now)
    sentry_stub.put("100", lastSeen=iso(now + MINUTE))
    assert run(ear, now + 3 * MINUTE) == 1
    assert Alert.objects.get().count == 2
    assert Incident.objects.count() == 1


def test_the_walk_stops_at_what_is_known(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    for number in range(8):
        old = iso(now - timedelta(days=number))
        sentry_stub.put(str(100 + number), firstSeen=old, lastSeen=old)
    assert run(ear, now) == 1
    assert len(sentry_stub.asked) == 1


def test_issues_from_before_our_time_stay_sentrys_until_they_come_back(
    ear: Source, sentry_stub: SentryStub, now: datetime
) -> None:
    old = {"firstSeen": "2025-01-01T00:00:00Z", "lastSeen": iso(now)}
    sentry_stub.put("100", substatus="ongoing", **old)
    assert run(ear, now) == 0
    sentry_stub.put("100", substatus="regressed", **old)
    assert run(ear, now + 3 * MINUTE) == 1
    assert Incident.objects.count() == 1


def test_a_resolution_the_webhook_lost_is_found(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    run(ear, now)
    sentry_stub.put("100", status="resolved", substatus=None)
    assert run(ear, now + 3 * MINUTE) == 1
    assert alert("sentry:main:issue:100").state == "cleared"
    assert run(ear, now + 6 * MINUTE) == 0


def test_resolving_twice_is_found_twice(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    """`lastSeen` stands still through all of it."""
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    states = []
    for step, status in enumerate(["unresolved", "resolved", "unresolved", "resolved"]):
        sentry_stub.put("100", status=status)
        run(ear, now + 4 * step * MINUTE)
        states.append(alert("sentry:main:issue:100").state)
    assert states == ["firing", "cleared", "firing", "cleared"]


def test_archiving_is_found(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    run(ear, now)
    sentry_stub.put("100", status="ignored", substatus="archived_until_escalating")
    run(ear, now + 3 * MINUTE)
    assert alert("sentry:main:issue:100").state == "muted"


@pytest.mark.parametrize("how", ["deleted", "merged"])
def test_deleted_and_merged_issues_are_over(how: str, ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    sentry_stub.put("200", firstSeen="2025-01-01T00:00:00Z", lastSeen="2025-01-01T00:00:00Z")
    run(ear, now)
    del sentry_stub.issues["100"]
    if how == "merged":
        sentry_stub.merged["100"] = "200"
    run(ear, now + 3 * MINUTE)
    assert alert("sentry:main:issue:100").state == "cleared"


def test_webhook_and_poll_meet_in_one_incident(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("5200031415", firstSeen=iso(now - MINUTE), lastSeen=iso(now - MINUTE))
    run(ear, now)
    intake.store(
        source_id=ear.pk,
        delivery_id="late",
        headers={"sentry-hook-resource": "issue"},
        body=payload("sentry", "issue.created"),
        received_at=now,
        state="pending",
    )
    translate_pending(now=now)
    assert Incident.objects.count() == 1
    assert Alert.objects.get().count == 2


def test_a_fresh_webhook_is_believed_over_a_list_that_lags(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    run(ear, now)
    Alert.objects.update(state="cleared", last_at=now + 2 * MINUTE)
    assert run(ear, now + 3 * MINUTE) == 0
    assert run(ear, now + 6 * MINUTE) == 1


def test_a_limit_is_obeyed_and_nothing_is_skipped(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    reset = now + 7 * MINUTE
    for number in range(4):
        sentry_stub.put(str(100 + number), firstSeen=iso(now), lastSeen=iso(now - number * MINUTE))
    sentry_stub.bend(_page_of(sentry_stub), sentry_api.rate_limited(reset.timestamp()))
    assert run(ear, now) == 2
    assert ear.next_poll_at == reset
    assert "rate limited" in ear.last_poll_error
    assert poll_due(now=reset - MINUTE) == 0
    assert poll_due(now=reset) == 1
    translate_pending(now=reset)
    assert Incident.objects.count() == 4


def _page_of(stub: SentryStub) -> Reply:
    """The first page as it stands now."""
    return stub.answer(Asked(f"/api/0/organizations/{stub.organization}/issues/", {}, {}))


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(403, {"detail": "x"}), Reply(200, b"<html>"), Reply(200, {"detail": "odd"})]
)
def test_a_failing_poll_is_said_repeated_and_skips_nothing(
    reply: Reply, ear: Source, sentry_stub: SentryStub, now: datetime
) -> None:
    sentry_stub.put("100", firstSeen=iso(now), lastSeen=iso(now))
    sentry_stub.bend(reply, reply, reply)
    assert run(ear, now) == 0
    assert ear.last_poll_error
    assert "watermark" not in ear.cursor
    assert ear.next_poll_at is not None
    assert ear.next_poll_at >= now + timedelta(seconds=2 * polling.EVERY_S)
    sentry_stub._bent.clear()
    assert run(ear, now + timedelta(hours=3)) == 1
    assert ear.last_poll_error == ""


def test_a_source_without_organization_says_so(sentry_stub: SentryStub, now: datetime) -> None:
    source = make("sentry", sentry_stub.url, now)
    run(source, now)
    assert "organization" in source.last_poll_error


def test_one_failing_source_does_not_stop_the_next(
    ear: Source, robot: Source, sentry_stub: SentryStub, robot_stub: UptimeRobotStub, now: datetime
) -> None:
    sentry_stub.bend(Reply(403))
    robot_stub.put_monitor(1, status="DOWN")
    assert poll_due(now=now) == 2
    translate_pending(now=now)
    assert Incident.objects.count() == 1
    assert poll_due(now=now + MINUTE) == 0


def test_paused_sources_and_those_without_a_token_are_not_asked(
    ear: Source, sentry_stub: SentryStub, now: datetime
) -> None:
    services.set_mode(source=ear, mode="paused", actor=ADMIN, now=now)
    services.create_source(kind="sentry", name="deaf", secret="s", actor=ADMIN, now=now)
    assert poll_due(now=now) == 0
    assert sentry_stub.asked == []


def test_the_token_goes_to_our_address_only(ear: Source, sentry_stub: SentryStub, now: datetime) -> None:
    page = Reply(200, [], {"Link": '<http://127.0.0.1:9/x?cursor=0:2:0>; rel="next"; results="true"; cursor="0:2:0"'})
    sentry_stub.bend(page)
    run(ear, now)
    assert ear.last_poll_error == ""
    assert [asked.path for asked in sentry_stub.asked] == ["/api/0/organizations/musterschule/issues/"] * 2


def test_pages_that_never_end_are_left_after_a_while_and_continued(
    ear: Source, sentry_stub: SentryStub, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentry_reader, "PAGES_MAX", 2)
    for number in range(7):
        sentry_stub.put(str(100 + number), firstSeen=iso(now), lastSeen=iso(now - number * timedelta(seconds=1)))
    made = [run(ear, now + 3 * step * MINUTE) for step in range(2)]
    assert made == [4, 3]
    assert ear.cursor["watermark"] == now.isoformat()
    assert "resume" not in ear.cursor


# Uptime Robot

DOWN = "uptimerobot:main:1:down"


def test_an_outage_the_webhook_lost_is_found_with_its_own_time(
    robot: Source, robot_stub: UptimeRobotStub, now: datetime
) -> None:
    robot_stub.put_monitor(1, status="DOWN")
    robot_stub.put_incident("9", 1, startedAt=iso(now - 5 * MINUTE))
    assert run(robot, now) == 1
    assert (alert(DOWN).state, alert(DOWN).last_at) == ("firing", now - 5 * MINUTE)
    assert run(robot, now + 3 * MINUTE) == 0


def test_its_end_is_found_too(robot: Source, robot_stub: UptimeRobotStub, now: datetime) -> None:
    robot_stub.put_monitor(1, status="DOWN")
    robot_stub.put_incident("9", 1, startedAt=iso(now - 5 * MINUTE))
    run(robot, now)
    robot_stub.put_monitor(1, status="UP")
    robot_stub.put_incident("9", 1, resolvedAt=iso(now + MINUTE), duration=360)
    assert run(robot, now + 3 * MINUTE) == 1
    assert (alert(DOWN).state, alert(DOWN).last_at) == ("cleared", now + MINUTE)


def test_the_end_of_a_long_outage_is_found_by_its_monitor(
    robot: Source, robot_stub: UptimeRobotStub, now: datetime
) -> None:
    robot_stub.put_monitor(1, status="DOWN")
    robot_stub.put_incident("9", 1, startedAt=iso(now - 5 * MINUTE))
    run(robot, now)
    robot_stub.put_monitor(1, status="UP")
    robot_stub.put_incident("9", 1, resolvedAt=iso(now + 600 * MINUTE))
    robot.refresh_from_db()
    Source.objects.update(cursor={"watermark": iso(now + 590 * MINUTE)})
    run(robot, now + 601 * MINUTE)
    assert alert(DOWN).state == "cleared"


def test_an_outage_that_came_and_went_unheard_is_kept_without_effect(
    robot: Source, robot_stub: UptimeRobotStub, now: datetime
) -> None:
    robot_stub.put_monitor(1)
    robot_stub.put_incident("9", 1, startedAt=iso(now - 5 * MINUTE), resolvedAt=iso(now - 4 * MINUTE))
    assert run(robot, now) == 1
    assert Delivery.objects.get().state == "ignored"
    assert not Incident.objects.exists()
    assert run(robot, now + 3 * MINUTE) == 0


def test_all_pages_are_read(robot: Source, robot_stub: UptimeRobotStub, now: datetime) -> None:
    for number in range(1, 6):
        robot_stub.put_monitor(number, status="DOWN")
        robot_stub.put_incident(str(number), number, startedAt=iso(now - number * MINUTE))
    assert run(robot, now) == 5
    assert [asked.query.get("cursor") for asked in robot_stub.asked] == [None, "2", "4"] * 2


def test_a_monitor_that_is_down_without_an_incident_is_believed(
    robot: Source, robot_stub: UptimeRobotStub, now: datetime
) -> None:
    robot_stub.put_monitor(1, status="DOWN")
    robot_stub.put_monitor(2, status="LOOKS_DOWN")
    robot_stub.put_monitor(3, status="PAUSED")
    assert run(robot, now) == 1
    assert alert(DOWN).state == "firing"


def test_a_deleted_monitor_is_down_no_more(robot: Source, robot_stub: UptimeRobotStub, now: datetime) -> None:
    robot_stub.put_monitor(1, status="DOWN")
    robot_stub.put_monitor(2)
    run(robot, now)
    del robot_stub.monitors[1]
    run(robot, now + 3 * MINUTE)
    assert alert(DOWN).state == "cleared"


def test_an_expiry_is_found_and_so_is_its_renewal(robot: Source, robot_stub: UptimeRobotStub, now: datetime) -> None:
    soon, later = now + timedelta(days=10, hours=1), now + timedelta(days=100)
    robot_stub.put_monitor(1, sslExpiryDateTime=iso(soon), domainExpireDate=later.date().isoformat())
    assert run(robot, now) == 1
    ssl = "uptimerobot:main:1:expiry:ssl"
    assert (alert(ssl).state, alert(ssl).severity) == ("firing", "medium")
    assert run(robot, now + 3 * MINUTE) == 0
    assert run(robot, now + timedelta(days=4)) == 1
    assert alert(ssl).severity == "high"
    robot_stub.put_monitor(1, sslExpiryDateTime=iso(later))
    run(robot, now + timedelta(days=5))
    assert alert(ssl).state == "cleared"
    assert Alert.objects.count() == 1


def test_uptime_robots_limit_is_obeyed(robot: Source, robot_stub: UptimeRobotStub, now: datetime) -> None:
    reset = now + 9 * MINUTE
    robot_stub.bend(robot_api.rate_limited(reset.timestamp(), 60))
    run(robot, now)
    assert robot.next_poll_at == reset
    assert "watermark" not in robot.cursor
