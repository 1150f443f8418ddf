"""Reads of what hangs on a case. Whoever asks has the case already, from `cases_visible_to`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.secrets import decrypt
from privacy.models import OVER, AffectedSchool, AssessmentVersion, Case, Duty, Notice
from privacy.rules.assessment import UNKNOWN, Answer, Assessment, BreachType, SchoolHit, Unknown, from_json
from privacy.rules.duties import Clock, duties
from privacy.rules.facts import Facts, Party
from privacy.rules.severity import Context, DataCategory, Scores, Severity, graded, weigh
from privacy.schema import Duty as LawDuty
from privacy.schema import SchoolKind
from privacy.selectors.law import law_of

EMPTY = Assessment()
OWN = "own"
"""The party that the company itself is."""


def versions_of(case: Case) -> QuerySet[AssessmentVersion]:
    """Every save of the first assessment, the newest first."""
    return AssessmentVersion.objects.filter(case=case)


def assessment_of(case: Case) -> Assessment:
    """The first assessment as it stands, with the schools that are affected by now; empty before the first save."""
    newest = versions_of(case).first()
    saved = from_json(decrypt(newest.sealed)) if newest else EMPTY
    hits = tuple(
        SchoolHit(school=school, persons=_or_unknown(persons), records=_or_unknown(records))
        for school, persons, records in AffectedSchool.objects.filter(case=case)
        .order_by("school__name")
        .values_list("school_id", "persons", "records")
    )
    return saved.model_copy(update={"schools": hits}) if hits else saved


def _or_unknown(number: int | None) -> Answer[int]:
    return UNKNOWN if number is None else number


def severity_of(assessment: Assessment) -> Severity | None:
    """The recommendation after ENISA; None while what it needs is not said."""
    return weigh(assessment.scores) if isinstance(assessment.scores, Scores) else None


def decided_severity(case: Case, assessment: Assessment) -> Severity | None:
    """How grave it is for everybody who is told: as the officer decided, else as recommended."""
    return graded(case.severity) if case.severity is not None else severity_of(assessment)


def schools_of(case: Case) -> list[AffectedSchool]:
    """The schools it affects, by name."""
    return list(AffectedSchool.objects.filter(case=case).select_related("school"))


def newest_notices(affected: Iterable[AffectedSchool], *, sent: bool = False) -> dict[int, Notice]:
    """Affected school → its newest notice, or with `sent` the newest it got. One query."""
    rows = Notice.objects.filter(affected__in=affected).select_related("written_by", "reviewed_by")
    rows = rows.filter(sent_at__isnull=False) if sent else rows
    return {notice.affected_id: notice for notice in rows.order_by("affected_id", "number")}


def opened(sealed: str) -> dict[str, Any]:
    """What `services.sealed_json` wrote."""
    found: dict[str, Any] = json.loads(decrypt(sealed))
    return found


def facts_of(case: Case, assessment: Assessment, affected: Iterable[AffectedSchool]) -> Facts:
    """What is known of a case, for the rules. What nobody knows yet is None there, never a no."""
    answers = {name: _known(getattr(assessment, name)) for name in Assessment.model_fields}
    aware_at = answers["aware_at"] or case.suspected_at
    kinds = answers["breach_types"]
    parties = [_party(row) for row in affected]
    if answers["own_data"]:
        parties.append(Party(OWN, SchoolKind.OWN, aware_at=aware_at))
    return Facts(
        aware_at=aware_at,
        confirmed_at=case.confirmed_at,
        is_dismissed=case.state == Case.State.DISMISSED,
        confidentiality=None if kinds is None else BreachType.CONFIDENTIALITY in kinds,
        severity=case.severity,
        cyber_attack=answers["cyber_attack"],
        in_cyber_scope=answers["critical_infrastructure"],
        discovered_at=aware_at,
        criminal=answers["criminal_suspicion"],
        crime_suspected_at=case.crime_suspected_at,
        sensitive_volume=_sensitive_volume(answers["data_categories"], answers["scores"]),
        parties=tuple(parties),
    )


def _known(answer: Any) -> Any:
    return None if isinstance(answer, Unknown) or answer == UNKNOWN else answer


def _sensitive_volume(categories: frozenset[DataCategory] | None, scores: Scores | None) -> bool | None:
    """Whether sensitive data are affected in large volume; None while one of the two is open."""
    if categories is not None and DataCategory.SENSITIVE not in categories:
        return False
    if categories is None or scores is None:
        return None
    return Context.LARGE_VOLUME in scores.context


def _party(row: AffectedSchool) -> Party:
    school = row.school
    return Party(
        key=str(row.pk),
        kind=school.legal_kind or None,
        canton=school.canton,
        city=school.city,
        aware_at=row.aware_at,
        persons_decided_at=row.persons_decided_at,
    )


def clocks_of(case: Case) -> list[Clock]:
    """Every duty of a case with its clock, by the law it began under. Four queries."""
    facts = facts_of(case, assessment_of(case), schools_of(case))
    return duties(law_of(case), facts, at=case.suspected_at)


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty on screen: its clock, what was decided about it, and the school it concerns."""

    clock: Clock
    row: Duty

    @property
    def is_open(self) -> bool:
        """Whether anybody still has to decide or do something."""
        return not self.row.done_at and self.row.verdict != Duty.Verdict.NOT_DUE

    @property
    def is_asked(self) -> bool:
        """Whether it is open, and somebody said or the signs say that it may be due."""
        return self.is_open and (bool(self.row.verdict) or self.clock.recommendation.verdict != "not_due")

    @property
    def contradicts(self) -> bool:
        """Whether the recommendation has changed since somebody decided, and now says otherwise."""
        now = self.clock.recommendation.verdict.value
        return bool(self.row.verdict) and self.row.recommended != now and now not in (self.row.verdict, "decide")

    def is_late(self, now: datetime) -> bool:
        """Whether it was done too late, or is open after its deadline."""
        return self.row.is_late or (self.is_open and self.row.deadline is not None and now > self.row.deadline)


def owed_in(case: Case) -> list[Owed]:
    """The duties of a case in the order of the law, each with its row."""
    rows = Duty.objects.filter(case=case).select_related("affected__school", "decided_by", "because", "late_because")
    there = {row.key: row for row in rows}
    return [Owed(clock, there[clock.key]) for clock in clocks_of(case) if clock.key in there]


def undecided_in(case: Case) -> list[Owed]:
    """The duties nobody has settled: not decided, or due and not done."""
    return [owed for owed in owed_in(case) if owed.is_open]


@dataclass(frozen=True, slots=True)
class RunsOut:
    """A duty of a case that is open, and how many schools wait with it for the same deadline."""

    case: Case
    duty: LawDuty
    deadline: datetime
    schools: int


def run_out_first(cases: QuerySet[Case], *, limit: int) -> list[RunsOut]:
    """The open duties of cases whose deadline comes first, those of many schools together. Two queries."""
    open_ones = Duty.objects.filter(case__in=cases.exclude(state__in=OVER), done_at=None).exclude(verdict="not_due")
    rows, late = open_ones.filter(next_alarm_at__isnull=False), open_ones.filter(told=100)
    found: dict[tuple[int, str, datetime], RunsOut] = {}
    for row in (rows | late).filter(deadline__isnull=False).select_related("case").order_by("deadline", "id"):
        if row.deadline is None:
            continue
        key = row.key.split("/", 1)[0]
        at = (row.case_id, key, row.deadline)
        if at not in found and len(found) == limit:
            break
        law = law_of(row.case)
        duty = law.duty(key, law.day_of(row.case.suspected_at))
        if duty is None:
            continue
        before = found.get(at)
        found[at] = RunsOut(row.case, duty, row.deadline, (before.schools if before else 0) + bool(row.affected_id))
    return list(found.values())
