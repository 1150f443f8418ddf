"""What hangs on an incident, read for its page in one statement: links, alarms, files, contacts, calls, questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from core.models import Event
from directory.models import Person
from escalation.selectors import calls_waiting_for
from escalation.team import waiting_seats
from incidents.models import Alert, Attachment, Consultation, Contact, Incident, Link
from incidents.selectors import links_known_to, sees_everything

Known = Mapping[str, Any]
Statement = tuple[str, tuple[Any, ...]]
THIS_INCIDENT, THIS_PERSON = -1, -2
"""Keys no row has; in a statement that was composed once they stand for whatever is asked about."""
MOST = 20


class Belongings(NamedTuple):
    """Each in the order of the page; `declared` says when and by whom a major was, the last time."""

    files: list[Known]
    alarms: list[Known]
    related: list[Known]
    contacts: list[Known]
    declared: Known | None
    has_questions: bool
    is_called: bool
    """Whether a call for this incident waits for the answer of whoever looks."""


def belongings_of(incident: Incident, person: Person) -> Belongings:
    """What hangs on an incident, as far as this person may know of it. One query."""
    sql, params = _for_everything() if sees_everything(person) else _compose(links_known_to(person))
    meant = {THIS_INCIDENT: incident.pk, THIS_PERSON: person.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [meant.get(param, param) for param in params])
        *lists, declared, has_questions, of_step, of_seat = cursor.fetchone()
    files, alarms, related, contacts = ([json.loads(row) for row in rows] for rows in lists)
    told = json.loads(declared) if declared and incident.is_major else None
    return Belongings(files, alarms, related, contacts, told, has_questions, of_step or of_seat)


@lru_cache(maxsize=1)
def _for_everything() -> Statement:
    """The statement for those who may know of every link: composing it takes thirty times as long as running it."""
    return _compose(Link.objects.order_by("id"))


def _compose(links: QuerySet[Link]) -> Statement:
    mine = OuterRef("pk")
    person = Person(pk=THIS_PERSON)
    files = Attachment.objects.filter(incident=mine).order_by("id")
    alerts = Alert.objects.filter(incident=mine).order_by("-last_at")[:MOST]
    contacts = Contact.objects.filter(incident=mine).order_by("id")[:MOST]
    declared = Event.objects.filter(subject_type="incident", subject_id=mine, kind="incident.major_declared")
    row = Incident.objects.filter(pk=THIS_INCIDENT).values_list(
        ArraySubquery(files.values(json=JSONObject(id="id", name="name", size="size"))),
        ArraySubquery(
            alerts.values(
                json=JSONObject(
                    title="title", source="source", state="state", count="count", url="url", flaps="is_flapping"
                )
            )
        ),
        ArraySubquery(
            links.filter(Q(source=mine) | Q(target=mine)).values(
                json=JSONObject(
                    kind="kind",
                    source=F("source__number"),
                    source_title=F("source__title"),
                    source_status=F("source__status"),
                    source_closure=F("source__closure_code"),
                    target=F("target__number"),
                    target_title=F("target__title"),
                    target_status=F("target__status"),
                )
            )
        ),
        ArraySubquery(contacts.values(json=JSONObject(number="number", subject="subject"))),
        Subquery(declared.order_by("-id").values(json=JSONObject(at="at", by="actor_label", rule="rule"))[:1]),
        Exists(Consultation.objects.filter(incident=mine)),
        Exists(calls_waiting_for(person).filter(step__incident=mine)),
        Exists(waiting_seats(person).filter(incident=mine)),
    )
    sql, params = row.order_by().query.sql_with_params()
    return sql, tuple(params)


@dataclass(frozen=True, slots=True)
class Connection:
    """A linked incident as seen from this one."""

    word: str
    kind: str
    number: str
    title: str
    status: str
    severed_at: str
    """Number of the incident at which the link can be taken back; empty when it cannot."""
    key: str


def connections_of(incident: Incident, links: Iterable[Known]) -> list[Connection]:
    """Links in both directions, each in words from this incident's side."""
    back = {
        "duplicate": _("Hat als Duplikat"),
        "caused_by": _("Ist Ursache von"),
        "related": _("Verwandt mit"),
        "child": _("Übergeordnet zu"),
    }
    result = []
    for link in links:
        own = link["source"] == incident.number
        word = str(Link.Kind(link["kind"]).label) if own else back[link["kind"]]
        side = "target" if own else "source"
        result.append(
            Connection(
                word,
                link["kind"],
                link[side],
                link[f"{side}_title"],
                link[f"{side}_status"],
                severed_at="" if _is_of_merge(link) else link["source"],
                key=f"{link['kind']}/{link['target']}",
            )
        )
    return result


def may_be_severed(incident: Incident, link: Known) -> bool:
    """Whether a link begins at the incident and is none that a merge made: that one goes with the merge."""
    return link["source"] == incident.number and not _is_of_merge(link)


def _is_of_merge(link: Known) -> bool:
    return (link["kind"], link["source_closure"]) == (Link.Kind.DUPLICATE.value, "duplicate")
