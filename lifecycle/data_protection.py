"""Data-protection cases (§7): suspected by anybody, answered for by the officer, hidden from everybody else.

Everything here asks `cases_visible_to` first: for who may not know of a case there is none (P-7.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import holders
from incidents.models import Incident
from incidents.rules.states import Verb as IncidentVerb
from lifecycle import withholding
from lifecycle.access import RULES, By
from lifecycle.case_desk import (
    kept_until,
    let_duties_follow,
    link_to,
    lock_incident,
    log,
    may_decide,
    state_after,
    take,
    topic,
    write,
)
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid, NotFound
from notifications.services import acknowledge_topic, notify_people, skip_topic
from privacy import services
from privacy.models import SUBJECT, Case, Note
from privacy.rules.states import Verb
from privacy.selectors import BOARD, OFFICER, cases_visible_to

State = Case.State
CALL = "privacy_call"


@transaction.atomic
def suspect_breach(
    number: str, *, grounds: str, by: By, now: datetime, neutral: str = "", version: int | None = None
) -> Incident:
    """Somebody suspects a data-protection incident: the officer is called at once, the record is withheld (P-7.1).

    Suspecting it again adds the grounds to the case that is there; to the one who does, both look the same.
    """
    incident = take_in_hand(number, by=by, verb=IncidentVerb.SUSPECT_BREACH, version=version)
    if not grounds.strip():
        raise Invalid.field("grounds", _("Was lässt Sie das vermuten? Ein Satz genügt."))
    begin(incident, grounds=grounds, neutral=neutral, by=by, now=now)
    return incident


def look_again(incident: Incident, *, now: datetime, triggers: Sequence[str] = ()) -> None:
    """Facts of an incident (locked) changed: where the document suspects a breach by them, its case begins (P-7.1)."""
    criteria = (*incident.urgency_criteria, *incident.impact_criteria)
    if not rules_for(incident).data_protection_calls.suspects(incident.category, criteria, triggers):
        return
    if not Case.objects.filter(incident=incident).exists():  # what people decided about is theirs
        begin(incident, by=RULES, now=now)


def begin(
    incident: Incident,
    *,
    by: By,
    now: datetime,
    grounds: str = "",
    neutral: str = "",
    told: tuple[str, str] | None = None,
) -> Case:
    """Opens the case of an incident (locked, or opened by this very transaction), and calls the officer (P-7.1).

    `told` are title and symptom of an incident that was opened with stand-ins.
    """
    calls = rules_for(incident).data_protection_calls
    case = Case.objects.select_for_update().filter(incident=incident).first()
    if case is None:
        case = services.open_case(
            incident,
            by=by.person,
            actor=by.actor,
            now=now,
            acknowledge_by=now + timedelta(minutes=calls.acknowledge_within_min),
            rule=calls.paragraph,
        )
        _call([case], now=now)
    elif not case.is_open:
        _take_up_again(case, by=by, now=now)
    if grounds.strip():
        log(case, "privacy.noted", by=by, now=now, **write(case, grounds, kind=Note.Kind.GROUNDS, by=by, now=now))
    count = withholding.withhold(incident, case, neutral=neutral, actor=by.actor, now=now, told=told)
    services.log(case, "privacy.withheld", actor=by.actor, now=now, rule=calls.paragraph, count=count)
    let_duties_follow(case)
    return case


def _take_up_again(case: Case, *, by: By, now: datetime) -> None:
    """What was over is suspected anew: the officer is called as for the first time, and it has to end anew."""
    calls = rules_for(case.incident).data_protection_calls
    ended = ("confirmed_at", "review_done_at", "dismissed_at", "closed_at", "keep_until", "emptied_at")
    set_ = {
        **dict.fromkeys(ended),
        "state": State.SUSPECTED,
        "officer": None,
        "acknowledged_at": None,
        "board_called_at": None,
        "next_call_at": now,
        "acknowledge_by": now + timedelta(minutes=calls.acknowledge_within_min),
    }
    services.change(case, now=now, set_=set_)
    services.log(case, "privacy.suspected", actor=by.actor, now=now, rule=calls.paragraph, number=case.incident.number)
    _call([case], now=now)


@transaction.atomic
def unanswered(now: datetime, batch: int) -> int:
    """One batch of cases nobody has answered for: whoever was called is called again, then the board too (P-7.1)."""
    due = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("incident")
    cases = list(due.filter(next_call_at__lte=now).order_by("next_call_at")[:batch])
    _call(cases, now=now)
    return len(cases)


def _call(cases: Iterable[Case], *, now: datetime) -> None:
    """Calls officer and deputies by every channel, at any hour; from the document's minute on the board as well.

    The message says that there is a case and nothing of what is in it.
    """
    for case in cases:
        calls = rules_for(case.incident).data_protection_calls
        people = {person.pk: person for person in holders(OFFICER, now=now)}
        if not people:
            services.log(case, "privacy.unanswered", actor=RULES.actor, now=now, rule=calls.paragraph, role=OFFICER)
        set_: dict[str, Any] = {
            "next_call_at": now + timedelta(minutes=calls.repeat_every_min),
            "calls_made": case.calls_made + 1,
        }
        if not people or now >= case.acknowledge_by:
            people |= {person.pk: person for person in holders(BOARD, now=now)}
            set_["board_called_at"] = case.board_called_at or now
        elif set_["next_call_at"] > case.acknowledge_by:
            set_["next_call_at"] = case.acknowledge_by
        services.change(case, now=now, set_=set_)
        notify_people(
            people.values(),
            kind=CALL,
            key=f"privacy:{case.pk}:{case.calls_made}",
            context={"number": case.number, "rule": calls.paragraph},
            is_urgent=True,
            needs_ack=True,
            topic_type=SUBJECT,
            topic_id=case.pk,
            link=link_to(case),
            thread=case.number,
            now=now,
        )
        names = ", ".join(person.display_name for person in people.values()) or "–"
        services.log(
            case,
            "privacy.called",
            actor=RULES.actor,
            now=now,
            rule=calls.paragraph,
            names=names,
            people=list(people),
            round=case.calls_made,
        )
    ring_after_commit()


def call_board(case: Case, *, now: datetime) -> None:
    """The executive board hears that there is a case (locked) for it, and may read it from now on (P-7.5)."""
    people = holders(BOARD, now=now)
    services.change(case, now=now, set_={"board_called_at": now})
    notify_people(
        people,
        kind="privacy_reader",
        key=f"privacy:{case.pk}:board:{case.version}",
        context={"number": case.number},
        is_urgent=True,
        link=link_to(case),
        now=now,
        **topic(case),
    )
    names = ", ".join(person.display_name for person in people) or "–"
    facts = {"names": names, "people": [person.pk for person in people], "round": case.calls_made}
    log(case, "privacy.called", by=RULES, now=now, **facts)
    ring_after_commit()


@transaction.atomic
def acknowledge(number: str, *, by: By, now: datetime, version: int | None = None) -> Case:
    """Somebody who was called answers for the case; nobody is called any more (P-7.1). Answering twice is once."""
    case = take(number, by=by, version=version)
    if case.acknowledged_at is None and by.person is not None:
        answer_for(case, by=by, now=now)
    return case


def answer_for(case: Case, *, by: By, now: datetime) -> None:
    """Somebody takes on a case (locked) that nobody had answered for."""
    set_ = {"acknowledged_at": now, "officer": by.person, "next_call_at": None, "state": State.DPO_NOTIFIED}
    services.change(case, now=now, set_=set_)
    log(case, "privacy.acknowledged", by=by, now=now)
    _no_more_calls(case, by=by, now=now)


def _no_more_calls(case: Case, *, by: By, now: datetime) -> None:
    if by.person is not None:
        acknowledge_topic(person_id=by.person.pk, topic_type=SUBJECT, topic_id=case.pk, now=now)
    skip_topic(topic_type=SUBJECT, topic_id=case.pk, reason="answered", now=now, kinds=[CALL])


@transaction.atomic
def note(number: str, *, text: str, by: By, now: datetime, version: int | None = None) -> Case:
    """Keeps a text in the case."""
    case = take(number, by=by, version=version)
    if not text.strip():
        raise Invalid.field("text", _("Der Text ist leer."))
    log(case, "privacy.noted", by=by, now=now, **write(case, text, kind=Note.Kind.NOTE, by=by, now=now))
    return services.change(case, now=now, set_={})


@transaction.atomic
def dismiss(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Case:
    """The officer says, with a reason, that it is none: what was withheld goes back to the incident (P-7.2)."""
    may_decide(by)
    case = take(number, by=by, version=version, first=lock_incident)
    if not reason.strip():
        raise Invalid.field("reason", _("Warum ist es keiner? Die Begründung gehört zum Nachweis."))
    if case.acknowledged_at is None:
        answer_for(case, by=by, now=now)
    set_ = {"state": state_after(case, Verb.DISMISS), "dismissed_at": now, **kept_until(case, now=now)}
    services.change(case, now=now, set_=set_)
    services.silence(case)
    log(case, "privacy.dismissed", by=by, now=now, **write(case, reason, kind=Note.Kind.REASON, by=by, now=now))
    _no_more_calls(case, by=by, now=now)
    count = withholding.give_back(case.incident, case, actor=by.actor, now=now)
    log(case, "privacy.returned", by=by, now=now, count=count)
    return case


@transaction.atomic
def let_read(number: str, *, person: Person, reason: str, by: By, now: datetime, version: int | None = None) -> Case:
    """The officer names somebody who needs to know, and why (P-7.5); they hear that there is a case for them."""
    may_decide(by)
    case = take(number, by=by, version=version)
    if not reason.strip():
        raise Invalid.field("reason", _("Wozu braucht diese Person den Fall?"))
    if not person.is_active:
        raise Invalid.field("person", _("Diese Person ist gesperrt."))
    if not services.add_reader(case, person, reason=clean(reason.strip(), limit=500), now=now):
        raise Invalid.field("person", _("Diese Person liest bereits mit."))
    services.change(case, now=now, set_={})
    log(case, "privacy.reader_added", by=by, now=now, name=person.display_name, person=person.pk)
    notify_people(
        [person],
        kind="privacy_reader",
        key=f"privacy:{case.pk}:reader:{person.pk}:{case.version}",
        context={"number": case.number},
        topic_type=SUBJECT,
        topic_id=case.pk,
        link=link_to(case),
        thread=case.number,
        now=now,
    )
    ring_after_commit()
    return case


@transaction.atomic
def stop_reading(number: str, *, person: Person, by: By, now: datetime, version: int | None = None) -> Case:
    """The officer ends somebody's reading (P-7.5)."""
    may_decide(by)
    case = take(number, by=by, version=version)
    if not services.remove_reader(case, person, now=now):
        raise Invalid.field("person", _("Diese Person liest nicht mit."))
    services.change(case, now=now, set_={})
    log(case, "privacy.reader_removed", by=by, now=now, name=person.display_name, person=person.pk)
    return case


@transaction.atomic
def look_into(number: str, *, what: str, by: By, now: datetime) -> Case:
    """The case for somebody who may read it; that they did is kept (P-7.5). Raises NotFound for everybody else."""
    case = (
        cases_visible_to(by.person).select_related("incident", "officer", "suspected_by").filter(number=number).first()
    )
    if case is None or by.person is None:
        raise NotFound(number)
    services.read(case, by.person, what=what, via=by.actor.via, now=now)
    return case
