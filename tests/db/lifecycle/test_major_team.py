"""The Major Incident Team: called at once, tracked to the answer, stood in for (P-6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.models import Event
from escalation.models import SeatCall, TeamSeat
from escalation.selectors import waits_for
from escalation.team import Standing, calls_of, places_of, vacant
from incidents.models import Incident, Review
from lifecycle import answering, finish, major, respond, team, tick
from lifecycle.errors import Forbidden, Invalid, NotFound
from lifecycle.major_end import demote_major
from notifications.answer_links import path_of
from notifications.models import Message
from process.selectors import current_document
from tests.company import Company
from tests.together import at_once

DOWN = "whole_software_down"
MINUTE = timedelta(minutes=1)
SEATS = {
    "owner_data_protection": ("dpo", "board"),
    "owner_it": ("it",),
    "head_of_development": ("lead", "dev"),
    "developer_1": ("dev", "dev2"),
    "project_manager_development": ("pm",),
}


@pytest.fixture
def seated(company: Company) -> Company:
    """Everybody sits somewhere; the second developer's seat is vacant."""
    for key, names in SEATS.items():
        people = [company.people[name] for name in names]
        team.save_seat(key, people=people, by=company.by("lead"), now=company.now)
    return company


def declare(company: Company, *, by: str = "support") -> Incident:
    incident = company.incident()
    return major.declare_major(incident.number, trigger=DOWN, by=company.by(by), now=company.now)


def standing(incident: Incident) -> dict[str, Standing]:
    places = places_of(current_document()[1], calls_of([incident.pk]).get(incident.pk, []))
    return {place.member.key: place.standing for place in places}


def called(seat: str) -> list[tuple[str, str]]:
    calls = SeatCall.objects.filter(seat=seat).select_related("person").order_by("id")
    return [(call.person.username, call.state) for call in calls]


def test_every_seat_is_called_at_the_declaration(seated: Company) -> None:
    incident = declare(seated)
    assert {call.person.username for call in SeatCall.objects.all()} == {"dpo", "it", "lead", "dev", "pm"}
    assert set(SeatCall.objects.values_list("due_at", flat=True)) == {seated.now + 10 * MINUTE}
    notices = Message.objects.filter(kind="major_team_call", topic_id=incident.pk)
    assert {(row.channel, row.is_urgent, row.needs_ack) for row in notices} == {
        ("in_app", True, True),
        ("email", True, True),
    }
    assert notices.count() == 10
    event = Event.objects.get(kind="escalation.team_called")
    assert (event.rule, len(event.data["people"])) == ("§6.2", 5)


def test_whom_ladder_and_seat_call_at_once_gets_one_message_by_each_channel(seated: Company) -> None:
    declare(seated)
    calls = Message.objects.filter(kind__in=["escalation_call", "major_team_call"], person=seated.pm)
    assert sorted(calls.exclude(state="skipped").values_list("kind", "channel")) == [
        ("major_team_call", "email"),
        ("major_team_call", "in_app"),
    ]
    assert set(calls.filter(state="skipped").values_list("error", flat=True)) == {"seat_called"}


def test_a_vacant_seat_is_said_at_once_to_whoever_is_accountable(seated: Company) -> None:
    incident = declare(seated)
    assert standing(incident)["developer_2"] is Standing.VACANT
    assert Event.objects.get(kind="escalation.team_unanswered").data["seats"] == ["developer_2"]
    [notice] = Message.objects.filter(kind="major_team_unanswered", channel="in_app")
    assert (notice.person, "Entwickler" in notice.body) == (seated.board, True)


def test_whoever_declares_it_is_there_already(seated: Company) -> None:
    incident = declare(seated, by="pm")
    assert standing(incident)["project_manager_development"] is Standing.ANSWERED
    assert not Message.objects.filter(kind="major_team_call", person=seated.pm).exists()


def test_an_answer_ends_the_call_and_its_pending_notices(seated: Company) -> None:
    incident = declare(seated)
    respond.acknowledge(incident.number, by=seated.by("it"), now=seated.now + 2 * MINUTE)
    assert called("owner_it") == [("it", "acknowledged")]
    mails = Message.objects.filter(kind="major_team_call", person=seated.it, channel="email")
    assert [mail.state for mail in mails] == ["skipped"]
    event = Event.objects.get(kind="escalation.team_answered")
    assert (event.rule, event.data["name"], event.data["seats"]) == ("§6.2", "Ivo Technik", ["owner_it"])
    tick.sweep(now=seated.now + 11 * MINUTE)
    assert called("owner_it") == [("it", "acknowledged")]


def test_one_answer_counts_for_the_ladder_and_the_seat(seated: Company) -> None:
    incident = declare(seated)
    respond.acknowledge(incident.number, by=seated.by("pm"), now=seated.now + MINUTE)
    assert standing(incident)["project_manager_development"] is Standing.ANSWERED
    assert not waits_for(seated.pm, incident)


def test_the_link_in_the_mail_answers_the_seat(seated: Company) -> None:
    incident = declare(seated)
    mail = Message.objects.get(kind="major_team_call", person=seated.dpo, channel="email")
    token = path_of(mail).split("/")[2]
    assert answering.look_up(token, now=seated.now).outlook == "open"
    assert answering.answer(token, now=seated.now + MINUTE).outlook == "mine"
    assert called("owner_data_protection") == [("dpo", "acknowledged")]
    assert standing(incident)["owner_data_protection"] is Standing.ANSWERED


def test_without_an_answer_in_time_the_deputies_are_called_in_their_order(seated: Company) -> None:
    declare(seated)
    tick.sweep(now=seated.now + 10 * MINUTE)
    assert called("owner_data_protection") == [("dpo", "passed"), ("board", "calling")]
    assert Message.objects.filter(kind="major_team_call", person=seated.board, channel="in_app").count() == 1


def test_who_is_called_for_two_seats_gets_one_message(seated: Company) -> None:
    declare(seated)
    tick.sweep(now=seated.now + 10 * MINUTE)
    assert called("head_of_development") == [("lead", "passed"), ("dev", "calling")]
    assert called("developer_1") == [("dev", "passed"), ("dev2", "calling")]
    assert Message.objects.filter(kind="major_team_call", person=seated.dev, channel="in_app").count() == 1


def test_who_has_answered_for_one_seat_is_there_for_the_next(seated: Company) -> None:
    incident = declare(seated)
    respond.acknowledge(incident.number, by=seated.by("dev"), now=seated.now + MINUTE)
    tick.sweep(now=seated.now + 10 * MINUTE)
    assert called("head_of_development") == [("lead", "passed"), ("dev", "acknowledged")]


def test_a_late_answer_sends_the_deputy_back(seated: Company) -> None:
    incident = declare(seated)
    tick.sweep(now=seated.now + 10 * MINUTE)
    respond.acknowledge(incident.number, by=seated.by("dpo"), now=seated.now + 12 * MINUTE)
    assert called("owner_data_protection") == [("dpo", "acknowledged"), ("board", "ended")]
    mail = Message.objects.get(kind="major_team_call", person=seated.board, channel="email")
    assert mail.state == "skipped"


def test_when_nobody_is_left_the_log_and_the_board_say_so(seated: Company) -> None:
    incident = declare(seated)
    for minutes in (10, 20, 30):
        tick.sweep(now=seated.now + minutes * MINUTE)
    assert set(standing(incident).values()) == {Standing.UNANSWERED, Standing.VACANT}
    said = Event.objects.filter(kind="escalation.team_unanswered").order_by("id").values_list("data__seats", flat=True)
    assert sorted(seat for seats in said for seat in seats) == sorted([*SEATS, "developer_2"])
    assert not SeatCall.objects.filter(due_at__isnull=False).exists()


def test_who_is_away_is_not_called_their_deputy_is(seated: Company) -> None:
    seated.dpo.absent_until = seated.now + timedelta(days=3)
    seated.dpo.save()
    declare(seated)
    assert called("owner_data_protection") == [("board", "calling")]
    assert [member.key for member in vacant(current_document()[1], now=seated.now)] == ["developer_2"]


@pytest.mark.parametrize("end", ["demoted", "resolved"])
def test_when_the_major_is_over_nobody_is_called_any_more(seated: Company, end: str) -> None:
    incident = declare(seated)
    if end == "demoted":
        demote_major(incident.number, reason="Falscher Alarm.", by=seated.by("lead"), now=seated.now)
    else:
        by = seated.by("support")
        finish.resolve(incident.number, code="recovered", text="Läuft.", by=by, now=seated.now)
    assert set(SeatCall.objects.values_list("state", flat=True)) == {"ended"}
    assert not Message.objects.filter(kind="major_team_call", state="queued").exists()
    tick.sweep(now=seated.now + 30 * MINUTE)
    assert SeatCall.objects.count() == 5


def test_when_it_comes_back_the_team_is_called_anew(seated: Company) -> None:
    incident = declare(seated)
    finish.resolve(incident.number, code="recovered", text="Läuft.", by=seated.by("support"), now=seated.now)
    later = seated.now + timedelta(hours=1)
    finish.reopen(incident.number, reason="Wieder weg.", by=seated.by("lead"), now=later)
    assert standing(incident)["owner_it"] is Standing.CALLING
    assert standing(incident)["head_of_development"] is Standing.ANSWERED
    assert Message.objects.filter(kind="major_team_call", person=seated.it, channel="in_app").count() == 2


def test_seats_are_kept_by_leads_and_it(company: Company) -> None:
    facts = {"people": [company.dev, company.dev2], "now": company.now}
    for who in ("support", "dev", "board", "dpo"):
        with pytest.raises(Forbidden):
            team.save_seat("developer_1", by=company.by(who), **facts)  # type: ignore[arg-type]
    team.save_seat("developer_1", by=company.by("it"), **facts)  # type: ignore[arg-type]
    team.save_seat("developer_1", people=[company.dev2], by=company.by("pm"), now=company.now)
    assert [seat.person for seat in TeamSeat.objects.all()] == [company.dev2]
    assert Event.objects.filter(kind="team.seated").count() == 2


def test_only_seats_of_the_process_and_people_with_a_role_once_each(company: Company) -> None:
    by, now = company.by("it"), company.now
    with pytest.raises(NotFound):
        team.save_seat("barkeeper", people=[company.dev], by=by, now=now)
    with pytest.raises(Invalid, match="nur einmal"):
        team.save_seat("developer_1", people=[company.dev, company.dev], by=by, now=now)
    company.dev.is_active = False
    with pytest.raises(Invalid, match="hat keine Rolle"):
        team.save_seat("developer_1", people=[company.dev], by=by, now=now)


@pytest.mark.django_db(transaction=True)
def test_fifty_declarations_at_once_are_one(seated: Company) -> None:
    incident = seated.incident()
    by = seated.by("support")
    answers = at_once(50, lambda _n: major.declare_major(incident.number, trigger=DOWN, by=by, now=seated.now))
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert sum(isinstance(answer, Invalid) for answer in answers) == 49
    assert Event.objects.filter(kind="incident.major_declared").count() == 1
    assert (SeatCall.objects.count(), Review.objects.count()) == (5, 1)


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_at_once_call_each_deputy_once(seated: Company, now: datetime) -> None:
    declare(seated)
    at_once(8, lambda _n: tick.sweep(now=now + 10 * MINUTE))
    assert called("owner_data_protection") == [("dpo", "passed"), ("board", "calling")]
    assert SeatCall.objects.filter(at__gt=now).count() == 3
