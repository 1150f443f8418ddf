"""What search reads: one document per incident, and the words of all of them. Part of every write to the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat, Left

from incidents.models import Incident, SearchDocument
from incidents.rules.search import fold, words

LONGEST_PART, LONGEST = 20_000, 200_000
_LEARN = (
    "INSERT INTO incidents_searchword (word) SELECT given.word FROM unnest(%s::text[]) AS given (word)"
    " WHERE NOT EXISTS (SELECT FROM incidents_searchword AS known WHERE known.word = given.word)"
)
_FORGET = (
    "DELETE FROM incidents_searchword AS known USING unnest(%s::text[]) AS given (word)"
    " WHERE known.word = given.word AND NOT EXISTS (SELECT FROM incidents_searchdocument AS document"
    " WHERE document.text ~ ('(?<!\\w)' || given.word || '(?!\\w)'))"
)


def make_findable(incidents: Sequence[Incident]) -> None:
    """Writes the documents of new incidents."""
    texts = [_text_of(incident) for incident in incidents]
    SearchDocument.objects.bulk_create(
        SearchDocument(incident_id=incident.pk, text=text) for incident, text in zip(incidents, texts, strict=True)
    )
    _learn(texts)


def add_to_search(incident_id: int, text: str) -> None:
    """Makes further text of an incident findable (notes, messages); the whole is capped at 200 000 characters."""
    more = fold(text[:LONGEST_PART])
    SearchDocument.objects.filter(pk=incident_id).update(text=Left(Concat(F("text"), Value(f" {more}")), LONGEST))
    _learn([more])


def rewrite_search(incident: Incident) -> None:
    """Writes an incident's document anew after a change of its texts."""
    bodies = incident.comments.values_list("body", flat=True)
    text = " ".join([_text_of(incident), *(fold(body[:LONGEST_PART]) for body in bodies)])[:LONGEST]
    SearchDocument.objects.filter(pk=incident.pk).update(text=text)
    _learn([_text_of(incident)])  # what was noted since was learned then


def forget_words(gone: Collection[str]) -> int:
    """Words that may stand nowhere any more: those that do not are no meaning of a typo. Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [sorted(gone)])
        return int(cursor.rowcount)


def _text_of(incident: Incident) -> str:
    digits = incident.number.rsplit("-", 1)[-1].lstrip("0")
    return fold(
        " ".join(
            [
                incident.number,
                digits,
                incident.title,
                incident.symptom[:LONGEST_PART],
                incident.reporter_name,
                incident.reporter_email,
                incident.resolution,
            ]
        )
    )


def _learn(texts: Iterable[str]) -> None:
    """Keeps words nobody has written before, so that a typo finds its way to them."""
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [words(" ".join(texts))])
