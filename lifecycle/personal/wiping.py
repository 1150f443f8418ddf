"""Stand-ins for what was said: records, numbers, clocks and the log stay, the person goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import CharField, F, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left
from django.utils import timezone

from core import said
from core.models import EventText
from incidents import services
from incidents.models import Attachment, Comment, Contact, Incident
from incidents.rules.search import fold, words
from lifecycle.access import By
from lifecycle.personal.finding import MESSAGES, naming, not_held
from lifecycle.personal.map import Column, Holds, columns
from lifecycle.personal.subject import Subject
from notifications.models import Message
from notifications.services import forget_messages
from privacy.models import Withheld
from privacy.services import blank, doom, due_files

TAKEN_OUT = "[gelöscht]"
PREFIX = "Angaben gelöscht"
RULE = "§7"


def stand_in(now: datetime) -> str:
    """What stands where something was erased."""
    return f"{PREFIX} am {timezone.localdate(now):%d.%m.%Y}"


def wipe(
    incidents: Sequence[Incident],
    contacts: Sequence[Contact],
    *,
    aliases: Sequence[Subject] = (),
    by: By,
    now: datetime,
) -> dict[str, int]:
    """Erases the person from their own records, all locked by the caller; returns how many of each kind.

    What they said and what was said to them goes as a whole; what others noted about the work stays without them.
    """
    counts = {"incidents": len(incidents), "contacts": len(contacts)}
    gone = set()
    for incident in incidents:
        pattern = _traces([*aliases, *_named_in([incident])])
        gone |= _known_words(incident)
        counts["comments"] = counts.get("comments", 0) + _wipe_what_hangs_on(incident, pattern, now=now)
        _wipe_incident(incident, pattern, by=by, now=now)
    counts["attachments"] = remove_files(list(Attachment.objects.filter(incident__in=incidents)), now=now)
    services.wipe_contacts(contacts, stand_in=stand_in(now), actor=by.actor, now=now, rule=RULE)
    counts["messages"] = forget_messages(about(incidents, contacts), text=stand_in(now))
    blank(Withheld.objects.filter(case__incident__in=incidents), text=stand_in(now))
    for other in (
        Incident.objects.filter(contacts__in=contacts).exclude(pk__in=[row.pk for row in incidents]).distinct()
    ):
        services.rewrite_search(other)
    services.forget_words(gone)
    return counts


def take_out(pattern: str, *, held: Collection[int], by: By, now: datetime) -> int:
    """Takes whoever the pattern names out of every text that nothing keeps; returns how many texts."""
    count, touched = 0, set()
    for column in columns(Holds.WORDS):
        rows = naming(column, pattern).filter(not_held(column, held))
        if column.model == "incidents.Incident":
            touched |= set(rows.values_list("pk", flat=True))
        else:
            if column.model == "incidents.Comment":
                touched |= set(rows.values_list("incident_id", flat=True))
            count += _redact(column, rows, pattern, now=now)
    for incident in Incident.objects.select_for_update().filter(pk__in=touched).order_by("pk"):
        set_ = {name: taken for name in _WORDS if (taken := _sub(pattern, text := getattr(incident, name))) != text}
        services.change(incident, kind="incident.anonymised", actor=by.actor, now=now, rule=RULE, set_=set_)
        services.rewrite_search(incident)
        count += bool(set_)
    return count


_WORDS = [column.field for column in columns(Holds.WORDS) if column.model == "incidents.Incident"]


def about(incidents: Collection[Incident], contacts: Collection[Contact]) -> QuerySet[Message]:
    """Every message about these records, to whomever."""
    of = {"incident": [row.pk for row in incidents], "contact": [row.pk for row in contacts]}
    of["contact"] += Contact.objects.filter(incident__in=of["incident"]).values_list("pk", flat=True)
    return Message.objects.filter(
        Q(topic_type="incident", topic_id__in=of["incident"]) | Q(topic_type="contact", topic_id__in=of["contact"])
    )


def remove_files(files: Sequence[Attachment], *, now: datetime) -> int:
    """Removes records of files, and the files once this is committed; returns how many."""
    count = doom([file.stored_name for file in files], now=now)
    Attachment.objects.filter(pk__in=[file.pk for file in files]).delete()
    transaction.on_commit(remove_doomed)
    return count


def remove_doomed() -> int:
    """Removes the files whose records are gone; what a crash left behind is found here. Returns how many."""
    with transaction.atomic():
        rows = due_files()
        for row in rows:
            default_storage.delete(row.stored_name)
            row.delete()
    return len(rows)


def _wipe_incident(incident: Incident, pattern: str, *, by: By, now: datetime) -> None:
    text = stand_in(now)
    set_ = {"reporter_name": text, "reporter_email": "", "reporter_phone": "", "title": text, "symptom": text}
    set_["customer_feedback"] = text if incident.customer_feedback else ""
    for name in ("resolution", "priority_override_reason"):
        set_[name] = _sub(pattern, getattr(incident, name))
    services.change(incident, kind="incident.anonymised", actor=by.actor, now=now, rule=RULE, set_=set_)


def _wipe_what_hangs_on(incident: Incident, pattern: str, *, now: datetime) -> int:
    count = Comment.objects.filter(incident=incident, kind__in=MESSAGES).update(body=stand_in(now))
    for column in columns(Holds.WORDS):
        if column.of == "incident_id" and column.model != "incidents.Contact":
            mine = naming(column, pattern).filter(incident=incident)
            count += _redact(column, mine, pattern, now=now)
    texts = EventText.objects.filter(subject_type="incident", subject_id=incident.pk, body__iregex=pattern or "$.")
    return count + _redact_said(texts, pattern, now=now)


def _redact(column: Column, rows: QuerySet[Any], pattern: str, *, now: datetime) -> int:
    if column.model == "core.EventText":
        return _redact_said(rows, pattern, now=now)
    field = apps.get_model(column.model)._meta.get_field(column.field)
    pks = list(rows.values_list("pk", flat=True))
    text: Any = Func(
        Cast(F(column.field), TextField()),
        Value(pattern),
        Value(TAKEN_OUT),
        Value("gi"),
        function="regexp_replace",
        output_field=TextField(),
    )
    if isinstance(field, JSONField):
        text = Cast(text, JSONField())
    elif isinstance(field, CharField) and field.max_length:
        text = Left(text, field.max_length)
    return rows.model._default_manager.filter(pk__in=pks).update(**{column.field: text}) if pks else 0


def _redact_said(rows: QuerySet[Any], pattern: str, *, now: datetime) -> int:
    texts: list[EventText] = list(rows)
    for row in texts:
        row.body = _sub(pattern, row.body)
    return said.erase(texts, now=now) if texts else 0


def _named_in(incidents: Sequence[Incident]) -> list[Subject]:
    """Who reported an incident, by it and by the contacts that led to it."""
    records: list[Incident | Contact] = [*incidents, *Contact.objects.filter(incident__in=incidents)]
    return [Subject(row.reporter_email, row.reporter_phone, row.reporter_name) for row in records]


def _known_words(incident: Incident) -> set[str]:
    texts = [incident.title, incident.symptom, incident.reporter_name, incident.reporter_email]
    texts += Comment.objects.filter(incident=incident).values_list("body", flat=True)
    return set(words(fold(" ".join(texts))))


def _traces(aliases: Sequence[Subject]) -> str:
    return "|".join(dict.fromkeys(pattern for alias in aliases if (pattern := alias.traces())))


def _sub(pattern: str, text: str) -> str:
    return re.sub(pattern, TAKEN_OUT, text, flags=re.IGNORECASE) if pattern else text
