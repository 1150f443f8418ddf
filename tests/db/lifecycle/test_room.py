"""A major is run from one room (§6.2): roles, situation, decisions, schools, and all of it on the one timeline."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from console.timeline import in_words
from core.models import Event
from directory.models import School
from incidents.models import Incident, RoomRole, SituationNote
from incidents.room import decisions_of, roles_held, schools_of, situation_of
from lifecycle import major, room, team
from lifecycle.errors import Forbidden, Invalid
from notifications.models import Message
from process.schema import Document
from tests.company import Company

MINUTE = timedelta(minutes=1)
KEY = UUID("7f3f2a8e-1d5b-4a8e-9d4f-0a1b2c3d4e5f")


@pytest.fixture
def outage(company: Company) -> Incident:
    incident = company.incident(school_id=School.objects.get(name="Schule Musterwil").pk)
    return major.declare_major(
        incident.number, trigger="whole_software_down", by=company.by("support"), now=company.now
    )


def told(kind: str) -> set[str]:
    return {message.person.username for message in Message.objects.filter(kind=kind) if message.person}


def test_a_role_is_taken_handed_over_and_held_by_one(outage: Incident, company: Company) -> None:
    room.take_role(outage.number, role="lead", by=company.by("lead"), now=company.now)
    assert told("room_role") == set()
    room.hand_over(
        outage.number, role="lead", person_id=company.dev.pk, by=company.by("lead"), now=company.now + MINUTE
    )
    room.take_role(outage.number, role="lead", by=company.by("pm"), now=company.now + 2 * MINUTE)
    assert roles_held([outage.pk])[outage.pk]["lead"].person == company.pm
    assert told("room_role") == {"dev"}
    past = RoomRole.objects.filter(role="lead").order_by("id").values_list("person__username", "until")
    assert list(past) == [("lead", company.now + MINUTE), ("dev", company.now + 2 * MINUTE), ("pm", None)]


def test_the_timeline_says_who_had_the_role_before(outage: Incident, company: Company, document: Document) -> None:
    room.take_role(outage.number, role="scribe", by=company.by("support"), now=company.now)
    room.take_role(outage.number, role="scribe", by=company.by("lead"), now=company.now)
    event = Event.objects.filter(kind="incident.role_taken").latest("id")
    assert event.rule == "§6.2"
    words = "Lea Leitung übernimmt im Major Incident: Protokoll, bisher Sina Muster"
    assert in_words(event, document, "de") == words


def test_a_note_sent_twice_is_kept_once_and_says_when_it_was_written(outage: Incident, company: Company) -> None:
    version = outage.version
    for _again in range(2):
        room.situation_note(
            outage.number,
            kind="action",
            text="Server neu starten",
            key=KEY,
            noted_at=company.now + MINUTE,
            by=company.by("support"),
            now=company.now + 9 * MINUTE,
        )
    [note] = situation_of(outage)
    assert (note.text.body, note.at) == ("Server neu starten", company.now + MINUTE)
    event = Event.objects.get(kind="incident.situation")
    assert (event.at, event.data["comment"]) == (company.now + 9 * MINUTE, note.text_id)
    assert "Server" not in str(event.data), "the log holds no text"
    outage.refresh_from_db()
    assert outage.version == version, "nobody's form becomes stale by a note"


def test_a_clock_that_runs_ahead_does_not_write_into_the_future(outage: Incident, company: Company) -> None:
    ahead = company.now + 60 * MINUTE
    by = company.by("support")
    room.situation_note(outage.number, kind="need", text="Strom", noted_at=ahead, by=by, now=company.now)
    assert SituationNote.objects.get().at == company.now


def test_actions_and_needs_are_done_once_and_conditions_never(outage: Incident, company: Company) -> None:
    for kind in ("action", "condition"):
        room.situation_note(outage.number, kind=kind, text="x", by=company.by("support"), now=company.now)
    action, condition = SituationNote.objects.order_by("id")
    for name in ("dev", "lead"):
        company.dev.holdings.update(role="head_of_development")
        room.situation_done(outage.number, note=action.pk, by=company.by(name), now=company.now)
    action.refresh_from_db()
    assert action.done_by == company.dev, "who was first stays"
    assert Event.objects.filter(kind="incident.situation_done").count() == 1
    with pytest.raises(Invalid):
        room.situation_done(outage.number, note=condition.pk, by=company.by("lead"), now=company.now)


def test_the_decisions_of_the_room_say_what_why_and_who(outage: Incident, company: Company) -> None:
    by = company.by("lead")
    room.decide(outage.number, decision="Umschalten", grounds="Sicherung ist fertig", by=by, now=company.now)
    [decided] = decisions_of(outage)
    assert decided.text == "Umschalten\n\nSicherung ist fertig"
    assert (decided.event.actor_label, decided.event.rule) == ("Lea Leitung", "§14/17")


def test_schools_are_known_and_counted_in_and_out_by_hand(outage: Incident, company: Company) -> None:
    own = School.objects.get(name="Schule Musterwil")
    other = School.objects.exclude(pk=own.pk).get()
    assert [entry.school for entry in schools_of(outage)] == [own]
    by = company.by("support")
    room.count_schools(outage.number, add=[other.pk, own.pk], remove=[own.pk], by=by, now=company.now)
    [entry] = schools_of(outage)
    assert (entry.school, entry.by_hand and entry.by_hand.by) == (other, company.support)
    assert Event.objects.get(kind="incident.schools_hit").data["removed"] == [own.pk]
    with pytest.raises(Invalid):
        room.count_schools(outage.number, add=[10**9], by=by, now=company.now)


def test_the_team_acts_others_read(company: Company) -> None:
    team.save_seat("developer_1", people=[company.dev2], by=company.by("it"), now=company.now)
    number = company.incident().number
    with pytest.raises(Invalid):
        room.take_role(number, role="lead", by=company.by("lead"), now=company.now)
    major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    with pytest.raises(Forbidden):
        room.take_role(number, role="lead", by=company.by("dev"), now=company.now)
    room.take_role(number, role="lead", by=company.by("dev2"), now=company.now)
    assert RoomRole.objects.get().person == company.dev2
