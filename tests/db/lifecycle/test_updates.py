"""People who wait hear regularly how things stand (P-5.5): when an update is owed, and who is told so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.models import Event
from directory.models import School
from directory.services import create_key
from lifecycle import finish, major, ranking, respond, tick
from lifecycle.integrity import findings
from notifications.models import Message
from sla.models import UpdateClock

MINUTE = timedelta(minutes=1)
REPORTER = {"reporter_name": "Erna Meldet", "reporter_email": "erna@schule.example"}


@pytest.fixture
def critical(company):
    """A critical incident somebody waits for, in Sina's hands: an update every 30 minutes."""
    incident = company.incident(urgency="high", impact="high", **REPORTER)
    respond.acknowledge(incident.number, by=company.by("support"), now=company.now)
    return incident


def told(incident):
    messages = Message.objects.filter(topic_id=incident.pk, channel="email", kind__startswith="incident_update")
    return [(message.kind, message.person.username) for message in messages.order_by("id")]


def due(incident):
    clock = UpdateClock.objects.filter(incident=incident).first()
    return clock.due_at if clock else None


def test_at_its_instant_who_works_on_it_is_reminded_and_later_the_project_manager_hears(company, now, critical):
    assert due(critical) == now + 30 * MINUTE
    tick.sweep(now=now + 29 * MINUTE)
    assert told(critical) == []
    tick.sweep(now=now + 30 * MINUTE)
    assert told(critical) == [("incident_update_due", "support")]
    tick.sweep(now=now + 44 * MINUTE)
    tick.sweep(now=now + 45 * MINUTE)
    assert told(critical) == [("incident_update_due", "support"), ("incident_update_overdue", "pm")]
    event = Event.objects.get(kind="sla.update_overdue")
    assert (event.subject_id, event.rule, event.data["names"]) == (critical.pk, "§5.1/1d", "Pia Projekt")


def test_a_message_to_the_reporter_starts_the_clock_anew(company, now, critical):
    respond.comment(critical.number, text="Wir sind dran.", by=company.by("support"), now=now + 20 * MINUTE)
    tick.sweep(now=now + 49 * MINUTE)
    assert told(critical) == []
    assert due(critical) == now + 50 * MINUTE


def test_a_note_among_ourselves_informs_nobody(company, now, critical):
    respond.note(critical.number, text="Index fehlt.", by=company.by("support"), now=now + 20 * MINUTE)
    assert due(critical) == now + 30 * MINUTE


def test_the_schools_own_project_manager_hears_rather_than_all_of_them(company, now):
    school = School.objects.get(name="Schule Musterwil")
    school.project_manager = company.board
    school.save()
    incident = company.incident(urgency="high", impact="high", school_id=school.pk, **REPORTER)
    tick.sweep(now=now + 45 * MINUTE)
    assert ("incident_update_overdue", "board") in told(incident)
    assert ("incident_update_overdue", "pm") not in told(incident)


def test_nobody_waits_for_what_a_machine_reported_unless_it_is_a_major(company, now):
    incident = company.incident(urgency="high", impact="high")
    assert due(incident) is None
    major.declare_major(incident.number, trigger="several_schools_down", by=company.by("lead"), now=now + MINUTE)
    assert due(incident) == now + 31 * MINUTE


def test_another_priority_is_another_pace_from_the_same_beginning(company, now):
    incident = company.incident(**REPORTER)
    assert due(incident) == now + timedelta(days=1)
    facts = {"urgency": "high", "impact": "high", "reason": "Alle Schulen", "by": company.by("lead")}
    ranking.set_priority(incident.number, now=now + 10 * MINUTE, **facts)
    assert due(incident) == now + 30 * MINUTE


def test_a_pace_that_was_missed_already_when_it_began_is_told_at_once(company, now):
    incident = company.incident(**REPORTER)
    later = now + 60 * MINUTE
    facts = {"urgency": "high", "impact": "high", "reason": "Alle Schulen", "by": company.by("lead")}
    ranking.set_priority(incident.number, now=later, **facts)
    assert UpdateClock.objects.get(incident=incident).next_at == later
    tick.sweep(now=later)
    assert {kind for kind, _name in told(incident)} == {"incident_update_due", "incident_update_overdue"}


def test_while_we_wait_for_the_reporter_we_owe_them_nothing(company, now, critical):
    facts = {"reason": "awaiting_reporter", "message": "Welche Klasse?", "until": now + 2 * 60 * MINUTE}
    respond.start(critical.number, by=company.by("support"), now=now)
    respond.hold(critical.number, by=company.by("support"), now=now, **facts)
    assert due(critical) is None
    respond.answered(critical.number, text="5a", by=company.by("support"), now=now + 40 * MINUTE)
    assert due(critical) == now + 70 * MINUTE


def test_it_ends_with_the_incident_and_begins_again_when_that_is_reopened(company, now, critical):
    finish.resolve(critical.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    assert due(critical) is None
    later = now + 60 * MINUTE
    finish.reopen(critical.number, reason="Wieder da", by=company.by("support"), now=later)
    assert due(critical) == later + 30 * MINUTE


def test_two_sweeps_of_the_same_instant_tell_once(company, now, critical):
    for _ in range(2):
        tick.sweep(now=now + 45 * MINUTE)
    assert sorted(told(critical)) == [("incident_update_due", "support"), ("incident_update_overdue", "pm")]


def test_a_clock_left_behind_by_an_incident_that_is_over_is_named(company, now, critical):
    finish.resolve(critical.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    UpdateClock.objects.create(incident=critical, since=now, interval_min=30, next_at=now)
    assert ("update owed on an incident that is over", critical.number) in {
        (found.problem, found.row) for found in findings(now=now)
    }


def test_the_page_and_the_api_say_when_the_next_update_is_due(company, now, critical, client, settings, tmp_path):
    settings.CLOCK_FILE = tmp_path / "clock"
    client.force_login(company.support)
    for passed, words in ((29, "Nächster Zwischenstand"), (30, "Zwischenstand überfällig")):
        settings.CLOCK_FILE.write_text((now + passed * MINUTE).isoformat())
        cache.clear()
        assert words in client.get(f"/incidents/{critical.number}/").text
    machine = company.incident()
    _key, secret = create_key(owner=company.dev, name="test", scopes=["*"], actor=company.by("dev").actor, now=now)
    for incident, expected in ((critical, "2026-11-23T08:30:00Z"), (machine, None)):
        answer = client.get(f"/api/v1/incidents/{incident.number}/", headers={"Authorization": f"Bearer {secret}"})
        assert answer.json()["update_due_at"] == expected
