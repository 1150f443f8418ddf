"""What may be confidential leaves the incident's record and is kept, encrypted, in its case (P-7.5).

Moved and not masked: what is no longer there cannot be found, listed, exported, mailed or counted by any door, today's
or a later one. A neutral sentence stands in its place, so that the incident can still be worked on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model

from core.actors import Actor
from core.secrets import decrypt, decrypt_bytes, encrypt_bytes
from core.text import clean, first_line
from incidents import services
from incidents.models import Attachment, Comment, Contact, Incident
from lifecycle import given_answers
from notifications.services import forget_texts
from privacy.models import Case, Withheld
from privacy.services import Kept, keep

STAND_IN = "Angaben zurückgehalten (§7)"
IN_PLACE_OF_SYMPTOM = "Die Angaben sind zurückgehalten. Was zum Beheben nötig ist, steht in den Notizen."
Place = Withheld.Place
_ROWS: dict[str, type[Model]] = {Place.INCIDENT: Incident, Place.CONTACT: Contact, Place.COMMENT: Comment}
_TEXTS = {
    Place.INCIDENT: ("title", "symptom", "resolution", "customer_feedback"),
    Place.CONTACT: ("subject", "body", "answer"),
    Place.COMMENT: ("body",),
}


def stand_ins(neutral: str) -> tuple[str, str]:
    """Title and symptom as everybody reads them, from what somebody wrote for everybody."""
    shown = clean(neutral.strip(), limit=50_000)
    return first_line(shown, limit=160) or STAND_IN, shown or IN_PLACE_OF_SYMPTOM


def withhold(
    incident: Incident, case: Case, *, neutral: str, actor: Actor, now: datetime, told: tuple[str, str] | None = None
) -> int:
    """Takes texts and files of an incident (locked) into its case; returns how many.

    `neutral` is what everybody may read of the symptom. `told` are title and symptom of an incident that was opened
    with stand-ins: nothing of it was ever written anywhere else.
    """
    title, symptom = stand_ins(neutral)
    instead = dict(zip(("title", "symptom"), told, strict=True)) if told else {}
    kept = [
        *_texts(Place.INCIDENT, incident, incident.number, incident.reported_at, instead),
        *_of_contacts(incident, instead),
        *_of_comments(incident),
    ]
    files = list(Attachment.objects.select_for_update().filter(incident=incident))
    keep(case, kept, now=now)
    for attachment in files:
        keep(case, [_sealed_file(attachment)], now=now)
    stand_in = {"title": title, "symptom": symptom, "resolution": STAND_IN, "customer_feedback": ""}
    gone = {entry.field for entry in kept if entry.place is Place.INCIDENT}
    set_ = {name: text for name, text in stand_in.items() if name in gone}
    Contact.objects.filter(incident=incident).update(subject=title, body="", answer="")
    Comment.objects.filter(incident=incident).update(body=STAND_IN)
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in files]).delete()
    services.change(incident, kind="incident.withheld", actor=actor, now=now, rule="§7", set_=set_)
    services.rewrite_search(incident)
    if told is None:
        forget_texts(topic_type="incident", topic_ids=[incident.pk], subject=f"{incident.number}: {STAND_IN}")
    contacts = dict(Contact.objects.filter(incident=incident).values_list("pk", "number"))
    forget_texts(topic_type="contact", topic_ids=list(contacts), subject=STAND_IN)
    texts = {entry.text for entry in kept} | {attachment.name for attachment in files}
    given_answers.take_out(texts, numbers=[incident.number, *contacts.values()], instead=STAND_IN)
    return len(kept) + len(files)


def give_back(incident: Incident, case: Case, *, actor: Actor, now: datetime) -> int:
    """Puts everything back where it stood, the case was none; what was written meanwhile is kept below it."""
    rows = list(Withheld.objects.select_for_update().filter(case=case, returned_at=None).order_by("id"))
    set_: dict[str, Any] = {}
    for row in rows:
        text = decrypt(row.sealed)
        if row.place == Place.ATTACHMENT:
            _restore_file(incident, text)
        elif row.place == Place.INCIDENT:
            set_[row.field] = text
        else:
            _ROWS[row.place]._default_manager.filter(pk=row.row).update(**{row.field: text})
    Withheld.objects.filter(pk__in=[row.pk for row in rows]).update(returned_at=now)
    services.change(incident, kind="incident.returned", actor=actor, now=now, rule="§7", set_=set_)
    services.rewrite_search(incident)
    return len(rows)


def _of_contacts(incident: Incident, instead: Mapping[str, str]) -> Iterator[Kept]:
    for contact in Contact.objects.select_for_update().filter(incident=incident).order_by("pk"):
        was_copied = bool(instead) and contact.body == incident.symptom
        copy = {"subject": instead["title"], "body": instead["symptom"]} if was_copied else {}
        yield from _texts(Place.CONTACT, contact, contact.number, contact.received_at, copy)


def _of_comments(incident: Incident) -> Iterator[Kept]:
    for comment in Comment.objects.select_for_update().filter(incident=incident).order_by("pk"):
        yield from _texts(Place.COMMENT, comment, comment.author_label, comment.at, {})


def _texts(place: Place, row: Model, label: str, at: datetime, instead: Mapping[str, str]) -> Iterator[Kept]:
    """Of a row's texts those that are not in the case already; what stands there then is only a stand-in."""
    taken = set(Withheld.objects.filter(place=place, row=row.pk, returned_at=None).values_list("field", flat=True))
    for name in _TEXTS[place]:
        text = instead.get(name) or getattr(row, name)
        if text and name not in taken:
            yield Kept(place, row.pk, name, text, label, at)


def _sealed_file(attachment: Attachment) -> Kept:
    """The file anew and encrypted; the readable one goes once this is committed."""
    readable = attachment.stored_name
    with default_storage.open(readable) as plain:
        sealed = default_storage.save(f"{readable}.sealed", BytesIO(encrypt_bytes(plain.read())))
    transaction.on_commit(lambda: default_storage.delete(readable))
    facts = {
        "pk": attachment.pk,
        "name": attachment.name,
        "stored_name": sealed,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "uploaded_by": attachment.uploaded_by_id,
        "uploaded_at": attachment.uploaded_at.isoformat(),
    }
    return Kept(Place.ATTACHMENT, attachment.pk, "file", json.dumps(facts), "", attachment.uploaded_at)


def file_in(row: Withheld) -> tuple[str, Callable[[], bytes]]:
    """A withheld file's name, and what reads it."""
    facts = json.loads(decrypt(row.sealed))

    def read() -> bytes:
        with default_storage.open(facts["stored_name"]) as sealed:
            return decrypt_bytes(sealed.read())

    return str(facts["name"]), read


def _restore_file(incident: Incident, text: str) -> None:
    facts = json.loads(text)
    sealed = facts.pop("stored_name")
    with default_storage.open(sealed) as stored:
        readable = default_storage.save(sealed.removesuffix(".sealed"), BytesIO(decrypt_bytes(stored.read())))
    transaction.on_commit(lambda: default_storage.delete(sealed))
    uploaded_by, at = facts.pop("uploaded_by"), datetime.fromisoformat(facts.pop("uploaded_at"))
    services.store_attachment(
        Attachment(incident=incident, stored_name=readable, uploaded_by_id=uploaded_by, uploaded_at=at, **facts)
    )
