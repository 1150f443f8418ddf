"""Calling the Major Incident Team (P-6.2). Only `lifecycle` calls these, with the incidents locked.

Every seat is called at the same time: its person, and after the document's minutes without an answer the next deputy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.actors import SYSTEM, Actor
from core.audit import Fact, record, record_all
from directory.models import Person
from escalation import calling
from escalation.models import SeatCall, TeamSeat
from escalation.rules.policy import Move, Rung, in_turn, next_action
from escalation.team import calls_of, is_reachable, people_on_seats
from incidents.models import Incident
from notifications.registry import EVERY_CHANNEL
from notifications.services import Draft, drafts_for, queue_all, skip_keys, skip_topics, spare_doubles
from process.schema import Document, MajorMember
from process.selectors import document as document_of

KIND = "major_team_call"
TOPIC = "incident"
State = SeatCall.State


@dataclass(slots=True)
class Called:
    """What one round of calls came to for an incident: the new calls, and the seats nobody is left to call for."""

    incident: Incident
    calls: list[SeatCall] = field(default_factory=list)
    missed: list[MajorMember] = field(default_factory=list)


def put_on_seat(
    member: MajorMember, people: Sequence[Person], *, version_id: int, rule: str, actor: Actor, now: datetime
) -> None:
    """Puts people on a seat, the first as its holder, the others as deputies; an empty list leaves it vacant.

    `version_id` is the process version whose seat it is.
    """
    TeamSeat.objects.filter(key=member.key).delete()
    TeamSeat.objects.bulk_create(
        TeamSeat(key=member.key, position=position, person=person) for position, person in enumerate(people)
    )
    names = ", ".join(person.display_name for person in people) or "–"
    data = {"seat": member.key, "names": names, "people": [person.pk for person in people]}
    record(Fact("team.seated", "process", version_id, now, actor, rule, data))


def call_team(incidents: Iterable[Incident], *, present: Person | None, actor: Actor, now: datetime) -> list[Called]:
    """Calls every seat at once. `present` is there already: their seat counts as answered."""
    rounds = [_Round(incident, now, [], now) for incident in incidents]
    people = _people_of(rounds)
    called = []
    for turn in rounds:
        there = {present.pk} if present is not None else set()
        called.append(turn.call(turn.document.major.team, people, there=there))
    _announce(called, actor=actor, now=now)
    return called


def claim_due(*, now: datetime, limit: int) -> list[SeatCall]:
    """Calls nobody answered in time, locked together with their incidents; what others hold is left to them."""
    due = SeatCall.objects.filter(due_at__lte=now)
    return list(
        due.select_related("incident")
        .select_for_update(skip_locked=True, of=("self", "incident"))
        .order_by("due_at", "id")[:limit]
    )


def call_deputies(late: Collection[SeatCall], *, now: datetime, actor: Actor = SYSTEM) -> list[Called]:
    """Passes over those who did not answer and calls the next deputy of each seat."""
    for call in late:
        call.state, call.due_at = State.PASSED, None
    SeatCall.objects.bulk_update(late, ["state", "due_at"])
    seats: dict[tuple[int, datetime], list[str]] = {}
    incidents = {call.incident_id: call.incident for call in late}
    for call in late:
        seats.setdefault((call.incident_id, call.since), []).append(call.seat)
    before: dict[tuple[int, datetime], list[SeatCall]] = {}
    for call in SeatCall.objects.filter(incident__in=incidents):
        before.setdefault((call.incident_id, call.since), []).append(call)
    rounds = {key: _Round(incidents[key[0]], key[1], before.get(key, []), now) for key in seats}
    people = _people_of(rounds.values())
    called = []
    for key, turn in rounds.items():
        members = [member for member in turn.document.major.team if member.key in seats[key]]
        there = {call.person_id for call in turn.before if call.state == State.ACKNOWLEDGED}
        called.append(turn.call(members, people, there=there))
    _announce(called, actor=actor, now=now)
    return called


@dataclass(slots=True)
class _Round:
    """One declaration of one incident: who was called before, and who is called now."""

    incident: Incident
    since: datetime
    before: list[SeatCall]
    now: datetime

    @property
    def document(self) -> Document:
        return document_of(self.incident.process_version_id)

    def call(self, members: Iterable[MajorMember], people: Mapping[str, list[Person]], *, there: set[int]) -> Called:
        """Who is there already has answered for whatever seat they sit on."""
        result = Called(self.incident)
        for member in members:
            on_seat = {person.pk: person for person in people.get(member.key, []) if is_reachable(person, self.now)}
            wait_min = self.document.major.acknowledge_within_min
            rung = Rung(level=1, groups=in_turn(on_seat, wait_min), is_last=False)
            for person in there:
                rung = rung.beginning_with(person)
            tried = [call.person_id for call in self.before if call.seat == member.key]
            action = next_action(rung, called=tried, rounds=0, now=self.now)
            if action.move is not Move.CALL:
                result.missed.append(member)
                continue
            [person_id] = action.people
            is_there = person_id in there
            result.calls.append(
                SeatCall(
                    incident=self.incident,
                    seat=member.key,
                    person=on_seat[person_id],
                    since=self.since,
                    at=self.now,
                    state=State.ACKNOWLEDGED if is_there else State.CALLING,
                    due_at=None if is_there else action.next_call_at,
                    acknowledged_at=self.now if is_there else None,
                )
            )
        return result


def _people_of(rounds: Iterable[_Round]) -> dict[str, list[Person]]:
    return people_on_seats({member.key for turn in rounds for member in turn.document.major.team})


def _announce(called: Sequence[Called], *, actor: Actor, now: datetime) -> None:
    """Stores the calls, writes the log, queues the messages: a few statements, however many incidents."""
    SeatCall.objects.bulk_create(call for entry in called for call in entry.calls)
    record_all(fact for entry in called for fact in _facts(entry, actor, now))
    queue_all([draft for entry in called for draft in _drafts(entry)], now=now)
    for entry in called:
        _spare_doubles(entry, now)


def _spare_doubles(entry: Called, now: datetime) -> None:
    """Whom a ladder called at this very instant gets one message: the seat's, which any answer by them answers too."""
    waiting = [call.person_id for call in entry.calls if call.state == State.CALLING]
    spare_doubles(
        people=waiting,
        topic_type=TOPIC,
        topic_id=entry.incident.pk,
        kind=calling.KIND,
        made_at=now,
        reason="seat_called",
    )


def _facts(entry: Called, actor: Actor, now: datetime) -> Iterable[Fact]:
    rule = document_of(entry.incident.process_version_id).major.team_paragraph
    waiting = [call for call in entry.calls if call.state == State.CALLING]
    if waiting:
        data = {
            "names": ", ".join(dict.fromkeys(call.person.display_name for call in waiting)),
            "people": [call.person_id for call in waiting],
            "seats": [call.seat for call in waiting],
        }
        yield Fact("escalation.team_called", "incident", entry.incident.pk, now, actor, rule, data)
    for call in entry.calls:
        if call.state == State.ACKNOWLEDGED:
            yield _answered(call, rule, actor, now)
    if entry.missed:
        data = {"seats": [member.key for member in entry.missed]}
        yield Fact("escalation.team_unanswered", "incident", entry.incident.pk, now, SYSTEM, rule, data)


def _answered(call: SeatCall, rule: str, actor: Actor, now: datetime) -> Fact:
    data = {"seats": [call.seat], "name": call.person.display_name, "person": call.person_id}
    return Fact("escalation.team_answered", "incident", call.incident_id, now, actor, rule, data)


def _drafts(entry: Called) -> Iterable[Draft]:
    """One message per person, whatever number of seats they are called for."""
    by_person: dict[Person, list[SeatCall]] = {}
    for call in entry.calls:
        if call.state == State.CALLING:
            by_person.setdefault(call.person, []).append(call)
    for person, calls in by_person.items():
        yield from drafts_for(
            [person],
            kind=KIND,
            key=_key(calls[0]),
            context=_context(entry.incident, calls),
            is_urgent=True,
            needs_ack=True,
            topic_type=TOPIC,
            topic_id=entry.incident.pk,
            link=f"/incidents/{entry.incident.number}/",
        )


def _key(call: SeatCall) -> str:
    return f"team:{call.incident_id}:{call.since.isoformat()}"


def _context(incident: Incident, calls: Sequence[SeatCall]) -> dict[str, Any]:
    major = document_of(incident.process_version_id).major
    trigger = next((entry for entry in major.triggers if entry.key == incident.major_trigger), None)
    members = [member for call in calls if (member := major.seat(call.seat)) is not None]
    return {
        "number": incident.number,
        "title": incident.title,
        "priority": incident.priority,
        "trigger": trigger.label if trigger else "",
        "rule": major.team_paragraph,
        "ack_min": major.acknowledge_within_min,
        "entries": [{"function": member.function} for member in members],
    }


def answer(*, incident: Incident, person: Person, actor: Actor, now: datetime) -> list[SeatCall]:
    """The person is there: every seat they were called for in the latest declaration is answered, late or not.

    Whoever else is still being called for those seats need not come any more. Returns the calls answered.
    """
    calls = calls_of([incident.pk]).get(incident.pk, [])
    if not calls:
        return []
    mine = [call for call in calls if call.person_id == person.pk and call.state in (State.CALLING, State.PASSED)]
    seats = {call.seat for call in mine}
    others = [call for call in calls if call.seat in seats and call.state == State.CALLING and call not in mine]
    for call in mine:
        call.state, call.due_at, call.acknowledged_at = State.ACKNOWLEDGED, None, now
    for call in others:
        call.state, call.due_at = State.ENDED, None
    SeatCall.objects.bulk_update([*mine, *others], ["state", "due_at", "acknowledged_at"])
    still = {call.person_id for call in calls if call.state == State.CALLING}
    keys = [
        f"{_key(call)}:{channel}:{call.person_id}"
        for call in others
        if call.person_id not in still
        for channel in EVERY_CHANNEL
    ]
    skip_keys(keys=keys, reason="acknowledged", now=now)
    rule = document_of(incident.process_version_id).major.team_paragraph
    record_all(_answered(call, rule, actor, now) for call in mine)
    return mine


def end_all(incident_ids: Collection[int], *, reason: str, now: datetime) -> int:
    """Nobody is called to these incidents any more. Returns how many calls still waited."""
    ended = SeatCall.objects.filter(incident__in=incident_ids, state=State.CALLING).update(
        state=State.ENDED, due_at=None
    )
    skip_topics(topic_type=TOPIC, topic_ids=incident_ids, kinds=[KIND], reason=reason, now=now)
    return ended
