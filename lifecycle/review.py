"""The post-incident review of a major: owed from its declaration on, and held before it may close (P-6.3, P-10.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Person
from directory.selectors import holders, roles_of
from incidents import services
from incidents.models import Incident, Review
from incidents.rules.states import Verb
from lifecycle import correspondence
from lifecycle.access import By
from lifecycle.desk import rules_for, take_in_hand
from lifecycle.errors import Forbidden, Invalid
from process.schema import Document

TASK = "pir"
SHORTEST_REFERENCE = 5
"""Characters; less leads to nothing."""


def owe(incidents: Iterable[Incident], *, by: By, now: datetime) -> None:
    """Majors owe a review where the document says so. Its owner is who is responsible or accountable for it (§14)."""
    for incident in incidents:
        rules = rules_for(incident)
        if not rules.pir.mandatory_for_major:
            continue
        services.owe_review(
            incident,
            owner=_owner(rules, now=now),
            within_days=rules.pir.due_within_days,
            rule=rules.pir.paragraph,
            actor=by.actor,
            now=now,
        )


def _owner(rules: Document, *, now: datetime) -> Person | None:
    """The first who can be reached: R before A, of several roles the one the document lists first."""
    for letter in "RA":
        wanted = rules.roles_for(TASK, letter)
        people = (person for role in rules.roles if role.key in wanted for person in holders(role.key, now=now))
        if owner := next(people, None):
            return owner
    return None


@transaction.atomic
def review_done(number: str, *, reference: str, by: By, now: datetime, version: int | None = None) -> Incident:
    """The post-incident review was held (P-10.2): where it stands, or what came of it. Only now the major may close."""
    incident = take_in_hand(number, by=by, verb=Verb.REVIEW_DONE, version=version)
    rules, review = rules_for(incident), owed(incident)
    if review is None:
        raise Invalid.field("number", _("Dieser Incident schuldet keinen Post-Incident Review."))
    if by.person is not None and not may_finish(by.person, review, rules):
        raise Forbidden(
            Verb.REVIEW_DONE, _("Das kann, wem der Review gehört, oder wer nach §14 dafür verantwortlich ist.")
        )
    where = clean(reference.strip(), limit=500)
    if len(where) < SHORTEST_REFERENCE:
        raise Invalid.field("reference", _("Wo steht der Review, oder was hat er ergeben?"))
    return services.finish_review(
        incident,
        review,
        reference=where,
        by=by.person,
        auto_close_at=closes_at(rules, now=now),
        rule=rules.pir.paragraph,
        actor=by.actor,
        now=now,
    )


def owed(incident: Incident) -> Review | None:
    """The review that an incident still owes."""
    return Review.objects.filter(incident=incident, state=Review.State.OWED).select_related("owner").first()


def may_finish(person: Person, review: Review, document: Document) -> bool:
    """Whether a person may say that a review was held: its owner, and who is responsible or accountable for reviews."""
    return person.pk == review.owner_id or bool(roles_of(person) & set(document.roles_for(TASK, "RA")))


def closes_at(document: Document, *, now: datetime) -> datetime | None:
    """When a resolved incident closes by rule: the document's days from now; never where the document says 0."""
    days = document.reopen.close_after_days
    return now + timedelta(days=days) if days else None


def refuse_while_owed(incident: Incident) -> None:
    """A major is not done before its review is; raises Invalid on "review"."""
    if incident.is_major and owed(incident) is not None:
        raise Invalid.field(
            "review",
            _("Zuerst der Post-Incident Review: Ein Major Incident ist nicht fertig, bevor er durchgeführt ist."),
        )


def remind_owner(incident: Incident, *, now: datetime) -> None:
    """The major is resolved: whoever owns its review hears until when it is due."""
    review = owed(incident)
    if review is None or review.owner is None:
        return
    correspondence.tell(
        [review.owner],
        kind="review_owed",
        key=f"incident:{incident.pk}:review:{incident.version}",
        context=correspondence.about(incident) | {"due_at": review.due_at, "rule": rules_for(incident).pir.paragraph},
        topic=("incident", incident.pk),
        link=correspondence.link_to(incident),
        now=now,
    )
