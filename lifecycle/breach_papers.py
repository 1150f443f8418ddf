"""Papers of a case filled from its record (forms F2 to F7): what the rules of `privacy.papers` write, from rows.

A paper about one school is written from that school's row alone; those for the NCSC, law enforcement and the register
from the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.secrets import decrypt
from directory.selectors import holders
from lifecycle.desk import rules_for
from lifecycle.errors import Invalid, NotFound
from privacy.models import AffectedSchool, Case, Note, Notice, PoliceReport
from privacy.papers.attack import cyber_report
from privacy.papers.crime import police_record
from privacy.papers.letter import persons_letter
from privacy.papers.paper import Finding, Paper, check, names_in
from privacy.papers.record import (
    Breach,
    CaseRecord,
    Company,
    Consent,
    Contact,
    Cyber,
    DutyRow,
    Evidence,
    FollowUp,
    Handover,
    Head,
    Police,
    Register,
    School,
    SchoolRecord,
)
from privacy.papers.register import register_row
from privacy.papers.render import from_json, to_json
from privacy.papers.school import authority_report, school_notice
from privacy.rules.assessment import UNKNOWN, Answer, Assessment, Decision
from privacy.rules.duties import Clock
from privacy.rules.regimes import regime_of
from privacy.rules.severity import Scores
from privacy.rules.states import State
from privacy.rules.weighing import Verdict
from privacy.schema import Law, SchoolKind
from privacy.selectors import (
    OFFICER,
    Owed,
    assessment_of,
    clocks_of,
    decided_severity,
    law_of,
    opened,
    owed_in,
    schools_of,
)

REPORT = "N2"
CASE_PAPERS = {"F5": cyber_report, "F6": police_record, "F7": register_row}


@dataclass(frozen=True, slots=True)
class Words:
    """What the officer adds to a notice in own words, and when schools hear again."""

    extra: str = ""
    next_update_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What a school gets: its notice, and a draft of the report to each authority it may have to tell."""

    notice: Paper
    reports: tuple[Paper, ...]

    def to_json(self) -> str:
        """Whole, as it is kept."""
        reports = [json.loads(to_json(report)) for report in self.reports]
        return json.dumps({"notice": json.loads(to_json(self.notice)), "reports": reports}, ensure_ascii=False)

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """What the law asks the notice to say and it does not, nor that it is not known yet."""
        return tuple(finding for finding in check(self.notice) if finding.blocks)


def enclosed_in(notice: Notice) -> Enclosed:
    """What a notice says, as it was written."""
    kept = json.loads(decrypt(notice.sealed))
    return Enclosed(
        from_json(json.dumps(kept["notice"])), tuple(from_json(json.dumps(report)) for report in kept["reports"])
    )


def compose(
    case: Case, affected: Sequence[AffectedSchool], *, numbers: Mapping[int, int], words: Words, now: datetime
) -> dict[AffectedSchool, Enclosed]:
    """The notice of each school in its language, with the reports it may have to make.

    Own words that name another school of the case are refused: Invalid on `extra`.
    """
    source = _Source.of(case, now=now)
    names = {row.school.name for row in schools_of(case)}
    found = {}
    for row in affected:
        record = source.school(row, words=words, number=numbers[row.pk])
        notice = school_notice(record, row.language, source.law)
        reports = (
            authority_report(record, entry, row.language, source.law) for entry in record.school.standing.jurisdictions
        )
        found[row] = Enclosed(notice, tuple(reports))
        others = names_in(notice, names - {row.school.name})
        if any(name not in row.school.name for name in others):
            raise Invalid.field("extra", _("Die Mitteilung nennt eine andere Schule: %s") % ", ".join(others))
    return found


def paper_of(
    case: Case, form: str, *, language: str, now: datetime, affected: AffectedSchool | None = None, regime: str = ""
) -> Paper:
    """One of the papers F3 to F7. Raises NotFound for one that does not exist."""
    source = _Source.of(case, now=now)
    if form in CASE_PAPERS:
        return CASE_PAPERS[form](source.case(), language, source.law)
    if affected is None:
        raise NotFound(form)
    record = source.school(affected)
    if form == "F4":
        return persons_letter(record, language, source.law)
    jurisdictions = record.school.standing.jurisdictions
    wanted = next((entry for entry in jurisdictions if regime in ("", entry.regime.key)), None)
    if form != "F3" or wanted is None:
        raise NotFound(form)
    return authority_report(record, wanted, language, source.law)


@dataclass(frozen=True, slots=True)
class _Source:
    """Everything papers of a case are filled from, read once for all of them."""

    row: Case
    law: Law
    assessment: Assessment
    head: Head
    clocks: tuple[Clock, ...]
    cantons: frozenset[str]

    @classmethod
    def of(cls, case: Case, *, now: datetime) -> _Source:
        officer = case.officer or next(iter(holders(OFFICER, now=now)), None)
        contact = Contact(
            name=officer.display_name if officer else "",
            mail=officer.email if officer else "",
            phone=officer.phone if officer else "",
        )
        company = Company(rules_for(case.incident).company)
        head = Head(case.number, company, contact, aware_at=case.suspected_at, made_at=now)
        cantons = frozenset(row.school.canton for row in schools_of(case) if row.school.canton)
        return cls(case, law_of(case), _as_it_ended(case), head, tuple(clocks_of(case)), cantons)

    def school(self, row: AffectedSchool, *, words: Words | None = None, number: int = 1) -> SchoolRecord:
        """The record of one school."""
        given, school = words or Words(), row.school
        kind = school.legal_kind or None
        standing = regime_of(self.law, kind, school.canton, school.city, self.row.suspected_at)
        return SchoolRecord(
            head=self.head,
            breach=Breach.of(self.assessment),
            school=School(
                key=str(row.pk),
                name=school.name,
                kind=SchoolKind(kind) if kind else None,
                canton=school.canton,
                city=school.city,
                persons=_number(row.persons),
                records=_number(row.records),
                standing=standing,
                clocks=tuple(
                    clock for clock in self.clocks if clock.party == str(row.pk) and clock.duty.code == REPORT
                ),
                aware_at=row.aware_at,
            ),
            severity=decided_severity(self.row, self.assessment),
            other_cantons=bool(self.cantons - {school.canton}) or _if_known(self.assessment.schools),
            next_update_at=given.next_update_at,
            follow_up=FollowUp(number, given.extra) if number > 1 else None,
            extra=given.extra if number == 1 else "",
            report_id=row.report_id,
        )

    def case(self) -> CaseRecord:
        """The record of the whole case."""
        owed = owed_in(self.row)
        return CaseRecord(
            head=self.head,
            assessment=self.assessment,
            severity=decided_severity(self.row, self.assessment),
            duties=tuple(_duty(entry, self.assessment) for entry in owed),
            police=_police(self.row),
            cyber=_cyber(self.row, self.assessment),
            register=Register(
                state=State(self.row.state),
                opened_at=self.row.suspected_at,
                closed_at=self.row.closed_at or self.row.dismissed_at,
                last_reported_at=max((entry.row.done_at for entry in owed if entry.row.done_at), default=None),
                keep_until=self.row.keep_until,
                legal_hold=self.row.hold_since is not None,
            ),
        )


def _as_it_ended(case: Case) -> Assessment:
    """The assessment; of a case that was dismissed with that decision, which is no save of the form."""
    found = assessment_of(case)
    why = case.notes.filter(kind=Note.Kind.REASON, at=case.dismissed_at).last() if case.dismissed_at else None
    if why is None:
        return found
    ended = {"decision": Decision.DISMISSED, "reason": decrypt(why.sealed), "decided_by": why.author_label}
    return found.model_copy(update=ended | {"decided_at": case.dismissed_at})


def _number(number: int | None) -> Answer[int]:
    return UNKNOWN if number is None else number


def _if_known(schools: object) -> Answer[bool]:
    """No other canton is affected, as long as it is known which schools are."""
    return UNKNOWN if schools == UNKNOWN else False


def _duty(owed: Owed, found: Assessment) -> DutyRow:
    """A duty with what was decided; where it was no breach nobody has to decide about each."""
    row, clock = owed.row, owed.clock
    none = found if owed.is_open and not row.verdict and found.decision is Decision.DISMISSED else None
    verdict = Verdict.NOT_DUE if none else Verdict(row.verdict) if row.verdict else None
    reason = (none.reason or "") if none else decrypt(row.because.sealed) if row.because else ""
    authority = clock.jurisdiction.authority if clock.jurisdiction else None
    return DutyRow(
        code=clock.duty.code,
        label=clock.duty.label,
        bearer=clock.bearer,
        recipient=authority.label if authority else clock.duty.recipient or "",
        school=row.affected.school.name if row.affected else "",
        due_at=row.deadline,
        done_at=row.done_at,
        verdict=verdict,
        reason=reason,
        decided_by=(none.decided_by or "") if none else row.decided_by.display_name if row.decided_by else "",
        decided_at=none.decided_at if none else row.decided_at,
        late_reason=decrypt(row.late_because.sealed) if row.late_because else "",
    )


def _police(case: Case) -> Police:
    """What law enforcement was told last, and all that is kept for it."""
    told = PoliceReport.objects.filter(case=case).order_by("pk").last()
    said = opened(told.sealed) if told else {}
    return Police(
        offence=said.get("offence"),
        station=said.get("station"),
        case_number=said.get("case_number") or (UNKNOWN if told else None),
        informed_at=told.informed_at if told else None,
        informed_by=said.get("informed_by"),
        evidence=tuple(_evidence(case)),
        traces_secured_by=said.get("secured_by") or said.get("informed_by"),
        traces_secured_at=told.at if told else None,
        consents=tuple(_consent(opened(row.sealed), row.signed_at) for row in case.consents.all()),
        schools=tuple(row.school.name for row in schools_of(case)),
    )


def _consent(said: Mapping[str, str], at: datetime) -> Consent:
    return Consent(document=said["document"], scope=said["scope"], signer=said["signer"], at=at)


def _evidence(case: Case) -> Iterable[Evidence]:
    for row in case.evidence.prefetch_related("custody"):
        said = opened(row.sealed)
        hands = ((step.at, opened(step.sealed)) for step in row.custody.all())
        yield Evidence(
            what=said["what"],
            sha256=row.sha256,
            place=said["place"],
            chain=tuple(Handover(at, hand["from"], hand["to"], hand["note"]) for at, hand in hands),
            of_school=bool(said.get("of_school", True)),
        )


def _cyber(case: Case, found: Assessment) -> Cyber:
    scores = found.scores if isinstance(found.scores, Scores) else None
    return Cyber(
        detected_at=found.aware_at,
        attacked_at=found.occurred_from,
        kind=found.attack_kind,
        attacker=found.attacker,
        extortion=found.extortion,
        complaint=True if case.police_reports.exists() else UNKNOWN,
        availability=scores.availability if scores else None,
        integrity=scores.integrity if scores else None,
        confidentiality=scores.confidentiality if scores else None,
        effect=found.effect,
    )
