"""Writes to what hangs on a case: assessments, duties, schools and their notices, evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from core.actors import Actor
from core.bulk import update_rows
from core.secrets import encrypt
from directory.models import Person, School
from privacy.models import (
    AffectedSchool,
    AssessmentVersion,
    Case,
    Consent,
    Custody,
    Duty,
    Evidence,
    Notice,
    PoliceReport,
)
from privacy.rules.assessment import Assessment, to_json
from privacy.rules.duties import Clock


def sealed_json(data: Mapping[str, Any]) -> str:
    """Facts as one encrypted text."""
    return encrypt(json.dumps(data, ensure_ascii=False, sort_keys=True))


def save_assessment(
    case: Case, assessment: Assessment, *, score: float | None, actor: Actor, now: datetime
) -> AssessmentVersion:
    """The next version of the first assessment; the case (locked) has no other way to get one."""
    text = to_json(assessment)
    last = case.assessments.order_by("-number").values_list("number", flat=True).first() or 0
    return AssessmentVersion.objects.create(
        case=case,
        number=last + 1,
        sealed=encrypt(text),
        digest=_digest(case.pk, last + 1, now, text),
        score=score,
        author_label=actor.label[:200],
        at=now,
    )


def set_duties(case: Case, clocks: Sequence[Clock], affected: Mapping[str, AffectedSchool]) -> None:
    """Rows follow the clocks: new ones come, alarms move with the facts, undecided ones that no longer apply go.

    What was decided or done stays as it was. Three to five statements, however many duties there are.
    """
    there = {duty.key: duty for duty in Duty.objects.select_for_update().filter(case=case)}
    wanted = {clock.key: (position, clock) for position, clock in enumerate(clocks)}
    new: list[Duty] = []
    moved: list[Duty] = []
    for key, (position, clock) in wanted.items():
        duty = there.get(key) or Duty(case=case, key=key, affected=affected.get(clock.party or ""))
        if _follow(duty, position, clock):
            (moved if duty.pk else new).append(duty)
    Duty.objects.bulk_create(new)
    save_all(moved, ["position", "deadline", "alarms", "told", "next_alarm_at"])
    past = [duty for key, duty in there.items() if key not in wanted]
    Duty.objects.filter(pk__in=[duty.pk for duty in past if not duty.verdict and not duty.done_at]).delete()
    # what was decided stays, but a clock that does not apply any more asks nobody
    idle = [duty.pk for duty in past if duty.next_alarm_at or duty.deadline]
    Duty.objects.filter(pk__in=idle).update(next_alarm_at=None, deadline=None)


def _follow(duty: Duty, position: int, clock: Clock) -> bool:
    """Sets the clock's columns; whether anything changed. What was told of one deadline was not told of another."""
    alarms = [[alarm.percent, alarm.at.isoformat()] for alarm in clock.alarms]
    before = (duty.position, duty.deadline, duty.alarms, duty.told, duty.next_alarm_at)
    if duty.alarms != alarms:
        duty.told = 0
    duty.position, duty.deadline, duty.alarms = position, clock.deadline, alarms
    duty.next_alarm_at = next_alarm(duty, is_asked=clock.recommendation.verdict != "not_due")
    return duty.pk is None or before != (duty.position, duty.deadline, duty.alarms, duty.told, duty.next_alarm_at)


def next_alarm(duty: Duty, *, is_asked: bool = True) -> datetime | None:
    """When the duty's next alarm is; none once it is done or decided away, or while it is recommended to be no duty."""
    if duty.done_at or duty.verdict == Duty.Verdict.NOT_DUE or not (is_asked or duty.verdict):
        return None
    return next((datetime.fromisoformat(at) for percent, at in duty.alarms if percent > duty.told), None)


def save_all(rows: Sequence[Model], fields: Iterable[str]) -> None:
    """Stores some fields of rows of one kind that the caller holds locked, in one statement."""
    if rows:
        model = type(rows[0])
        columns = [model._meta.get_field(name).attname for name in fields]  # type: ignore[union-attr]
        update_rows(model, [{"id": row.pk, **{name: getattr(row, name) for name in columns}} for row in rows])


def empty_case(case: Case) -> None:
    """Takes out of a case (locked, over) everything that was said in it; what the log keeps are digests and counts."""
    for rows in (case.duties, case.schools, case.assessments, case.police_reports, case.evidence, case.consents):
        rows.all().delete()
    for rest in (case.withheld, case.notes, case.readers):
        rest.all().delete()


def silence(case: Case) -> None:
    """No duty of a case that is over asks for anything any more."""
    Duty.objects.filter(case=case, next_alarm_at__isnull=False).update(next_alarm_at=None)
    AffectedSchool.objects.filter(case=case, next_reminder_at__isnull=False).update(next_reminder_at=None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A school with its own numbers; None is «noch unbekannt», no language the one it had before, or its own."""

    school: School
    persons: int | None = None
    records: int | None = None
    language: str = ""


def affect(case: Case, hits: Iterable[Hit], *, now: datetime) -> tuple[int, int]:
    """Schools the breach affects, with their numbers; returns how many are new, and how many got other numbers.

    A notice that was not sent yet and says something else is no draft any more.
    """
    hits = list(hits)
    there = {row[0]: row[1:] for row in case.schools.values_list("school", "persons", "records", "language")}
    new = [hit for hit in hits if hit.school.pk not in there]
    other = [hit.school.pk for hit in hits if there.get(hit.school.pk, _said(hit)) != _said(hit)]
    rows = [
        AffectedSchool(
            case=case, school=hit.school, persons=hit.persons, records=hit.records, language=hit.language, added_at=now
        )
        for hit in hits
    ]
    AffectedSchool.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case", "school"],
        update_fields=["persons", "records", "language"],
    )
    Notice.objects.filter(affected__case=case, affected__school__in=other, sent_at=None).delete()
    return len(new), len(other)


def _said(hit: Hit) -> tuple[int | None, int | None, str]:
    return hit.persons, hit.records, hit.language


def save_notices(
    papers: Mapping[AffectedSchool, str], *, numbers: Mapping[int, int], by: Person | None, now: datetime
) -> list[Notice]:
    """A draft for each school, in place of one that was not sent yet; `numbers` are those of the versions."""
    Notice.objects.filter(affected__in=list(papers), sent_at=None).delete()
    rows = [
        Notice(
            affected=affected,
            number=numbers[affected.pk],
            sealed=encrypt(text),
            digest=_digest(affected.pk, numbers[affected.pk], now, text),
            written_at=now,
            written_by=by,
        )
        for affected, text in papers.items()
    ]
    return Notice.objects.bulk_create(rows)


def save_police_report(
    case: Case, facts: Mapping[str, Any], *, informed_at: datetime, by: Person | None, now: datetime
) -> PoliceReport:
    """Keeps what law enforcement was told, encrypted (P-7.4)."""
    return PoliceReport.objects.create(case=case, sealed=sealed_json(facts), informed_at=informed_at, by=by, at=now)


def add_evidence(case: Case, facts: Mapping[str, Any], *, sha256: str, file: str, now: datetime) -> Evidence:
    """Keeps a piece of evidence by its hash."""
    return Evidence.objects.create(case=case, sealed=sealed_json(facts), sha256=sha256, file=file, at=now)


def add_custody(evidence: Evidence, facts: Mapping[str, Any], *, now: datetime) -> Custody:
    """Keeps that a piece of evidence changed hands."""
    return Custody.objects.create(evidence=evidence, sealed=sealed_json(facts), at=now)


def save_consent(case: Case, facts: Mapping[str, Any], *, signed_at: datetime, now: datetime) -> Consent:
    """Keeps the consent that official secrecy asks for."""
    return Consent.objects.create(case=case, sealed=sealed_json(facts), signed_at=signed_at, at=now)


def _digest(of: int, number: int, now: datetime, text: str) -> str:
    return hashlib.sha256(f"{of}:{number}:{now.isoformat()}:{text}".encode()).hexdigest()
