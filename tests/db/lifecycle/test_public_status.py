"""What the public is told (P-5.5): who may say it, what is refused, and that the log keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import Event
from lifecycle import finish, major, public_status, room
from lifecycle.errors import Forbidden, Invalid
from statuspage.models import Component, Notice, Page
from statuspage.selectors import open_notice_for, overview, waiting_to_end
from tests.company import Company

HOUR = timedelta(hours=1)
SAID: dict[str, Any] = {"title": ("Anmeldung gestört", "Login disturbed"), "text": ("Wir suchen.", "We are looking.")}


@pytest.fixture
def page(company: Company) -> Page:
    found = public_status.save_page("escola", name=("Escola", "Escola"), by=company.by("it"), now=company.now)
    for position, name in enumerate(("Anmeldung", "Noten")):
        public_status.save_component("escola", name=(name, ""), position=position, by=company.by("it"), now=company.now)
    return found


def test_a_disturbance_is_told_carried_on_and_ended(page: Page, company: Company):
    login, _grades = Component.objects.all()
    incident = company.incident()
    notice = public_status.publish_notice(
        page="escola",
        **SAID,
        affected={login.pk: "major"},
        incident=incident,
        by=company.by("support"),
        now=company.now,
    )
    assert open_notice_for(incident) == notice
    assert [entry.state for entry in overview(page, now=company.now).states] == ["major", "operational"]
    later = company.now + HOUR
    public_status.update_notice(
        notice.pk, text=("Gefunden.", ""), state="identified", affected={login.pk: "partial"},
        by=company.by("lead"), now=later,
    )  # fmt: skip
    assert overview(page, now=later).state == "partial"
    public_status.end_notice(notice.pk, text=("Behoben.", ""), by=company.by("support"), now=later + HOUR)
    assert overview(page, now=later + HOUR).state == "operational"
    page.refresh_from_db()
    assert page.changed_at == later + HOUR
    told = Event.objects.filter(kind__startswith="status.", subject_type="incident", subject_id=incident.pk)
    assert [event.kind for event in told] == ["status.published", "status.updated", "status.ended"]
    assert {event.rule for event in told} == {"§14/14"}
    assert all("Anmeldung" not in str(event.data) and "Gefunden" not in str(event.data) for event in told)
    with pytest.raises(Invalid, match="abgeschlossen"):
        public_status.update_notice(notice.pk, text=("Doch nicht.", ""), by=company.by("lead"), now=later + HOUR)


def test_who_communicates_in_the_room_may_tell_the_public_and_others_of_development_not(page: Page, company: Company):
    outage = company.incident()
    major.declare_major(outage.number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    say: dict[str, Any] = {"page": "escola", **SAID, "now": company.now}
    with pytest.raises(Forbidden):
        public_status.publish_notice(**say, incident=outage, by=company.by("dev"))
    room.take_role(outage.number, role="communications", by=company.by("lead"), now=company.now)
    room.hand_over(
        outage.number, role="communications", person_id=company.dev.pk, by=company.by("lead"), now=company.now
    )
    assert public_status.publish_notice(**say, incident=outage, by=company.by("dev")).incident == outage
    with pytest.raises(Forbidden):
        public_status.publish_notice(**say, by=company.by("dev"))


def test_it_announces_a_maintenance_and_it_counts_from_its_beginning(page: Page, company: Company):
    login = Component.objects.first()
    assert login is not None
    start = company.now + 2 * HOUR
    public_status.publish_notice(
        page="escola", **SAID, kind="maintenance", affected={login.pk: "maintenance"}, started_at=start,
        planned_until=start + HOUR, by=company.by("it"), now=company.now,
    )  # fmt: skip
    assert overview(page, now=company.now).state == "operational"
    assert len(overview(page, now=company.now).planned) == 1
    assert overview(page, now=start).state == "maintenance"
    with pytest.raises(Forbidden):
        public_status.publish_notice(page="escola", **SAID, by=company.by("it"), now=company.now)


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_published(page: Page, company: Company):
    facts: dict[str, Any] = {"page": "escola", "by": company.by("lead"), "now": company.now}
    with pytest.raises(Invalid) as refused:
        public_status.publish_notice(
            **facts, title=(" ", ""), text=("", ""), state="resolved", started_at=company.now + HOUR
        )
    assert set(refused.value.errors) == {"title_de", "text_de", "state", "started_at"}
    for affected in ({0: "major"}, {Component.objects.get(name_de="Noten").pk: "operational"}):
        with pytest.raises(Invalid, match="affected"):
            public_status.publish_notice(**facts, **SAID, affected=affected)
    assert not Notice.objects.exists()


def test_a_correction_is_visible_and_the_log_proves_both_texts(page: Page, company: Company):
    notice = public_status.publish_notice(page="escola", **SAID, by=company.by("lead"), now=company.now)
    first = notice.updates.get()
    update = public_status.correct_update(
        first.pk, text=("Wir untersuchen.", ""), by=company.by("lead"), now=company.now + HOUR
    )
    assert (update.text_de, update.corrected_at) == ("Wir untersuchen.", company.now + HOUR)
    data = Event.objects.get(kind="status.corrected").data
    assert data["was"] == Event.objects.get(kind="status.published").data["digest"] != data["digest"]


def test_a_notice_whose_incident_is_over_waits_for_somebody_to_end_it(page: Page, company: Company):
    incident = company.incident()
    public_status.publish_notice(page="escola", **SAID, incident=incident, by=company.by("support"), now=company.now)
    assert not waiting_to_end()
    finish.resolve(
        incident.number, code="workaround_provided", text="Umgehung", by=company.by("support"), now=company.now
    )
    assert [notice.incident for notice in waiting_to_end()] == [incident]
    assert overview(page, now=company.now).open
