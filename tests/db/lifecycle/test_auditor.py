"""The watch over the watch: what is late, what would go silent, and who outside hears that all is well (T20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.models import Pulse
from escalation.models import Step
from incidents.models import Incident
from lifecycle import finish, respond, tick
from lifecycle.auditor import PATIENCE, Gap, audit, watch
from sla.models import Clock
from tests.stubs.base import Asked, Reply, StubServer

SOON = timedelta(seconds=30)


class Watchman(StubServer):
    """A dead man's switch outside the house."""

    def _serve(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self._bent.popleft() if self._bent else Reply(200, {"ok": True})


@pytest.fixture
def watchman(settings):
    with Watchman() as server:
        settings.HEARTBEAT_URL = f"{server.url}/beat"
        yield server


def test_a_house_at_work_has_no_gaps(company, now):
    waits, held, called, done = (company.incident() for _ in range(4))
    respond.start(waits.number, by=company.by("support"), now=now)
    respond.hold(waits.number, reason="awaiting_vendor", by=company.by("support"), now=now)
    respond.acknowledge(held.number, by=company.by("support"), now=now)
    finish.resolve(done.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    assert audit(now=now + SOON).is_sound
    assert called.status == "new"


def test_a_deadline_is_late_once_patience_is_over_and_no_more_once_it_was_carried_out(company, now):
    company.incident(urgency="high", impact="high")
    first = tick.next_due()
    assert first is not None
    assert not audit(now=first.at + PATIENCE).late
    late = first.at + PATIENCE + SOON
    assert audit(now=late).late == PATIENCE + SOON
    tick.sweep(now=late)
    assert audit(now=late).is_sound


def test_a_call_whose_timer_was_taken_away_is_found(company, now):
    incident = company.incident()
    Step.objects.filter(incident=incident).update(next_call_at=None)
    assert audit(now=now).gaps == [Gap(incident.number, "stuck_call")]


def test_an_incident_whose_clocks_were_deleted_is_found(company, now):
    incident = company.incident()
    Clock.objects.filter(incident=incident).delete()
    assert audit(now=now).gaps == [Gap(incident.number, "no_clock")]


def test_an_incident_nobody_holds_nobody_is_called_for_and_no_clock_runs_for_is_forgotten(company, now):
    incident = company.incident()
    respond.acknowledge(incident.number, by=company.by("support"), now=now)
    Clock.objects.filter(incident=incident).update(next_percent=None, next_check_at=None)
    assert audit(now=now).is_sound
    respond.assign(incident.number, by=company.by("support"), now=now)
    Clock.objects.filter(incident=incident).update(next_percent=None, next_check_at=None)
    assert audit(now=now).gaps == [Gap(incident.number, "forgotten")]


def test_who_has_left_the_company_holds_nothing(company, now):
    incident = company.incident()
    respond.acknowledge(incident.number, by=company.by("support"), now=now)
    Clock.objects.filter(incident=incident).update(next_percent=None, next_check_at=None)
    company.support.is_active = False
    company.support.save()
    assert audit(now=now).gaps == [Gap(incident.number, "forgotten")]


def test_the_watch_outside_hears_from_us_while_all_is_well_and_only_then(company, now, watchman):
    incident = company.incident()
    watch(now=now)
    assert [asked.path for asked in watchman.asked] == ["/beat"]
    Step.objects.filter(incident=incident).update(next_call_at=None)
    report = watch(now=now)
    assert len(watchman.asked) == 1
    assert not report.is_sound
    assert Pulse.objects.get(name="auditor").data == {
        "late_s": 0,
        "gaps": [{"number": incident.number, "why": "stuck_call"}],
    }


def test_a_watch_that_does_not_answer_stops_no_audit(company, now, watchman):
    watchman.bend(Reply(403))
    assert watch(now=now).is_sound
    assert Pulse.objects.get(name="auditor").at == now


def test_the_audit_asks_two_questions_however_many_incidents_there_are(company, now, django_assert_num_queries):
    for _ in range(3):
        company.incident()
    with django_assert_num_queries(2):
        audit(now=now)
    assert Incident.objects.count() == 3


def test_the_banner_and_the_health_page_say_what_the_auditor_found(company, now, client, settings, tmp_path):
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.CLOCK_FILE.write_text(now.isoformat())
    cache.clear()
    incident = company.incident()
    Step.objects.filter(incident=incident).update(next_call_at=None)
    watch(now=now)
    client.force_login(company.support)
    page = client.get("/health/").text
    assert "Offene Incidents ohne nächsten Schritt: 1." in page
    assert "Ein Ruf ohne nächsten Zeitpunkt" in page
    settings.CLOCK_FILE.write_text((now + timedelta(minutes=5)).isoformat())
    cache.clear()
    assert "Niemand prüft, ob Fristen verpasst werden" in client.get("/").text
