"""The end of an incident and the way back: resolve, reopen, close, cancel, feedback (§3, §14)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import escalation.selectors
import escalation.services
from core.text import clean
from incidents import services
from incidents.models import Incident
from incidents.rules.states import Status, Verb
from lifecycle import climb, connect, correspondence, family, review, team
from lifecycle.access import By
from lifecycle.desk import let_clocks_follow, rules_for, take_in_hand
from lifecycle.errors import Invalid
from lifecycle.major_end import refuse_major
from process.schema import ClosureCode

SATISFACTION = ("satisfied", "neutral", "dissatisfied", "especially_dissatisfied")


@transaction.atomic
def resolve(
    number: str, *, code: str, text: str, by: By, now: datetime, cascade: bool = False, version: int | None = None
) -> Incident:
    """The interruption is over: closure code and solution are kept, the resolution clock stops (R9).

    With `cascade` the open incidents below it are resolved before it, for the same reason and in the same words;
    without, they are named in a refusal.
    """
    if cascade:
        family.lock(number)
    incident = take_in_hand(number, by=by, verb=Verb.RESOLVE, version=version)
    _check_solution(incident, code=code, text=text)
    for child in family.from_the_bottom(incident) if cascade else ():
        with _refused_for(child):
            resolved(child, code=code, text=text, by=by, now=now, parent=number)
    return resolved(incident, code=code, text=text, by=by, now=now)


def resolved(
    incident: Incident, *, code: str, text: str, by: By, now: datetime, rule: str = "§14/8", parent: str = ""
) -> Incident:
    """Resolves an incident already in hand; also used by the rule that follows a recovery.

    `parent` is the number of the incident it is resolved together with.
    """
    _check_solution(incident, code=code, text=text)
    family.refuse_open_children(incident)
    owes_review = incident.is_major and review.owed(incident) is not None
    services.change(
        incident,
        kind="incident.resolved",
        actor=by.actor,
        now=now,
        rule=rule,
        set_={
            "status": Status.RESOLVED.value,
            "resolution": clean(text.strip(), limit=50_000),
            "closure_code": code,
            "resolved_at": now,
            "pending_reason": "",
            "pending_until": None,
            "auto_close_at": None if owes_review else review.closes_at(rules_for(incident), now=now),
        },
        data={"code": code, **_together_with(parent)},
    )
    services.end_proposal(incident)
    escalation.services.close_all([incident.pk], now=now)
    let_clocks_follow(incident, by=by, now=now)
    correspondence.write_to_reporter(
        incident,
        kind="incident_resolved",
        key=f"incident:{incident.pk}:resolved:{incident.version}",
        context={"resolution": incident.resolution, "author": by.actor.label if by.person else ""},
        now=now,
    )
    if owes_review:
        review.remind_owner(incident, now=now)
    return incident


@transaction.atomic
def reopen(number: str, *, reason: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """The trouble is back within the time the document allows (R10). Later a new, linked incident is opened."""
    services.lock_alerts_of(number)
    incident = take_in_hand(number, by=by, verb=Verb.REOPEN, version=version)
    if not reason.strip():
        raise Invalid.field("reason", _("Warum wird wiedereröffnet?"))
    days = rules_for(incident).reopen.reopen_within_days
    if incident.resolved_at and now > incident.resolved_at + timedelta(days=days):
        raise Invalid.field(
            "reason", _("Nach %(days)d Tagen wird ein neuer Incident eröffnet und verknüpft.") % {"days": days}
        )
    services.call_off_recoveries(incident)
    return reopened(incident, reason=reason, by=by, now=now)


def reopened(incident: Incident, *, reason: str, by: By, now: datetime, rule: str = "§14/8") -> Incident:
    """Reopens an incident already in hand; the same clocks go on, and its rung is called anew (P-5.3)."""
    reason = clean(reason, limit=500)
    services.change(
        incident,
        kind="incident.reopened",
        actor=by.actor,
        now=now,
        rule=rule,
        set_={
            "status": Status.IN_PROGRESS.value,
            "resolved_at": None,
            "closure_code": "",
            "auto_close_at": None,
            "reopen_count": incident.reopen_count + 1,
        },
        data={"reason": reason},
    )
    let_clocks_follow(incident, by=by, now=now)
    steps = climb.call_again(incident, rule=rule, by=by, now=now, note=reason)
    if incident.is_major:
        team.call([incident], by=by, now=now)
    holder = incident.assignee
    if holder is not None and holder != by.person and not escalation.selectors.is_called(holder, steps):
        correspondence.tell(
            [holder],
            kind="incident_reopened",
            key=f"incident:{incident.pk}:reopened:{incident.version}",
            context=correspondence.about(incident) | {"reason": reason},
            topic=("incident", incident.pk),
            link=correspondence.link_to(incident),
            urgent=incident.is_major,
            now=now,
        )
    return incident


@transaction.atomic
def close(number: str, *, by: By, now: datetime, version: int | None = None) -> Incident:
    """The last word: nothing is expected any more. A closed incident is never reopened."""
    incident = take_in_hand(number, by=by, verb=Verb.CLOSE, version=version)
    return closed(incident, by=by, now=now)


def closed(incident: Incident, *, by: By, now: datetime, rule: str = "§14/8") -> Incident:
    """Closes an incident already in hand; also used by the rule after the waiting days.

    A major is not done before its review is (P-6.3): it has no date on which it would close by rule.
    """
    review.refuse_while_owed(incident)
    services.change(
        incident,
        kind="incident.closed",
        actor=by.actor,
        now=now,
        rule=rule,
        set_={"status": Status.CLOSED.value, "closed_at": now, "auto_close_at": None},
    )
    let_clocks_follow(incident, by=by, now=now)
    return incident


@transaction.atomic
def cancel(
    number: str,
    *,
    code: str,
    reason: str,
    by: By,
    now: datetime,
    target: str = "",
    cascade: bool = False,
    version: int | None = None,
) -> Incident:
    """It was no incident, a duplicate, or withdrawn. A duplicate names the incident it repeats.

    With `cascade` the open incidents below it are cancelled before it, for the same reason and in the same words;
    without, they are named in a refusal.
    """
    (family.lock if cascade else connect.lock_in_order)(number, target)
    incident = take_in_hand(number, by=by, verb=Verb.CANCEL, version=version)
    _check_cancelling(incident, code=code, reason=reason, target=target)
    children = family.from_the_bottom(incident) if cascade else []
    if target.strip().upper() in {child.number for child in children}:
        raise Invalid.field("target", _("Das Original würde mit storniert: Es ist diesem Incident untergeordnet."))
    for child in children:
        with _refused_for(child):
            _cancelled(child, code=code, reason=reason, target=target, by=by, now=now, parent=number)
    return _cancelled(incident, code=code, reason=reason, target=target, by=by, now=now)


def _cancelled(
    incident: Incident, *, code: str, reason: str, target: str, by: By, now: datetime, parent: str = ""
) -> Incident:
    """Cancels an incident already in hand; `parent` is the number of the one it is cancelled together with."""
    rule = _check_cancelling(incident, code=code, reason=reason, target=target)
    family.refuse_open_children(incident)
    if target.strip():
        connect.link(incident.number, kind="duplicate", target=target, by=by, now=now)
        incident.refresh_from_db()
    services.change(
        incident,
        kind="incident.cancelled",
        actor=by.actor,
        now=now,
        rule=rule.paragraph,
        set_={
            "status": Status.CANCELLED.value,
            "closure_code": code,
            "closed_at": now,
            "pending_reason": "",
            "pending_until": None,
        },
        data={"code": code, "reason": clean(reason, limit=500), **_together_with(parent)},
    )
    services.end_proposal(incident)
    escalation.services.close_all([incident.pk], now=now)
    let_clocks_follow(incident, by=by, now=now)
    return incident


@transaction.atomic
def feedback(
    number: str, *, text: str, by: By, now: datetime, satisfaction: str = "", version: int | None = None
) -> Incident:
    """What the customer says of the solution (§3)."""
    incident = take_in_hand(number, by=by, verb=Verb.FEEDBACK, version=version)
    if satisfaction and satisfaction not in SATISFACTION:
        raise Invalid.field("satisfaction", _("Erlaubt sind: %(values)s") % {"values": ", ".join(SATISFACTION)})
    if not text.strip() and not satisfaction:
        raise Invalid.field("text", _("Die Rückmeldung ist leer."))
    set_: dict[str, Any] = {"customer_feedback": clean(text.strip(), limit=20_000)}
    if satisfaction:
        set_["customer_satisfaction"] = satisfaction
    return services.change(incident, kind="incident.feedback", actor=by.actor, now=now, rule="§3", set_=set_)


def _check_solution(incident: Incident, *, code: str, text: str) -> None:
    _closure_code(rules_for(incident).closure_codes, code, for_cancel=False)
    if not text.strip():
        raise Invalid.field("text", _("Was war die Lösung? Der Text fehlt."))


def _check_cancelling(incident: Incident, *, code: str, reason: str, target: str) -> ClosureCode:
    rule = _closure_code(rules_for(incident).closure_codes, code, for_cancel=True)
    if not reason.strip():
        raise Invalid.field("reason", _("Warum wird storniert?"))
    refuse_major(incident, "code")
    if rule.needs_link and not target.strip():
        raise Invalid.field("target", _("Von welchem Incident ist das ein Duplikat?"))
    return rule


def _together_with(parent: str) -> dict[str, str]:
    return {"parent": parent.strip().upper()} if parent else {}


@contextmanager
def _refused_for(child: Incident) -> Iterator[None]:
    """What is wrong for an incident below, which may live under another document, is said under its number."""
    try:
        yield
    except Invalid as problem:
        errors = {name: [f"{child.number}: {text}" for text in texts] for name, texts in problem.errors.items()}
        raise Invalid(errors) from None


def _closure_code(codes: list[ClosureCode], code: str, *, for_cancel: bool) -> ClosureCode:
    fitting = [entry for entry in codes if (entry.for_cancel if for_cancel else entry.for_resolve)]
    for entry in fitting:
        if entry.key == code:
            return entry
    raise Invalid.field("code", _("Erlaubt sind: %(codes)s") % {"codes": ", ".join(entry.key for entry in fitting)})
