"""Writes to a case itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.actors import Actor
from core.audit import Fact, record
from core.clock import ZURICH
from core.secrets import encrypt
from directory.models import Person
from incidents.models import Incident
from privacy.models import SUBJECT, Case, Note, Reader, Reading, Withheld
from privacy.services.law import law_in_force


@dataclass(frozen=True, slots=True)
class Kept:
    """A text taken out of the record: where it stood, and whose it is."""

    place: Withheld.Place
    row: int
    field: str
    text: str
    label: str
    written_at: datetime


def open_case(
    incident: Incident, *, by: Person | None, actor: Actor, now: datetime, acknowledge_by: datetime, rule: str
) -> Case:
    """Stores a new case of an incident, under the law in force; whoever answers for it is called at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('privacy_case_number')")
        number = f"DS-{now.astimezone(ZURICH).year}-{cursor.fetchone()[0]:06d}"
    case = Case.objects.create(
        number=number,
        incident=incident,
        suspected_at=now,
        suspected_by=by,
        acknowledge_by=acknowledge_by,
        next_call_at=now,
        law=law_in_force(now=now),
        updated_at=now,
    )
    log(case, "privacy.suspected", actor=actor, now=now, rule=rule, number=incident.number)
    return case


def log(case: Case, kind: str, *, actor: Actor, now: datetime, rule: str, **data: Any) -> None:
    """Writes an event of a case."""
    record(Fact(kind, SUBJECT, case.pk, now, actor, rule, data))


def change(case: Case, *, now: datetime, set_: Mapping[str, Any]) -> Case:
    """Changes a case that the caller holds locked, and counts its version. Its event is the caller's."""
    for name, value in {**set_, "version": case.version + 1, "updated_at": now}.items():
        setattr(case, name, value)
    case.save(update_fields=[*set_, "version", "updated_at"])
    return case


def write_note(case: Case, text: str, *, kind: Note.Kind, actor: Actor, now: datetime) -> dict[str, Any]:
    """Keeps a text, encrypted; returns what the log keeps of it: its row and a digest."""
    note = Note.objects.create(case=case, kind=kind, sealed=encrypt(text), author_label=actor.label[:200], at=now)
    digest = hashlib.sha256(f"{note.pk}:{now.isoformat()}:{text}".encode()).hexdigest()
    return {"note": note.pk, "digest": digest}


def keep(case: Case, kept: Iterable[Kept], *, now: datetime) -> int:
    """Takes texts into the case, encrypted; returns how many."""
    rows = [
        Withheld(
            case=case,
            place=entry.place,
            row=entry.row,
            field=entry.field,
            sealed=encrypt(entry.text),
            label=entry.label[:200],
            written_at=entry.written_at,
            withheld_at=now,
        )
        for entry in kept
    ]
    Withheld.objects.bulk_create(rows)
    return len(rows)


def add_reader(case: Case, person: Person, *, reason: str, now: datetime) -> bool:
    """Lets somebody read the case; False when they do already."""
    _reader, created = Reader.objects.get_or_create(
        case=case, person=person, until=None, defaults={"reason": reason, "since": now}
    )
    return created


def remove_reader(case: Case, person: Person, *, now: datetime) -> bool:
    """Ends somebody's reading; False when they did not read."""
    return bool(Reader.objects.filter(case=case, person=person, until=None).update(until=now))


def read(case: Case, person: Person, *, what: str, via: str, now: datetime) -> None:
    """Keeps that somebody read something of the case (P-7.5)."""
    Reading.objects.create(case=case, person=person, at=now, what=what[:120], via=via)
