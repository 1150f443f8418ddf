"""A monitoring event becomes a handled incident, with nobody touching anything until Development answers."""

from datetime import timedelta

import pytest

from core.models import Event
from core.sealing import seal, verify
from escalation.models import Call, Step
from incidents.models import Alert, Incident
from integrations.models import Delivery
from lifecycle import respond
from lifecycle.integrity import findings
from notifications.models import Message
from sla.models import Clock
from tests.journeys.house import sample, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def settled(count):
    return wait_until(
        lambda: Delivery.objects.filter(state__in=["done", "ignored"]).count() >= count, what=f"{count} translated"
    )


def test_an_outage_is_called_climbs_breaks_its_promise_and_recovers(house, company):
    house.start("web", "worker", "beat")

    down = sample("uptime_robot/down.json")
    created = sample("sentry/issue.created.json")
    assert house.sentry("issue", created, **{"Sentry-Hook-Signature": "0" * 64}).status_code == 401
    assert house.uptime(down, secret="wrong").status_code == 401
    assert not Delivery.objects.exists(), "what is forged leaves nothing"
    assert house.uptime(down).status_code == 202
    assert house.sentry("issue", created).status_code == 202
    assert house.uptime(down).status_code == 202, "the same delivery again is accepted and changes nothing"
    settled(2)

    outage = Incident.objects.get(category="availability")
    error = Incident.objects.get(category="software")
    assert Incident.objects.count() == 2
    assert (outage.priority, outage.functional_level, outage.team.role) == ("critical", 2, "development")
    assert (error.functional_level, error.team.role) == (2, "development")
    assert Clock.objects.filter(state="running").count() == 4
    called = Call.objects.filter(step__incident=outage).values_list("person__username", flat=True)
    assert set(called) == {"dev", "dev2"}, "a critical incident calls everyone of the rung at once"
    wait_until(
        lambda: Message.objects.filter(topic_id=outage.pk, channel="email", state="sent").count() == 2,
        what="both mails went out",
    )
    mail = next((house.folder / "mail").iterdir()).read_text()
    assert "Auto-Submitted: auto-generated" in mail

    # nobody answers: the call goes on to the head of development (P-5.3)
    house.advance(minutes=30)
    outage.refresh_from_db()
    assert outage.functional_level == 3
    step = Step.objects.get(incident=outage, chain="functional", to_level=3)
    assert (step.reason, list(step.calls.values_list("person__username", flat=True))) == ("not_acknowledged", ["lead"])

    # the response promise is broken: level 2 of the management chain (P-5.4)
    breach = Event.objects.get(kind="sla.breached", subject_id=outage.pk, data__clock="response")
    assert breach.rule
    up = Step.objects.get(incident=outage, chain="management")
    assert (up.reason, up.rule, list(up.calls.values_list("person__username", flat=True))) == (
        "sla_breached",
        "§5.2/2a",
        ["pm"],
    )

    # the head of development answers by the same verb every door uses
    respond.acknowledge(outage.number, by=company.by("lead"), now=house.at)
    assert Step.objects.get(incident=outage, chain="functional", to_level=3).acknowledged_by == company.lead

    # it comes back, and holds through its grace
    house.set_clock(house.at + timedelta(minutes=5))
    up_again = sample("uptime_robot/up.json") | {"alertDateTime": str(int(house.at.timestamp()))}
    assert house.uptime(up_again).status_code == 202
    wait_until(lambda: Alert.objects.get(incident=outage).state == "cleared", what="recovery noted")
    house.advance(minutes=11)
    outage.refresh_from_db()
    assert (outage.status, outage.closure_code) == ("resolved", "recovered")

    story = list(Event.objects.filter(subject_type="incident", subject_id=outage.pk).values_list("kind", flat=True))
    for kind in ("incident.opened", "alert.fired", "escalation.stepped", "sla.breached", "incident.escalated",
                 "incident.acknowledged", "alert.cleared", "incident.resolved"):  # fmt: skip
        assert kind in story
    seal(now=house.at)
    assert [str(found) for found in findings(now=house.at)] == []
    assert list(verify(now=house.at)) == []
