"""Schools that stay silent are reminded, and the officer hears of those that go on doing so (P-7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from directory.selectors import holders
from lifecycle.access import RULES
from lifecycle.case_desk import calls_of, link_to, log, topic
from lifecycle.doorbell import ring_after_commit
from lifecycle.notice_links import LINK_FIELDS, send_links
from notifications.services import notify_people
from privacy import services
from privacy.models import AffectedSchool, Case, Notice
from privacy.rules.gates import REMINDERS
from privacy.selectors import OFFICER, newest_notices

SILENT, ANSWERED = "privacy_school_silent", "privacy_school_answered"


@transaction.atomic
def remind(now: datetime, batch: int) -> int:
    """One batch of schools that have not acknowledged: each is reminded with a new link, three times in all.

    After the last one the officer hears that the school stays silent: somebody has to call.
    """
    waiting = AffectedSchool.objects.filter(next_reminder_at__lte=now)
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("incident")
    taken = {case.pk: case for case in cases.filter(pk__in=waiting.values("case"))}
    rows = list(waiting.filter(case__in=taken).select_related("school").order_by("case_id", "id")[:batch])
    newest = newest_notices(rows, sent=True)
    for pk, case in taken.items():
        _remind(case, [row for row in rows if row.case_id == pk], newest, now=now)
    services.save_all(rows, ["reminders", "next_reminder_at"])
    return len(rows)


def _remind(case: Case, rows: Sequence[AffectedSchool], newest: Mapping[int, Notice], *, now: datetime) -> None:
    wait = timedelta(minutes=calls_of(case).remind_schools_every_min)
    silent = [row for row in rows if row.reminders >= REMINDERS]
    again = [row for row in rows if row.reminders < REMINDERS]
    notices = [(newest[row.pk], row) for row in again]
    send_links(case, notices, now=now)
    services.save_all([notice for notice, _row in notices], LINK_FIELDS)
    for row in again:
        row.reminders += 1
        row.next_reminder_at = now + wait
    for row in silent:
        row.next_reminder_at = None
    if again:
        log(case, "privacy.reminded", by=RULES, now=now, count=len(again))
    if silent:
        key = f"privacy:{case.pk}:silent:{silent[0].pk}:{now.isoformat()}"
        tell_officers(case, SILENT, key=key, count=len(silent), now=now)


def tell_officers(case: Case, kind: str, *, key: str, now: datetime, **context: object) -> None:
    """Officer and deputies hear something about the schools of a case; no school is named in it."""
    notify_people(
        holders(OFFICER, now=now),
        kind=kind,
        key=key,
        context={"number": case.number, **context},
        link=f"{link_to(case)}schools/",
        now=now,
        **topic(case),
    )
    ring_after_commit()
