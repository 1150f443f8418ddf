"""Polling Sentry repairs what its webhooks lose, against a server that speaks the real wire format."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from incidents.models import Alert, Incident
from integrations import intake, polling, services
from integrations.models import Delivery, Source
from integrations.pollers import sentry as sentry_reader
from integrations.polling import poll_due
from integrations.translation import translate_pending
from lifecycle import finish
from tests.company import Company
from tests.db.integrations.conftest import ADMIN
from tests.db.integrations.polling.conftest import MINUTE, alert, iso, make, run
from tests.payloads import payload
from tests.stubs import sentry as sentry_api
from tests.stubs.base import Asked, Reply
from tests.stubs.sentry import SentryStub
from tests.stubs.uptime_robot import UptimeRobotStub

pytestmark = pytest.mark.django_db


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
