"""«Was wäre, wenn …?»: a question about other promises, answered by a worker chunk by chunk, and nothing is written.

The row of a question is all there is: its place, what was found, and until when its worker is believed alive. A worker
that is killed is followed by another one after `LEASE`, from the last chunk on; after `MOST_LOST` of them the question
says that it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.selectors import visible_to
from lifecycle.access import ASK_WHAT_IF, By, require
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Forbidden, Invalid, NotFound
from process.edited import edited
from process.loader import BadDocument
from process.schema import ClockKind, Priority
from process.selectors import current_document
from process.selectors import document as document_of
from sla.models import WhatIf
from sla.what_if import Found, add, asked_about

State = WhatIf.State
UNFINISHED = (State.QUEUED, State.RUNNING)
BACK = timedelta(days=92)
KEPT = timedelta(days=1)
LEASE = timedelta(seconds=30)
MOST_LOST = 3
MOST_WAITING = 3
CHUNK = 500
CHUNKS_A_RING = 8
KINDS = [kind.value for kind in ClockKind]


def ask(sections: Mapping[str, Any], *, by: By, now: datetime) -> WhatIf:
    """Puts a question: what if these sections (`sla`, `calendars`) were in the document in force?

    Answered for the open incidents this person may see, and for what was reported in the last 92 days. Raises
    Forbidden, and Invalid with the path of everything that loading such a document would refuse, or with three
    questions of this person unanswered.
    """
    require(by, ASK_WHAT_IF)
    if by.person is None:
        raise Forbidden(ASK_WHAT_IF, _("Dafür fehlt Ihnen die nötige Rolle."))
    if not sections:
        raise Invalid.field("sla", _("Bitte sla oder calendars angeben."))
    version, base = current_document()
    try:
        edited(base, sections, today=timezone.localdate(now))
    except BadDocument as problem:
        errors: dict[str, list[str]] = {}
        for found in problem.problems:
            errors.setdefault(found.path, []).append(found.message)
        raise Invalid(errors) from None
    rows = WhatIf.objects.filter(person=by.person, state__in=UNFINISHED, created_at__gt=now - KEPT)
    if rows.count() >= MOST_WAITING:
        raise Invalid.field("", _("Es laufen schon drei Berechnungen von Ihnen. Bitte warten oder eine abbrechen."))
    asked = asked_about(visible_to(by.person), since=now - BACK, until=now)
    row = WhatIf.objects.create(
        person=by.person,
        process_version_id=version,
        sections=dict(sections),
        created_at=now,
        since=now - BACK,
        total=asked.count(),
    )
    ring_after_commit("what_if")
    return row


def question(pk: UUID, *, by: By, now: datetime) -> WhatIf:
    """A question of one's own, for a day. Raises NotFound."""
    require(by, ASK_WHAT_IF)
    row = WhatIf.objects.filter(pk=pk, person=by.person, created_at__gt=now - KEPT).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def cancel(pk: UUID, *, by: By, now: datetime) -> WhatIf:
    """Stops a question at the worker's next chunk; one that is over stays as it is. Raises NotFound."""
    row = question(pk, by=by, now=now)
    WhatIf.objects.filter(pk=row.pk, state__in=UNFINISHED).update(state=State.CANCELLED, finished_at=now)
    row.refresh_from_db()
    return row


@dataclass(frozen=True, slots=True)
class Share:
    """How often a promise was kept."""

    met: int
    breached: int

    @property
    def attainment(self) -> float | None:
        """Met ÷ (met + breached); None when nothing is decided (B3)."""
        decided = self.met + self.breached
        return self.met / decided if decided else None


@dataclass(frozen=True, slots=True)
class Attainment:
    """A clock and priority before and after."""

    clock: str
    priority: str
    before: Share
    after: Share


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be different. `incidents` are those the asker may know of; the counts are of all that were told."""

    attainment: list[Attainment]
    incidents: list[dict[str, Any]]
    open: int
    changed: int
    newly_broken: int


def answer_of(row: WhatIf, *, by: By) -> Answer:
    """What was found up to now."""
    found = Found(**row.found) if row.found else Found()
    numbers = {entry["number"] for entry in found.changed}
    titles = dict(visible_to(by.person).filter(number__in=numbers).values_list("number", "title"))
    rows = [
        Attainment(clock, priority, before=Share(*sides["before"]), after=Share(*sides["after"]))
        for place, sides in found.attainment.items()
        for clock, priority in [place.split("/")]
    ]
    return Answer(
        attainment=sorted(rows, key=lambda entry: (KINDS.index(entry.clock), Priority(entry.priority).rank)),
        incidents=[entry | {"title": titles[entry["number"]]} for entry in found.changed if entry["number"] in titles],
        open=found.open,
        changed=found.changed_count,
        newly_broken=found.newly_broken,
    )


def work(*, clock: Callable[[], datetime]) -> bool:
    """Answers a part of the oldest question nobody is at; whether there was one. What is too old goes."""
    now = clock()
    WhatIf.objects.filter(created_at__lte=now - KEPT).delete()
    row = _take(now)
    if row is None:
        return False
    document = edited(document_of(row.process_version_id), row.sections, today=timezone.localdate(row.created_at))
    found = Found(**row.found) if row.found else Found()
    for _chunk in range(CHUNKS_A_RING):
        rows = asked_about(visible_to(row.person), since=row.since, until=row.created_at)
        chunk = list(rows.filter(pk__gt=row.after)[:CHUNK])
        add(found, chunk, document, since=row.since, now=row.created_at)
        is_through = len(chunk) < CHUNK
        row.after, row.done, row.found = chunk[-1].pk if chunk else row.after, row.done + len(chunk), found.as_json()
        if not _put_down(row, now=clock(), is_through=is_through):
            return True
        if is_through:
            return True
    # others wait for this worker too: the rest is for whoever hears the next ring
    WhatIf.objects.filter(pk=row.pk, state=State.RUNNING, attempts=row.attempts).update(lease_until=None)
    ring_after_commit("what_if")
    return True


@transaction.atomic
def _take(now: datetime) -> WhatIf | None:
    """The oldest unfinished question whose worker has laid it down, or is believed dead."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    rows = WhatIf.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, state__in=UNFINISHED)
    row = rows.select_related("person").order_by("created_at").first()
    if row is None:
        return None
    row.lost += row.lease_until is not None
    row.attempts += 1
    row.state, row.lease_until = State.RUNNING, now + LEASE
    if row.lost >= MOST_LOST:
        row.state, row.finished_at = State.FAILED, now
    row.save(update_fields=["lost", "attempts", "state", "lease_until", "finished_at"])
    return row if row.state == State.RUNNING else None


def _put_down(row: WhatIf, *, now: datetime, is_through: bool) -> bool:
    """Keeps what was found; False when the question was cancelled or another worker has it."""
    changes: dict[str, Any] = {"after": row.after, "done": row.done, "found": row.found, "lease_until": now + LEASE}
    if is_through:
        changes |= {"state": State.DONE, "finished_at": now, "lease_until": None}
    mine = WhatIf.objects.filter(pk=row.pk, state=State.RUNNING, attempts=row.attempts)
    return bool(mine.update(**changes))
