"""`privacy/cases/{number}/…`: the work on a case, for programs of the officer (§7)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.examples import body
from api.fields import Instant
from api.inputs import In, Versioned, text
from api.privacy import Cases, case_verb
from lifecycle import (
    assessing,
    breach_duties,
    breach_schools,
    case_end,
    data_protection,
    law_change,
    law_enforcement,
    school_notices,
)
from lifecycle.breach_board import Line, lines_of
from lifecycle.school_notices import Words
from privacy.models import Case, Duty
from privacy.rules.assessment import gaps, to_json, unknowns
from privacy.rules.severity import Severity
from privacy.selectors import Owed, assessment_of, owed_in, severity_of

PLACE = [OpenApiParameter("number", str, "path")]
LATE_HELP = "Needed where the deadline has passed."


def _instant(**kwargs: Any) -> serializers.DateTimeField:
    return serializers.DateTimeField(required=False, **kwargs)


class ReasonedIn(Versioned):
    """Why."""

    reason = text(20_000)


class AssessIn(Versioned):
    """Answers of form F1 over those that are there; null empties one, `{"unknown": true}` says not known yet."""

    answers = serializers.DictField(help_text="By field, as `assessment/` shows them; `schools` sets who is affected.")


class ConfirmIn(ReasonedIn):
    """That it is a breach, how grave, and why."""

    severity = serializers.FloatField(required=False, min_value=0, max_value=6, help_text="Where not as recommended.")
    late_reason = text(20_000, required=False, help_text=LATE_HELP)


class DecideDutyIn(Versioned):
    """What is decided about duties."""

    keys = serializers.ListField(child=text(160), max_length=3000, help_text="As `duties/` lists them.")
    verdict = serializers.ChoiceField(Duty.Verdict.values)
    reason = text(20_000, required=False)


class ReportedIn(Versioned):
    """That something was done about duties."""

    keys = serializers.ListField(child=text(160), max_length=3000, help_text="As `duties/` lists them.")
    reported_at = _instant(help_text="Now, where left out.")
    reference = text(200, required=False, help_text="Number or report ID.")
    late_reason = text(20_000, required=False, help_text=LATE_HELP)


class HitIn(In):
    """An affected school with its own numbers."""

    school = text(160, help_text="Name or key.")
    persons = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10**9)
    records = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10**9)
    language = serializers.ChoiceField(["de", "fr", "it", "en"], required=False)


class AffectIn(Versioned):
    """Affected schools, as a list or as CSV."""

    schools = HitIn(many=True, required=False)
    csv = text(1_000_000, required=False, help_text="Lines `school; persons; records`, taken whole or not at all.")


class DraftIn(Versioned):
    """What is added to every notice."""

    schools = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=3000)
    extra = text(5000, required=False, allow_blank=True)
    next_update_at = _instant(allow_null=True)


class NoticesIn(Versioned):
    """Which affected schools; without any, all whose notice is ready."""

    schools = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=3000)


class NotifyIn(NoticesIn):
    """Sending what was reviewed."""

    late_reason = text(20_000, required=False, help_text=LATE_HELP)


class PoliceIn(Versioned):
    """That law enforcement was informed (form F6)."""

    offence = text(20_000)
    station = text(500)
    case_number = text(100, required=False)
    informed_at = _instant()
    informed_by = text(200, required=False)
    traces_secured = serializers.BooleanField(required=False)
    secured_by = text(200, required=False)
    has_school_content = serializers.BooleanField(required=False)
    late_reason = text(20_000, required=False, help_text=LATE_HELP)


class EvidenceIn(Versioned):
    """A piece of evidence that lies elsewhere."""

    what = text(2000)
    place = text(500)
    sha256 = text(64)
    of_school = serializers.BooleanField(required=False, help_text="Holds data of schools; true where left out.")


class ConsentIn(Versioned):
    """The consent that official secrecy asks for."""

    document = text(500)
    scope = text(2000)
    signer = text(200)
    signed_at = _instant()


class ReviewIn(Versioned):
    """What came of looking back."""

    text = text(20_000)


class SeverityOut(serializers.Serializer[Any]):
    """The recommendation after ENISA, with every factor that led to it."""

    score = serializers.FloatField()
    band = serializers.CharField()
    is_major = serializers.BooleanField()
    management_level = serializers.IntegerField(allow_null=True)
    crisis_communication = serializers.BooleanField()
    lines = serializers.SerializerMethodField()

    def get_lines(self, severity: Severity) -> list[dict[str, Any]]:
        """Factor, points (null where it is only said), and text."""
        return [{"factor": line.factor, "points": line.points, "text": line.text.en} for line in severity.lines]


class BreachDutyOut(serializers.Serializer[Any]):
    """A duty with its clock, what is recommended, and what was decided and done."""

    key = serializers.CharField(source="row.key")
    code = serializers.CharField(source="clock.duty.code")
    label_text = serializers.CharField(source="clock.duty.label.en")
    law = serializers.CharField(source="clock.duty.law.en")
    bearer = serializers.CharField(source="clock.bearer")
    school = serializers.CharField(source="row.affected.school.name", default=None, allow_null=True)
    regime = serializers.CharField(source="clock.jurisdiction.regime.key", default=None, allow_null=True)
    authority = serializers.CharField(source="clock.jurisdiction.authority.label.en", default=None, allow_null=True)
    starts_at = Instant(source="clock.starts_at", allow_null=True)
    due_at = Instant(source="clock.due_at", allow_null=True, help_text="The limit of the law, where it gives one.")
    target_at = Instant(source="clock.target_at", allow_null=True, help_text="Our own.")
    deadline = Instant(source="row.deadline", allow_null=True, help_text="What counts as late after.")
    recommendation = serializers.CharField(source="clock.recommendation.verdict")
    because = serializers.CharField(source="clock.recommendation.because.en")
    verdict = serializers.CharField(source="row.verdict")
    decided_at = Instant(source="row.decided_at", allow_null=True)
    done_at = Instant(source="row.done_at", allow_null=True)
    is_late = serializers.BooleanField(source="row.is_late")
    reference = serializers.CharField(source="row.reference")
    sources = serializers.SerializerMethodField()

    def get_sources(self, owed: Owed) -> list[dict[str, str]]:
        """Where the law file has it from."""
        return [{"tag": source.tag, "text": source.text.en} for source in owed.clock.sources]


class AffectedOut(serializers.Serializer[Any]):
    """An affected school and how far it has been informed. Its notice and its code stand in the console only."""

    id = serializers.IntegerField(source="row.pk")
    school = serializers.CharField(source="row.school.name")
    canton = serializers.CharField(source="row.school.canton")
    language = serializers.CharField(source="row.language")
    persons = serializers.IntegerField(source="row.persons", allow_null=True)
    records = serializers.IntegerField(source="row.records", allow_null=True)
    state = serializers.CharField(help_text="draft, reviewed, sent, delivered, failed, opened, reminded, acknowledged.")
    told = serializers.BooleanField(source="is_told")
    reminders = serializers.IntegerField(source="row.reminders")
    report_id = serializers.CharField(source="row.report_id")
    deadline = Instant(allow_null=True, help_text="Until when its authority wants to hear from it.")
    regimes = serializers.SerializerMethodField()

    def get_regimes(self, line: Line) -> list[dict[str, str | None]]:
        """Under which law it stands, and who receives its report there."""
        return [
            {"regime": entry.regime.key, "authority": entry.authority.key if entry.authority else None}
            for entry in line.standing.jurisdictions
        ]


def draft_notices(number: str, *, extra: str = "", next_update_at: datetime | None = None, **facts: Any) -> Case:
    """Writes a notice for each affected school named, or for all that have none, filled from the record."""
    return school_notices.draft_notices(number, words=Words(extra, next_update_at), **facts)


def affect(number: str, *, schools: list[dict[str, Any]] | None = None, csv: str = "", **facts: Any) -> Case:
    """Adds affected schools, or corrects their numbers."""
    hits = [*breach_schools.hits_of(schools or []), *(breach_schools.read_csv(csv) if csv.strip() else [])]
    return breach_schools.affect(number, hits=hits, **facts)


class CaseWork(Cases):
    """What is done in a case. Everything here is kept with who did it, and every read of it with who read."""

    def _looked_into(self, number: str, what: str) -> Case:
        return data_protection.look_into(number.upper(), what=what, by=self.by, now=self.now)

    @extend_schema(summary="The first assessment (F1) as it stands.", responses=dict, parameters=PLACE)
    def assessment(self, request: Request, number: str) -> Response:
        """With what is missing, what is not known yet, and the severity it leads to."""
        found = assessment_of(self._looked_into(number, "assessment"))
        severity = severity_of(found)
        shown = {
            "answers": json.loads(to_json(found)),
            "gaps": gaps(found),
            "unknown": unknowns(found),
            "severity": SeverityOut(severity).data if severity else None,
        }
        return Response(shown)

    @extend_schema(
        summary="The duties of a case with their clocks.",
        responses=BreachDutyOut(many=True),
        parameters=PLACE,
        filters=False,
    )
    def duties(self, request: Request, number: str) -> Response:
        """In the order of the law and of the schools."""
        return Response(BreachDutyOut(owed_in(self._looked_into(number, "duties")), many=True).data)

    @extend_schema(
        summary="The affected schools of a case.", responses=AffectedOut(many=True), parameters=PLACE, filters=False
    )
    def schools(self, request: Request, number: str) -> Response:
        """By name."""
        return Response(AffectedOut(list(lines_of(self._looked_into(number, "schools"))), many=True).data)

    assess = case_verb(assessing.assess, AssessIn, body(answers={"detected_by": "Support", "cyber_attack": False}))
    confirm = case_verb(assessing.confirm, ConfirmIn, body(reason="Die Liste war öffentlich abrufbar."))
    decide_duty = case_verb(
        breach_duties.decide_duty, DecideDutyIn, body(keys=["n6_police"], verdict="not_due", reason="Ein Versehen.")
    )
    report_authority = case_verb(
        breach_duties.report_authority, ReportedIn, body(keys=["n4_bacs"], reference="BACS-2026-17")
    )
    affect = case_verb(affect, AffectIn, body(schools=[{"school": "Schule Musterwil", "persons": 24}]))
    draft_notices = case_verb(draft_notices, DraftIn, body(extra="Bitte wechseln Sie die Passwörter."))
    review_notices = case_verb(school_notices.review_notices, NoticesIn)
    notify_schools = case_verb(school_notices.notify_schools, NotifyIn)
    report_police = case_verb(
        law_enforcement.report_police,
        PoliceIn,
        body(offence="Unbefugte Datenbeschaffung", station="Kantonspolizei Zürich", traces_secured=True),
    )
    evidence = case_verb(
        law_enforcement.add_evidence, EvidenceIn, body(what="Zugriffsprotokoll", place="Server 3", sha256="0" * 64)
    )
    consent = case_verb(
        law_enforcement.give_consent,
        ConsentIn,
        body(document="Schreiben vom 23.11.2026", scope="Protokolle", signer="Schulpflege"),
    )
    monitor = case_verb(case_end.monitor, Versioned)
    review = case_verb(case_end.review, ReviewIn, body(text="Zugriffe werden neu vierteljährlich geprüft."))
    close = case_verb(case_end.close, Versioned)
    adopt_law = case_verb(
        law_change.adopt_law, ReasonedIn, body(reason="Das neue Gesetz gilt auch für laufende Fälle.")
    )
    hold = case_verb(case_end.hold, ReasonedIn, body(reason="Strafverfahren läuft."))
    release = case_verb(case_end.release, ReasonedIn, body(reason="Verfahren abgeschlossen."))


VERBS: tuple[str, ...] = (
    *("assess", "confirm", "decide_duty", "report_authority", "affect", "draft_notices", "review_notices"),
    *("notify_schools", "report_police", "evidence", "consent", "monitor", "review", "close", "hold", "release"),
    "adopt_law",
)
READS = ("assessment", "duties", "schools")
