"""Retention: what the document says is too old loses whom it is about, night by night, and says what it did (N7).

A type of record is an entry of `TYPES`: which rows are due, why some of them stay, what becomes of the rest. Each batch
is a transaction of its own under row locks others skip, so a killed run leaves the rest for the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from incidents.models import FINAL_VALUES, Attachment, Contact, Incident
from lifecycle import register_retention, subscriptions
from lifecycle.access import RULES
from lifecycle.personal import loose_files, wiping
from lifecycle.personal.holds import held_incidents
from notifications.models import Message
from notifications.services import forget_messages
from privacy.models import RetentionReport
from privacy.services import report_retention
from process.schema import RetentionRule
from process.selectors import current, document
from statuspage.models import Subscriber

log = structlog.get_logger()
ONE_BY_ONE, TOGETHER, MANY = 20, 200, 2000
"""Rows of a batch: those that are written anew each, those that go with few statements, those that go with one."""
MOST_BATCHES = 25
"""Of a type and night: a bounded task. What is left waits for the next one."""
Rows = Sequence[Any]


def _nothing(rows: Rows) -> dict[Any, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Type:
    """A type of record. `due` finds what ended before an instant, `erase` gets rows it holds locked.

    `held` maps the keys of rows that stay to a word of `lifecycle.personal.holds.WHY`.
    """

    due: Callable[[datetime], QuerySet[Any]]
    erase: Callable[[Rows, datetime], object]
    held: Callable[[Rows], dict[Any, str]] = _nothing
    batch: int = TOGETHER


@dataclass
class Outcome:
    """What a run found of a type, what it erased, and why how many stayed."""

    rule: RetentionRule
    cutoff: datetime
    found: int = 0
    erased: int = 0
    held: Counter[str] = field(default_factory=Counter)


TYPES: dict[str, Type] = {}


def register(key: str, type_: Type) -> None:
    """Makes a type known under its key in the document; apps above this floor do so when they are ready."""
    TYPES[key] = type_


def run(*, now: datetime, is_dry: bool = False) -> list[Outcome]:
    """Everything the document names and somebody carries out. Dry, it only counts. One that fails stops no other."""
    version = current()
    rules = document(version.pk)
    outcomes = []
    for rule in rules.retention:
        if rule.key not in TYPES:
            continue
        try:
            outcomes.append(carry_out(rule, now=now, is_dry=is_dry))
        except Exception:  # the others are due all the same, and the report shows what is missing
            log.exception("retention_failed", type=rule.key)
    if not is_dry:
        _remove_files(now=now)
        for outcome in outcomes:
            report_retention(
                type=outcome.rule.key,
                at=now,
                cutoff=outcome.cutoff,
                process_version=version.number,
                found=outcome.found,
                erased=outcome.erased,
                held=dict(outcome.held),
            )
    return outcomes


def _remove_files(*, now: datetime) -> None:
    wiping.remove_doomed()
    try:
        loose_files.remove(now=now)
    except Exception:  # a key that is lost keeps files, not the report
        log.exception("loose_files_failed")


def carry_out(rule: RetentionRule, *, now: datetime, is_dry: bool = False) -> Outcome:
    """One type, batch after batch."""
    outcome = Outcome(rule, rule.before(now))
    last: Any = None
    for _turn in range(MOST_BATCHES):
        last = _batch(TYPES[rule.key], outcome, after=last, now=now, is_dry=is_dry)
        if last is None:
            break
    return outcome


@transaction.atomic
def _batch(type_: Type, outcome: Outcome, *, after: Any, now: datetime, is_dry: bool) -> Any:
    """Claims a batch; returns the key of its last row, or None when there was none."""
    due = type_.due(outcome.cutoff).order_by("pk")
    if after is not None:
        due = due.filter(pk__gt=after)
    rows = list((due if is_dry else due.select_for_update(skip_locked=True, of=("self",)))[: type_.batch])
    if not rows:
        return None
    held = type_.held(rows)
    free = [row for row in rows if row.pk not in held]
    if free and not is_dry:
        type_.erase(free, now)
    outcome.found += len(rows)
    outcome.erased += len(free)
    outcome.held.update(held.values())
    return rows[-1].pk


def reports(*, limit: int = 300) -> list[RetentionReport]:
    """What the last runs did, the newest first."""
    return list(RetentionReport.objects.all()[:limit])


def _incidents(before: datetime) -> QuerySet[Incident]:
    """Those a person recorded or left an address with; a source gives its name, and is nobody."""
    told = Q(service_desk_agent__isnull=False) | ~Q(reporter_email="") | ~Q(reporter_phone="")
    done = Q(symptom__startswith=wiping.PREFIX)
    return Incident.objects.filter(told, status__in=FINAL_VALUES, closed_at__lt=before).exclude(done)


def _held(rows: Rows) -> dict[Any, str]:
    return held_incidents(Incident.objects.filter(pk__in=[row.pk for row in rows]))


def _wipe_incidents(rows: Rows, now: datetime) -> None:
    contacts = list(Contact.objects.select_for_update().filter(incident__in=rows).order_by("pk"))
    wiping.wipe(rows, contacts, by=RULES, now=now)


def _contacts(before: datetime) -> QuerySet[Contact]:
    done = Q(subject__startswith=wiping.PREFIX)
    return Contact.objects.filter(state=Contact.State.ANSWERED, incident=None, answered_at__lt=before).exclude(done)


def _attachments(before: datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(incident__status__in=FINAL_VALUES, incident__closed_at__lt=before)


def _held_with_their_incident(rows: Rows) -> dict[Any, str]:
    held = held_incidents(Incident.objects.filter(pk__in={row.incident_id for row in rows}))
    return {row.pk: held[row.incident_id] for row in rows if row.incident_id in held}


def _messages(before: datetime) -> QuerySet[Message]:
    done = Q(body__startswith=wiping.PREFIX)
    return Message.objects.filter(created_at__lt=before).exclude(state=Message.State.QUEUED).exclude(done)


def _held_messages(rows: Rows) -> dict[Any, str]:
    """Messages about incidents that stay, and about contacts that led to one."""
    led = dict(
        Contact.objects.filter(pk__in=[row.topic_id for row in rows if row.topic_type == "contact"])
        .exclude(incident=None)
        .values_list("pk", "incident_id")
    )
    about = {
        row.pk: row.topic_id if row.topic_type == "incident" else led.get(row.topic_id)
        for row in rows
        if row.topic_type in ("incident", "contact")
    }
    held = held_incidents(Incident.objects.filter(pk__in={pk for pk in about.values() if pk}))
    return {pk: held[incident] for pk, incident in about.items() if incident in held}


register("incidents", Type(_incidents, _wipe_incidents, _held, batch=ONE_BY_ONE))
register("contacts", Type(_contacts, lambda rows, now: wiping.wipe([], rows, by=RULES, now=now)))
register(
    "attachments",
    Type(_attachments, lambda rows, now: wiping.remove_files(rows, now=now), _held_with_their_incident),
)
register(
    "messages",
    Type(
        _messages,
        lambda rows, now: forget_messages(_of(Message, rows), text=wiping.stand_in(now)),
        _held_messages,
        batch=MANY,
    ),
)
register(
    "subscriptions",
    Type(
        lambda before: Subscriber.objects.filter(confirmed_at=None, asked_at__lte=before),
        lambda rows, now: subscriptions.forget(rows, reason="not confirmed"),
    ),
)
register(
    "sessions",
    Type(
        lambda before: Session.objects.filter(expire_date__lt=before),
        lambda rows, now: _of(Session, rows).delete(),
        batch=MANY,
    ),
)


for key, is_grave in (("register", False), ("register_sensitive", True)):
    due = partial(register_retention.ended, is_grave=is_grave)
    register(key, Type(due, register_retention.empty, register_retention.held, batch=ONE_BY_ONE))


def _of(model: Any, rows: Rows) -> QuerySet[Any]:
    found: QuerySet[Any] = model._default_manager.filter(pk__in=[row.pk for row in rows])
    return found
