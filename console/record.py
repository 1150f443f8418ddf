"""One incident, read for its page: the record of §3 and clocks that explain themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, OuterRef, Subquery
from django.utils.translation import gettext as _

from console.marks import hours
from console.rings import Ring, kind_name, ring_of
from core.models import Event
from directory.models import Person
from incidents.models import Incident
from incidents.selectors import proposal_for, review_for, visible_to, with_record
from lifecycle.errors import NotFound
from process.schema import Criterion, Document
from sla.models import Clock
from sla.selectors import clocks_for


def incident_for(person: Person, number: str) -> Incident:
    """The incident with everybody its record names, in two queries at most. Raises NotFound."""
    rows = with_record(visible_to(person)).select_related("priority_proposal", "parent", "review", "update_clock")
    incident = rows.filter(number=number.upper()).first()
    if incident is None:
        raise NotFound(number)
    _fetch_people(incident)
    return incident


def _fetch_people(incident: Incident) -> None:
    """Whoever few incidents name, in one query: a join for each of them cost every page more than all its rows."""
    proposal, review = proposal_for(incident), review_for(incident)
    named: list[tuple[Model, str]] = [(incident, "priority_override_by"), (incident, "reporter")]
    named += [(proposal, "by")] if proposal else []
    named += [(review, "owner"), (review, "done_by")] if review else []
    keys = {(row, name): getattr(row, f"{name}_id") for row, name in named}
    people = Person.objects.in_bulk(set(keys.values()) - {None}) if any(keys.values()) else {}
    for (row, name), key in keys.items():
        setattr(row, name, people.get(key))


def stamp_of(person: Person, number: str) -> tuple[int, int, int]:
    """Key, version and last event of an incident: what a live page asks every two seconds. Raises NotFound."""
    events = Event.objects.filter(subject_type="incident", subject_id=OuterRef("pk")).order_by("-id")
    last = Subquery(events.values("id")[:1])
    found = visible_to(person).filter(number=number.upper()).values_list("pk", "version", last).first()
    if found is None:
        raise NotFound(number)
    return found[0], found[1], found[2] or 0


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
