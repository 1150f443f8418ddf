"""Polling Uptime Robot repairs what its webhooks lose, against a server that speaks the real wire format."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from incidents.models import Alert, Incident
from integrations.models import Delivery, Source
from tests.db.integrations.polling.conftest import MINUTE, alert, iso, run
from tests.stubs import uptime_robot as robot_api
from tests.stubs.uptime_robot import UptimeRobotStub

pytestmark = pytest.mark.django_db


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
