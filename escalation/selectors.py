"""Reads of the ladders: where incidents stand, who is being called, what waits for a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, QuerySet

from directory.models import Person
from escalation import team
from escalation.events import REASONS
from escalation.models import Call, Step
from incidents.models import OPEN_VALUES, Incident
from incidents.selectors import sees_everything, visible_to
from process.schema import Chain, ChainName, Document


def ladders_for(incident_ids: Collection[int]) -> dict[int, dict[str, Step]]:
    """Incident → chain → its newest step, with the calls at hand. Chains nobody entered are missing. Two queries."""
    newest = (
        Step.objects.filter(incident_id__in=incident_ids)
        .order_by("incident_id", "chain", "-id")
        .distinct("incident_id", "chain")
        .select_related("acknowledged_by")
        .prefetch_related("calls__person")
    )
    ladders: dict[int, dict[str, Step]] = {}
    for step in newest:
        ladders.setdefault(step.incident_id, {})[step.chain] = step
    return ladders


def steps_of(incident: Incident) -> list[Step]:
    """Every step of an incident on both chains, oldest first, with who was called and who answered."""
    steps = Step.objects.filter(incident=incident).select_related("acknowledged_by")
    return list(steps.prefetch_related("calls__person"))


def steps_visible_to(person: Person) -> QuerySet[Step]:
    """Every step of the incidents a person may know of, with the incident, who was called and who answered."""
    steps = Step.objects.select_related("incident", "acknowledged_by").prefetch_related("calls__person")
    return steps if sees_everything(person) else steps.filter(incident__in=visible_to(person).values("pk"))


def waiting_for(person: Person) -> list[Step]:
    """Steps that call this person and that nobody has answered, the most urgent incident first."""
    return list(
        Step.objects.filter(
            state=Step.State.CALLING, calls__in=Call.objects.filter(person=person, acknowledged_at=None)
        )
        .select_related("incident")
        .order_by("incident__priority_rank", "at")
    )


def waits_for(person: Person, incident: Incident) -> bool:
    """Whether a call for this incident, of a ladder or of the Major Incident Team, waits for this person's answer."""
    return calls_waiting_for(person).filter(step__incident=incident).exists() or team.seat_waits_for(person, incident)


def calls_waiting_for(person: Person) -> QuerySet[Call]:
    """Calls of the ladders that wait for this person's answer."""
    return Call.objects.filter(person=person, acknowledged_at=None, step__state=Step.State.CALLING)


def reasons_heard(incident_ids: Collection[int]) -> dict[int, set[str]]:
    """Incident → the reasons it was ever escalated for."""
    heard: dict[int, set[str]] = {}
    for pk, reason in Step.objects.filter(incident__in=incident_ids).values_list("incident", "reason"):
        heard.setdefault(pk, set()).add(reason)
    return heard


def last_calls(people: Collection[int]) -> dict[int, datetime]:
    """When each of these people was called the last time; whoever never was is missing."""
    newest = Call.objects.filter(person__in=people).values_list("person").annotate(at=Max("at")).order_by()
    return dict(newest)


def answered_by(incident: Incident, *, since: datetime, called: Person) -> Person | None:
    """Who answered last, at or after an instant, the call that reached this person: for their seat, else a ladder's."""
    for_the_seat = team.answered_for(called, incident, since=since)
    if for_the_seat is not None:
        return for_the_seat
    answered = Step.objects.filter(incident=incident, acknowledged_at__gte=since).select_related("acknowledged_by")
    newest = answered.order_by("-acknowledged_at", "-id").first()
    return newest.acknowledged_by if newest else None


def is_called(person: Person, steps: Collection[Step]) -> bool:
    """Whether a person was called for one of these steps."""
    return Call.objects.filter(step__in=steps, person=person).exists()


def called_because(incident: Incident, reason: str) -> list[Person]:
    """Whoever was called by steps made for a reason, each once."""
    calls = Call.objects.filter(step__incident=incident, step__reason=reason)
    return list(Person.objects.filter(pk__in=calls.values("person"), is_active=True).order_by("pk"))


def called_at(instant: datetime, incident_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who was called for which of these incidents at an instant: pairs of incident and person."""
    calls = Call.objects.filter(at=instant, step__incident__in=incident_ids)
    return set(calls.values_list("step__incident_id", "person_id"))


def unheard(*, limit: int = 100) -> list[Step]:
    """Ladders that were called to the end without an answer, and are still open; the newest first (P-1.2)."""
    given_up = Step.objects.filter(state=Step.State.EXHAUSTED, incident__status__in=OPEN_VALUES)
    newer = Step.objects.filter(incident_id=OuterRef("incident_id"), chain=OuterRef("chain"), pk__gt=OuterRef("pk"))
    return list(given_up.filter(~Exists(newer)).select_related("incident").order_by("-id")[:limit])


def reason_label(document: Document, step: Step, language: str) -> str:
    """Why a step was made, as people read it: the document's reason, or the rule's."""
    rung = document.chain(ChainName(step.chain)).level(step.to_level)
    named = {reason.key: reason.label.in_(language) for reason in rung.reasons}
    return named.get(step.reason) or str(REASONS.get(step.reason, step.reason))


def reason_paragraph(chain: Chain, level: int, reason: str) -> str:
    """The paragraph behind a reason of a level; the level's own when the document does not list the reason."""
    rung = chain.level(level)
    return next((entry.paragraph for entry in rung.reasons if entry.key == reason), rung.paragraph)


def reasons_since_ground(incident: Incident, chain: ChainName) -> list[str]:
    """The reasons of the steps that carried an incident from level 1 of a chain to where it stands, oldest first."""
    steps = Step.objects.filter(incident=incident, chain=chain.value).order_by("id")
    reasons: list[str] = []
    for to_level, reason in steps.values_list("to_level", "reason"):
        reasons = [] if to_level == 1 else [*reasons, reason]
    return reasons
