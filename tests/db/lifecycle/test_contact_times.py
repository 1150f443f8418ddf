"""R4: clocks start when somebody told us. A person who sets that time back says why, and the log keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from incidents.models import Contact, Incident
from lifecycle import intake
from lifecycle.access import By
from lifecycle.contact_time import TYPED_UP
from lifecycle.errors import Invalid
from lifecycle.intake import ContactDraft, IncidentDraft
from sla.models import Clock
from tests.company import Company, spoken

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
WHY = "Anruf auf dem Heimweg angenommen"


def contact(company: Company, received_at: datetime, because: str = "", *, by: By | None = None) -> Contact:
    draft = ContactDraft("phone", "Noten fehlen", received_at=received_at, recorded_late_because=because)
    return intake.take_contact(draft, by=by or company.by("support"), now=company.now)


def becomes_incident(company: Company, contact: Contact, now: datetime, **facts: object) -> Incident:
    draft = IncidentDraft("phone", "Noten fehlen", "software", urgency="medium", impact="medium", **facts)  # type: ignore[arg-type]
    done = intake.classify(contact.number, kind="incident", incident=draft, by=company.by("support"), now=now)
    assert done.incident is not None
    return done.incident


@pytest.mark.parametrize("back", [TYPED_UP, MINUTE, 0 * MINUTE])
def test_a_call_just_typed_up_needs_no_reason(company: Company, now: datetime, back: timedelta) -> None:
    assert company.incident(reported_at=now - back).reported_at == now - back
    assert contact(company, now - back).received_at == now - back


def test_further_back_an_incident_needs_a_reason_which_stands_in_its_opening_event(
    company: Company, now: datetime
) -> None:
    at = now - TYPED_UP - SECOND
    for missing in ("", "  "):
        with pytest.raises(Invalid) as refused:
            company.incident(reported_at=at, recorded_late_because=missing)
        assert list(refused.value.errors) == ["recorded_late_because"]
    assert not Incident.objects.exists()
    incident = company.incident(reported_at=at, recorded_late_because=f" {WHY} ")
    opened = Event.objects.get(kind="incident.opened", subject_id=incident.pk)
    assert (spoken(opened)["recorded_late_because"], opened.data["since"]) == (WHY, at.isoformat())
    assert {clock.started_at for clock in Clock.objects.filter(incident=incident)} == {at}


def test_further_back_a_contact_needs_a_reason_too(company: Company, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        contact(company, now - DAY)
    assert list(refused.value.errors) == ["recorded_late_because"]
    taken = contact(company, now - DAY, WHY)
    assert spoken(Event.objects.get(kind="contact.taken", subject_id=taken.pk))["recorded_late_because"] == WHY


@pytest.mark.parametrize("back", [-MINUTE, 7 * DAY + MINUTE])
def test_no_reason_makes_a_time_ahead_or_of_more_than_seven_days_ago_right(
    company: Company, now: datetime, back: timedelta
) -> None:
    with pytest.raises(Invalid) as refused:
        company.incident(reported_at=now - back, recorded_late_because=WHY)
    assert list(refused.value.errors) == ["reported_at"]
    assert company.incident(reported_at=now - 7 * DAY, recorded_late_because=WHY).reported_at == now - 7 * DAY


def test_what_a_system_hands_in_brings_its_own_time(company: Company, now: datetime) -> None:
    assert contact(company, now - 2 * DAY, by=By(SYSTEM)).received_at == now - 2 * DAY


def test_an_incident_begins_when_its_contact_came_in_however_long_that_lay_there(
    company: Company, now: datetime
) -> None:
    told = contact(company, now - MINUTE)
    for days, given in ((0, None), (9, None), (9, told.received_at)):
        told = contact(company, now - MINUTE)
        incident = becomes_incident(company, told, now + days * DAY, reported_at=given)
        assert incident.reported_at == told.received_at


def test_before_its_contact_an_incident_begins_only_for_a_reason(company: Company, now: datetime) -> None:
    told, later = contact(company, now), now + timedelta(hours=2)
    with pytest.raises(Invalid) as refused:
        becomes_incident(company, told, later, reported_at=now - MINUTE)
    assert list(refused.value.errors) == ["recorded_late_because"]
    incident = becomes_incident(company, told, later, reported_at=now - MINUTE, recorded_late_because=WHY)
    assert incident.reported_at == now - MINUTE
