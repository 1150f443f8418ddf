"""The post-incident review that a major owes (P-6.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.actors import Actor
from core.audit import Fact, record
from directory.models import Person
from incidents.models import Incident, Review
from incidents.services.records import change


def owe_review(
    incident: Incident, *, owner: Person | None, within_days: int, rule: str, actor: Actor, now: datetime
) -> Review:
    """The incident owes a review from now on; one that was held for an earlier declaration does not count."""
    due_at = now + timedelta(days=within_days)
    owed = {"state": Review.State.OWED, "owner": owner, "owed_since": now, "due_at": due_at}
    open_again = {"done_at": None, "done_by": None, "reference": ""}
    review, _created = Review.objects.update_or_create(incident=incident, defaults=owed | open_again)
    data = {"owner": owner.display_name if owner else "–", "due_at": due_at.isoformat()}
    record(Fact("incident.review_owed", "incident", incident.pk, now, actor, rule, data))
    return review


def finish_review(
    incident: Incident,
    review: Review,
    *,
    reference: str,
    by: Person | None,
    auto_close_at: datetime | None,
    rule: str,
    actor: Actor,
    now: datetime,
) -> Incident:
    """The review was held: `reference` says where it stands. From now on the incident may close, by rule too."""
    review.state, review.done_at, review.done_by, review.reference = Review.State.DONE, now, by, reference
    review.save(update_fields=["state", "done_at", "done_by", "reference"])
    set_ = {"auto_close_at": auto_close_at}
    data = {"reference": reference}
    return change(incident, kind="incident.review_done", actor=actor, now=now, rule=rule, set_=set_, data=data)


def drop_review(incident: Incident) -> None:
    """A review that is no longer owed goes; one that was held stays. The event is the caller's."""
    Review.objects.filter(incident=incident, state=Review.State.OWED).delete()
