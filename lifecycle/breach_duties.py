"""The duties of a case: somebody decides whether each is due, and says when it was done (P-7.3 to P-7.5).

Their clocks run in real time beside everything else: neither the incident's state nor its priority is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean, first_line
from directory.selectors import holders
from lifecycle.access import RULES, By
from lifecycle.case_desk import (
    let_duties_follow,
    link_to,
    log,
    may_decide,
    needed,
    refuse_when_over,
    state_after,
    take,
    topic,
    write,
)
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid
from notifications.services import notify_people
from privacy import services
from privacy.models import AffectedSchool, Case, Duty, Note
from privacy.rules.duties import needs_reason, passed
from privacy.rules.states import Verb
from privacy.rules.weighing import Verdict
from privacy.schema import in_force
from privacy.selectors import OFFICER, Owed, law_of, owed_in
from privacy.services import next_alarm

ALARM = "privacy_duty"
AUTHORITY = "N2"
PERSONS = "N3"
"""Telling the persons concerned: its clock counts from the decision that they are told."""


@transaction.atomic
def decide_duty(
    number: str,
    *,
    keys: Collection[str],
    verdict: str,
    by: By,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Case:
    """The officer decides that duties are due or not due; a reason where one is needed (P-7.3).

    `keys` name them, so that what holds for 137 schools is said once.
    """
    may_decide(by)
    case = take(number, by=by, version=version)
    refuse_when_over(case)
    if verdict not in set(Duty.Verdict):
        raise Invalid.field("verdict", _("Fällig oder nicht fällig?"))
    chosen = _chosen(case, keys)
    asked = [why for owed in chosen for why in needs_reason(owed.clock, Verdict(verdict), now)]
    if asked and not reason.strip():
        raise Invalid.field("reason", _("Dieser Entscheid braucht eine Begründung: sie gehört zum Nachweis."))
    told = write(case, reason, kind=Note.Kind.DUTY, by=by, now=now) if reason.strip() else {"note": None, "digest": ""}
    for owed in chosen:
        row = owed.row
        row.verdict, row.recommended = verdict, owed.clock.recommendation.verdict.value
        row.decided_at, row.decided_by, row.because_id = now, by.person, told["note"]
        row.next_alarm_at = next_alarm(row)
    fields = ["verdict", "recommended", "decided_at", "decided_by", "because", "next_alarm_at"]
    services.save_all([owed.row for owed in chosen], fields)
    of_persons = _schools(chosen, PERSONS)
    AffectedSchool.objects.filter(pk__in=of_persons).update(persons_decided_at=now if verdict == "due" else None)
    services.change(case, now=now, set_={})
    log(case, "privacy.duty_decided", by=by, now=now, count=len(chosen), what=_labels(chosen), verdict=verdict, **told)
    let_duties_follow(case)
    return case


@transaction.atomic
def report_authority(
    number: str,
    *,
    keys: Collection[str],
    by: By,
    now: datetime,
    reported_at: datetime | None = None,
    reference: str = "",
    late_reason: str = "",
    version: int | None = None,
) -> Case:
    """What duties ask for was done, by us or by a school: when, and under which number the other side keeps it (P-7.3).

    Later than its deadline needs a reason.
    """
    may_decide(by)
    case = take(number, by=by, verb=Verb.REPORT_AUTHORITY, version=version)
    done_at = reported_at or now
    if not case.suspected_at <= done_at <= now:
        raise Invalid.field("reported_at", _("Zwischen dem Bekanntwerden und jetzt."))
    chosen = _chosen(case, keys)
    settle(case, [owed.row.key for owed in chosen], done_at=done_at, late_reason=late_reason, by=by, now=now)
    of = first_line(clean(reference, limit=200), limit=200)
    if of:
        rows = [owed.row.pk for owed in chosen]
        Duty.objects.filter(pk__in=rows).update(reference=of)
        AffectedSchool.objects.filter(pk__in=_schools(chosen, AUTHORITY)).update(
            report_id=of[:100], reported_at=done_at
        )
    services.change(case, now=now, set_={"state": state_after(case, Verb.REPORT_AUTHORITY)})
    return case


def settle(
    case: Case,
    keys: Collection[str],
    *,
    done_at: datetime,
    by: By,
    now: datetime,
    late_reason: str = "",
) -> None:
    """Duties of a case (locked) are done; those that are already, or that the case does not have, are left out."""
    chosen = [owed for owed in owed_in(case) if owed.row.key in keys and owed.row.done_at is None]
    if not chosen:
        return
    late = [owed for owed in chosen if passed(owed.clock, done_at)]
    told = {"note": None, "digest": ""}
    if late:
        sentence = _("Die Frist ist vorbei (%(what)s): warum erst jetzt?") % {"what": _labels(late)}
        why = needed("late_reason", late_reason, sentence)
        told = write(case, why, kind=Note.Kind.LATE, by=by, now=now)
    for owed in chosen:
        row = owed.row
        row.done_at, row.next_alarm_at, row.is_late = done_at, None, owed in late
        row.late_because_id = told["note"] if owed in late else None
        if not row.verdict:
            row.verdict, row.recommended = Duty.Verdict.DUE, owed.clock.recommendation.verdict.value
            row.decided_at, row.decided_by = now, by.person
    fields = ["done_at", "next_alarm_at", "is_late", "late_because", "verdict", "recommended", "decided_at"]
    services.save_all([owed.row for owed in chosen], [*fields, "decided_by"])
    log(case, "privacy.duty_done", by=by, now=now, count=len(chosen), what=_labels(chosen), late=len(late), **told)


@transaction.atomic
def alarms(now: datetime, batch: int) -> int:
    """One batch of duties of which half, three quarters, nine tenths or all of the time is gone: the officer hears it.

    Each percentage is told once; what comes due at one moment in one case is one message.
    """
    due = Duty.objects.filter(next_alarm_at__lte=now)
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=due.values("case"))
    taken = list(cases.order_by("pk").values_list("pk", flat=True))  # before what hangs on them, as every verb does
    rows = list(
        due.filter(case__in=taken).select_related("case__incident").order_by("case_id", "position", "id")[:batch]
    )
    for row in rows:
        row.told = max(percent for percent, at in row.alarms if datetime.fromisoformat(at) <= now)
        row.next_alarm_at = next_alarm(row)
    services.save_all(rows, ["told", "next_alarm_at"])
    for _pk, of_case in groupby(rows, key=lambda row: row.case_id):
        _tell(list(of_case), now=now)
    return len(rows)


def _tell(rows: Sequence[Duty], *, now: datetime) -> None:
    """Officer and deputies, at any hour. The message names duties and counts schools; it names none."""
    case = rows[0].case
    law = law_of(case)
    known = {duty.key: duty for duty in in_force(law.duties, law.day_of(case.suspected_at))}
    entries = []
    for (key, percent), of_duty in groupby(rows, key=lambda row: (row.key.split("/", 1)[0], row.told)):
        some = list(of_duty)
        entry = {
            "code": known[key].code,
            "label": known[key].label,
            "percent": percent,
            "deadline": min(row.deadline for row in some if row.deadline is not None),
            "count": len(some) if some[0].affected_id else 0,
        }
        entries.append(entry)
    first = rows[0]
    notify_people(
        holders(OFFICER, now=now),
        kind=ALARM,
        key=f"privacy:{case.pk}:alarm:{first.pk}:{first.told}:{now.isoformat()}",
        context={"number": case.number, "entries": entries, "percent": max(row.told for row in rows)},
        is_urgent=True,
        link=f"{link_to(case)}duties/",
        now=now,
        **topic(case),
    )
    what = "; ".join(f"{entry['code']} {entry['percent']} %" for entry in entries)
    log(case, "privacy.duty_alarm", by=RULES, now=now, what=what, rows=len(rows))
    ring_after_commit()


def _chosen(case: Case, keys: Collection[str]) -> list[Owed]:
    """The duties somebody named. Raises Invalid for none, and for one the case does not have."""
    there: Mapping[str, Owed] = {owed.row.key: owed for owed in owed_in(case)}
    strange = [key for key in keys if key not in there]
    if strange or not keys:
        raise Invalid.field("keys", _("Welche Pflicht? Diese gibt es hier nicht: %s") % (", ".join(strange) or "–"))
    return [there[key] for key in dict.fromkeys(keys)]


def _schools(chosen: Sequence[Owed], code: str) -> list[int]:
    """The affected schools that duties of a code are about."""
    return [owed.row.affected_id for owed in chosen if owed.row.affected_id and owed.clock.duty.code == code]


def _labels(owed: Sequence[Owed]) -> str:
    """What the log and refusals call them: each duty once, with how many schools."""
    names = [f"{entry.clock.duty.code} {entry.clock.duty.label.de}" for entry in owed]
    counted = {name: names.count(name) for name in names}
    return ", ".join(name if count == 1 else f"{name} ({count})" for name, count in counted.items())
