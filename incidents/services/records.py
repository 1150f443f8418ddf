"""Writes to contacts and incidents. Only `lifecycle` calls these; each runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from core.actors import Actor
from core.audit import Fact, record, record_all
from core.bulk import update_rows
from core.clock import ZURICH
from core.models import Event
from directory.models import Person
from incidents.models import Alert, Attachment, Comment, Contact, Incident, Link
from incidents.services.search import make_findable, rewrite_search

PERSONAL = frozenset(
    {"reporter_name", "reporter_email", "reporter_phone", "symptom", "title", "resolution", "customer_feedback"}
    | {"priority_override_reason"}
)
"""Never in the log."""
NOT_FOUND_BY = frozenset({"customer_feedback", "priority_override_reason", "reporter_phone"})
"""Personal, but no part of what search reads."""


@dataclass(eq=False)
class Conflict(Exception):
    """Somebody changed the record meanwhile. `fields` maps a name to (yours, theirs)."""

    expected: int
    actual: int
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"the record is at version {self.actual}, the change was made against {self.expected}"


def _take_numbers(sequence: str, prefix: str, instants: Sequence[datetime]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, len(instants)])
        values = [row[0] for row in cursor.fetchall()]
    return [f"{prefix}-{at.astimezone(ZURICH).year}-{value:06d}" for at, value in zip(instants, values, strict=True)]


def plain(value: Any) -> Any:
    """A field value as it stands in an event: keys of related rows, ISO instants, JSON as it is."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _public(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_field(name): plain(value) for name, value in values.items() if name not in PERSONAL}


def _field(name: str) -> str:
    return str(Incident._meta.get_field(name).name)


def open_incidents(drafts: Sequence[tuple[Incident, str, Mapping[str, Any]]], *, actor: Actor, now: datetime) -> None:
    """Stores unsaved incidents, each with the paragraph that caused it and further facts for its event (P-3.1)."""
    numbers = _take_numbers("incidents_incident_number", "INC", [now] * len(drafts))
    for (incident, _rule, _data), number in zip(drafts, numbers, strict=True):
        incident.number, incident.version = number, 1
        incident.created_at = incident.updated_at = now
    incidents = [incident for incident, _rule, _data in drafts]
    Incident.objects.bulk_create(incidents)
    make_findable(incidents)
    names = [
        f.name for f in Incident._meta.concrete_fields if f.name not in PERSONAL | {"id", "updated_at", "weigh_at"}
    ]
    record_all(
        Fact(
            "incident.opened",
            "incident",
            incident.pk,
            now,
            actor,
            rule,
            {
                "set": {
                    name: value for name in names if (value := plain(_raw(incident, name))) not in (None, "", [], False)
                },
                **data,
            },
        )
        for incident, rule, data in drafts
    )


def _raw(incident: Incident, name: str) -> Any:
    return getattr(incident, attribute(name))


def attribute(name: str) -> str:
    """The attribute that holds the plain value of a field: `team_id` for `team`."""
    return str(Incident._meta.get_field(name).attname)  # type: ignore[union-attr]  # no reverse relations here


def change(
    incident: Incident,
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    rule: str = "",
    set_: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Incident:
    """Moves an incident from the version in hand to the next one and records why, or raises Conflict.

    The caller's object is brought up to date. Fields that already have the wanted value are left out of the event.
    """
    changes, was = _difference(incident, set_ or {})
    moved = Incident.objects.filter(pk=incident.pk, version=incident.version).update(
        **changes, version=F("version") + 1, updated_at=now
    )
    if not moved:
        actual = Incident.objects.values_list("version", flat=True).get(pk=incident.pk)
        raise Conflict(incident.version, actual)
    _bring_up_to_date(incident, changes, now)
    record(_fact_of(incident, Move(incident, kind, rule, changes, data or {}), was, actor=actor, now=now))
    if PERSONAL & changes.keys() - NOT_FOUND_BY:
        rewrite_search(incident)
    return incident


@dataclass(frozen=True, slots=True)
class Move:
    """A change to one of many incidents."""

    incident: Incident
    kind: str
    rule: str
    set_: Mapping[str, Any]
    data: Mapping[str, Any]


def change_locked(moves: Sequence[Move], *, actor: Actor, now: datetime) -> None:
    """Changes many incidents in two statements. The caller holds their row locks, so versions cannot differ.

    An incident may stand in `moves` once only, and personal fields are not for bulk changes.
    """
    facts = []
    for move in moves:
        changes, was = _difference(move.incident, move.set_)
        _bring_up_to_date(move.incident, changes, now)
        facts.append(_fact_of(move.incident, replace(move, set_=changes), was, actor=actor, now=now))
    columns = sorted({attribute(name) for move in moves for name in move.set_} | {"id", "version", "updated_at"})
    update_rows(Incident, [{name: getattr(move.incident, name) for name in columns} for move in moves])
    record_all(facts)


def _difference(incident: Incident, set_: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changes = {name: value for name, value in set_.items() if getattr(incident, name) != value}
    return changes, {name: _raw(incident, name) for name in changes}


def _bring_up_to_date(incident: Incident, changes: Mapping[str, Any], now: datetime) -> None:
    for name, value in changes.items():
        setattr(incident, name, value)
    incident.version += 1
    incident.updated_at = now


def _fact_of(incident: Incident, move: Move, was: Mapping[str, Any], *, actor: Actor, now: datetime) -> Fact:
    told = {"set": {**_public(move.set_), "version": incident.version}, "was": _public(was), **move.data}
    return Fact(move.kind, "incident", incident.pk, now, actor, move.rule, told)


def set_next_due(due: Mapping[int, datetime | None]) -> None:
    """Copies the earliest due instant of each incident's clocks to the record, for sorting; no change of the record."""
    by_value: dict[datetime | None, list[int]] = {}
    for pk, value in due.items():
        by_value.setdefault(value, []).append(pk)
    for value, pks in by_value.items():
        Incident.objects.filter(pk__in=pks).update(next_due_at=value)


def store_contact(contact: Contact, *, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None) -> Contact:
    """Stores an unsaved contact (P-2.1). A `source_key` seen before returns the stored one and records nothing."""
    known = Contact.objects.filter(source_key=contact.source_key)
    if contact.source_key and (stored := known.first()):
        return stored
    try:
        with transaction.atomic():
            store_contacts([contact], actor=actor, now=now, data=data)
    except IntegrityError:  # somebody stored the same one a moment ago
        if contact.source_key and (stored := known.first()):
            return stored
        raise
    return contact


def store_contacts(
    contacts: Sequence[Contact], *, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Stores unsaved contacts in two statements (P-2.1); `data` are further facts for their events."""
    if not contacts:
        return
    numbers = _take_numbers("incidents_contact_number", "CON", [now] * len(contacts))
    for contact, number in zip(contacts, numbers, strict=True):
        contact.number, contact.created_at = number, now
    Contact.objects.bulk_create(contacts)
    record_all(
        Fact("contact.taken", "contact", contact.pk, now, actor, "§2", {"channel": contact.channel, **(data or {})})
        for contact in contacts
    )


def change_contact(
    contact: Contact, *, kind: str, actor: Actor, now: datetime, set_: Mapping[str, Any], data: Mapping[str, Any]
) -> Contact:
    """Moves a contact from the version in hand to the next, with its event, or raises Conflict (P-2.2)."""
    moved = Contact.objects.filter(pk=contact.pk, version=contact.version).update(**set_, version=F("version") + 1)
    if not moved:
        actual = Contact.objects.values_list("version", flat=True).get(pk=contact.pk)
        raise Conflict(contact.version, actual)
    for name, value in set_.items():
        setattr(contact, name, value)
    contact.version += 1
    public = {name: plain(value) for name, value in set_.items() if name != "answer"}
    record(Fact(kind, "contact", contact.pk, now, actor, "§2", {"set": public, **data}))
    return contact


def wipe_contacts(contacts: Sequence[Contact], *, stand_in: str, actor: Actor, now: datetime, rule: str) -> None:
    """Replaces who reported and what was said in contacts the caller holds locked."""
    for contact in contacts:
        told = {name: stand_in for name in ("body", "answer") if getattr(contact, name)}
        set_ = {"reporter_name": stand_in, "reporter_email": "", "reporter_phone": "", "subject": stand_in, **told}
        Contact.objects.filter(pk=contact.pk).update(**set_, version=F("version") + 1)
    record_all(Fact("contact.anonymised", "contact", contact.pk, now, actor, rule) for contact in contacts)


def lead_to(contact: Contact, incident: Incident) -> None:
    """Hangs a contact on the incident it led to, ahead of its classification, which records it."""
    contact.incident = incident
    contact.save(update_fields=["incident"])


def write_comment(
    incident: Incident, *, kind: Comment.Kind, body: str, author: Person | None, author_label: str, now: datetime
) -> Comment:
    """Stores a note or message; its event is the caller's."""
    return Comment.objects.create(
        incident=incident, kind=kind, body=body, author=author, author_label=author_label[:200], at=now
    )


def store_link(source: Incident, target: Incident, *, kind: str, now: datetime) -> bool:
    """Links two incidents; False when they already are."""
    _link, created = Link.objects.get_or_create(source=source, target=target, kind=kind, defaults={"created_at": now})
    return created


def remove_link(source: Incident, target: Incident, *, kind: str) -> bool:
    """Removes a link; False when there was none."""
    removed, _rows = Link.objects.filter(source=source, target=target, kind=kind).delete()
    return bool(removed)


def store_attachment(attachment: Attachment) -> Attachment:
    """Stores the row of a file that already lies in its folder."""
    attachment.save(force_insert=True)
    return attachment


def move_belongings(source: Incident, target: Incident) -> dict[str, list[int]]:
    """Gives contacts and alerts of `source` to `target`; returns their ids so that it can be taken back."""
    contacts = list(source.contacts.values_list("pk", flat=True))
    alerts = list(source.alerts.values_list("pk", flat=True))
    Contact.objects.filter(pk__in=contacts).update(incident=target)
    Alert.objects.filter(pk__in=alerts).update(incident=target)
    return {"contacts": contacts, "alerts": alerts}


def return_belongings(incident: Incident, moved: Mapping[str, list[int]]) -> None:
    """Takes back what `move_belongings` gave away."""
    Contact.objects.filter(pk__in=moved["contacts"]).update(incident=incident)
    Alert.objects.filter(pk__in=moved["alerts"]).update(incident=incident)


def last_merge(incident: Incident) -> dict[str, Any] | None:
    """The facts of the incident's last merge, if that is how it ended."""
    event = (
        Event.objects.filter(subject_type="incident", subject_id=incident.pk)
        .filter(kind__in=["incident.merged", "incident.unmerged", "incident.cancelled"])
        .order_by("-pk")
        .first()
    )
    return event.data if event is not None and event.kind == "incident.merged" else None
