"""Everything about one incident, read for its page: the record of §3, clocks that explain themselves, links, files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from console.marks import hours
from console.rings import Ring, kind_name, ring_of
from core.models import Event
from directory.models import Person
from incidents.models import Alert, Attachment, Consultation, Contact, Incident, Link
from incidents.selectors import links_known_to, visible_to, with_record
from lifecycle.errors import NotFound
from process.schema import Criterion, Document
from sla.models import Clock
from sla.selectors import clocks_for


def incident_for(person: Person, number: str) -> Incident:
    """The incident with everything its page shows beside events and clocks, in one query. Raises NotFound."""
    rows = with_record(visible_to(person)).select_related(
        "priority_override_by",
        "priority_proposal__by",
        "reporter",
        "parent",
        "review__owner",
        "review__done_by",
        "update_clock",
    )
    incident = _with_belongings(rows, person).filter(number=number.upper()).first()
    if incident is None:
        raise NotFound(number)
    return incident


def stamp_of(person: Person, number: str) -> tuple[int, int, int]:
    """Key, version and last event of an incident: what a live page asks every two seconds. Raises NotFound."""
    events = Event.objects.filter(subject_type="incident", subject_id=OuterRef("pk")).order_by("-id")
    last = Subquery(events.values("id")[:1])
    found = visible_to(person).filter(number=number.upper()).values_list("pk", "version", last).first()
    if found is None:
        raise NotFound(number)
    return found[0], found[1], found[2] or 0


def _with_belongings(rows: QuerySet[Incident], person: Person) -> QuerySet[Incident]:
    mine = OuterRef("pk")
    files = Attachment.objects.filter(incident=mine).order_by("id")
    alerts = Alert.objects.filter(incident=mine).order_by("-last_at")[:20]
    links = links_known_to(person).filter(Q(source=mine) | Q(target=mine))
    contacts = Contact.objects.filter(incident=mine).order_by("id")[:20]
    declared = Event.objects.filter(subject_type="incident", subject_id=mine, kind="incident.major_declared")
    words = declared.order_by("-id").values(json=JSONObject(at="at", by="actor_label", rule="rule"))
    return rows.annotate(
        declared=Case(When(is_major=True, then=Subquery(words[:1]))),
        has_questions=Exists(Consultation.objects.filter(incident=mine)),
        files=ArraySubquery(files.values(json=JSONObject(id="id", name="name", size="size"))),
        alarms=ArraySubquery(
            alerts.values(
                json=JSONObject(
                    title="title", source="source", state="state", count="count", url="url", flaps="is_flapping"
                )
            )
        ),
        related=ArraySubquery(
            links.values(
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
        came_from=ArraySubquery(contacts.values(json=JSONObject(number="number", subject="subject"))),
    )


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


def connections_of(incident: Incident) -> list[Connection]:
    """Links in both directions, each in words from this incident's side."""
    back = {
        "duplicate": _("Hat als Duplikat"),
        "caused_by": _("Ist Ursache von"),
        "related": _("Verwandt mit"),
        "child": _("Übergeordnet zu"),
    }
    result = []
    for link in incident.related:  # type: ignore[attr-defined]
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


def may_be_severed(incident: Incident, link: Mapping[str, str]) -> bool:
    """Whether a link begins at the incident and is none that a merge made: that one goes with the merge."""
    return link["source"] == incident.number and not _is_of_merge(link)


def _is_of_merge(link: Mapping[str, str]) -> bool:
    return link["kind"] == Link.Kind.DUPLICATE and link["source_closure"] == "duplicate"


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock with the sentence that says why it runs, stands or is decided."""

    clock: Clock
    ring: Ring
    why: str
    used: str
    target: str

    @property
    def is_by_hand(self) -> bool:
        """Whether a lead has set the date that counts now (R15)."""
        return self.clock.manual_due_at is not None and self.clock.stopped_at is None


def promises_of(incident: Incident, document: Document, language: str, *, now: datetime) -> list[Promise]:
    """The SLA clocks of an incident; one query."""
    return [
        Promise(
            clock=clock,
            ring=(ring := ring_of(clock, now)),
            why=_why(clock, incident, document, language),
            used=hours(ring.share * clock.target_s),
            target=hours(clock.target_s),
        )
        for clock in clocks_for([incident.pk])[incident.pk]
    ]


def _why(clock: Clock, incident: Incident, document: Document, language: str) -> str:
    calendar = document.calendar(clock.calendar)
    named = {"name": calendar.label.in_(language)}
    if clock.state == Clock.State.PAUSED:
        reason = document.label("pending_reasons", incident.pending_reason, language)
        if reason:
            return _("Steht, weil: %(reason)s.") % {"reason": reason}
        return _("Steht, weil der Incident gelöst ist.")
    if clock.state == Clock.State.RUNNING:
        return _("Läuft nach Kalender «%(name)s».") % named
    if clock.state == Clock.State.BREACHED:
        return _("Die Frist ist verstrichen; die Management-Eskalation weiss es (§5.2/2a).")
    if clock.state == Clock.State.MET and clock.kind == "response":
        return _("Rechtzeitig übernommen.")
    if clock.state == Clock.State.MET:
        return _("Rechtzeitig gelöst.")
    return _("Entfallen mit der Stornierung. %(clock)s") % {"clock": kind_name(clock.kind)}


def criteria_of(keys: list[str], criteria: list[Criterion], language: str) -> list[str]:
    """The ticked criteria in words."""
    known: dict[str, Any] = {criterion.key: criterion.label.in_(language) for criterion in criteria}
    return [known.get(key, key) for key in keys]
