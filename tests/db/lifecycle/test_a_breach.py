"""A breach from its assessment to its end (§7): duties with their clocks, schools under their own law, gates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import Event
from directory.models import School
from incidents.models import Incident
from lifecycle import assessing, breach_duties, breach_schools, case_end, data_protection, law_enforcement, tick
from lifecycle import school_notices as notices
from lifecycle.errors import Forbidden, Invalid
from notifications.models import Message
from privacy.models import AffectedSchool, AssessmentVersion, Case, Duty
from privacy.rules.assessment import UNKNOWN as UNKNOWN_ANSWER
from privacy.rules.assessment import SchoolHit
from privacy.selectors import assessment_of, owed_in
from privacy.services import Hit
from tests.company import Company

pytestmark = pytest.mark.django_db
UNKNOWN = {"unknown": True}
SCORES = {
    "categories": ["performance"],
    "context": ["minors"],
    "ease": "maximum",
    "confidentiality": "full",
    "integrity": "none",
    "availability": "none",
    "malicious": False,
    "over_100_persons": True,
    "unintelligible": False,
}
WHOLE: dict[str, Any] = {
    "aware_at": "2026-11-23T08:00:00Z",
    "occurred_from": UNKNOWN,
    "occurred_to": UNKNOWN,
    "detected_by": "Support",
    "detected_how": "Anruf einer Mutter",
    "breach_types": ["confidentiality"],
    "harms": ["disclosed"],
    "data_categories": ["performance"],
    "person_categories": ["pupils"],
    "consequences": "Noten sind Fremden bekannt.",
    "measures_taken": "Zugang gesperrt.",
    "measures_planned": UNKNOWN,
    "scores": SCORES,
    "criminal_suspicion": False,
    "cyber_attack": False,
}


@pytest.fixture
def case(company: Company) -> Case:
    """Answered for by the officer ten minutes after it was suspected."""
    incident = company.incident(symptom="Notenliste im Netz", data_protection=True)
    number = Case.objects.get(incident=incident).number
    return data_protection.acknowledge(number, by=company.by("dpo"), now=company.now + timedelta(minutes=10))


def confirmed(company: Company, case: Case, **answers: Any) -> Case:
    """Assessed and confirmed an hour after it was suspected."""
    at = company.now + timedelta(hours=1)
    by = company.by("dpo")
    assessing.assess(case.number, answers=WHOLE | answers, by=by, now=at)
    return assessing.confirm(case.number, reason="Die Liste war öffentlich.", by=by, now=at)


@pytest.fixture
def school(company: Company) -> School:
    """The first of the company's schools."""
    found = School.objects.order_by("pk").first()
    assert found is not None
    return found


def alarms(case: Case) -> list[str]:
    """What officers were warned of, in order."""
    found = Event.objects.filter(subject_type="privacy_case", subject_id=case.pk, kind="privacy.duty_alarm")
    return [event.data["what"] for event in found.order_by("pk")]


def test_each_save_of_the_assessment_is_a_version_nobody_can_change(company: Company, case: Case) -> None:
    by, at = company.by("dpo"), company.now + timedelta(minutes=20)
    assessing.assess(case.number, answers={"detected_by": "Support"}, by=by, now=at)
    assessing.assess(case.number, answers={"detected_how": UNKNOWN}, by=by, now=at)
    case.refresh_from_db()
    assert (case.state, [row.number for row in case.assessments.all()]) == ("assessing", [2, 1])
    now = assessment_of(case)
    assert (now.detected_by, now.detected_how is not None, now.persons) == ("Support", True, None)
    with pytest.raises(Exception, match="append-only"):
        AssessmentVersion.objects.filter(case=case).update(author_label="jemand")


def test_answers_that_do_not_fit_are_named_and_nothing_is_saved(company: Company, case: Case) -> None:
    answers = {"records": -1, "ongoing": "vielleicht", "colour": "red"}
    with pytest.raises(Invalid) as refused:
        assessing.assess(case.number, answers=answers, by=company.by("dpo"), now=company.now)
    assert set(refused.value.errors) == {"colour"}
    with pytest.raises(Invalid) as refused:
        assessing.assess(case.number, answers={"records": -1}, by=company.by("dpo"), now=company.now)
    assert set(refused.value.errors) == {"records"}
    assert not AssessmentVersion.objects.exists()


def test_a_grave_breach_is_a_major_on_management_level_two(company: Company, case: Case) -> None:
    confirmed(company, case)  # behavioural 2 + minors 1, at once identifiable, confidentiality lost: 3.5
    incident = Incident.objects.get()
    case.refresh_from_db()
    assert (case.severity, case.state) == (3.5, "confirmed")
    assert (incident.is_major, incident.management_level) == (True, 2)


def test_a_very_grave_one_reaches_the_executive_board_which_may_read_it_then(company: Company, case: Case) -> None:
    scores = SCORES | {"categories": ["sensitive"]}
    confirmed(company, case, scores=scores)
    assert Incident.objects.get().management_level == 3
    assert data_protection.look_into(case.number, what="page", by=company.by("board"), now=company.now)


def test_the_officer_may_weigh_it_otherwise_with_a_reason(company: Company, case: Case) -> None:
    by, at = company.by("dpo"), company.now + timedelta(hours=1)
    assessing.assess(case.number, answers=WHOLE, by=by, now=at)
    with pytest.raises(Invalid, match="Begründung"):
        assessing.confirm(case.number, reason=" ", severity=1.5, by=by, now=at)
    assessing.confirm(case.number, reason="Nur eine Klasse, Liste sofort gelöscht.", severity=1.5, by=by, now=at)
    case.refresh_from_db()
    assert (case.severity, Incident.objects.get().is_major) == (1.5, False)
    assert assessment_of(case).decision == "confirmed"


def test_what_was_decided_stands_while_its_factors_are_asked_again(company: Company, case: Case) -> None:
    by, at = company.by("dpo"), company.now + timedelta(hours=1)
    assessing.assess(case.number, answers=WHOLE, by=by, now=at)
    assessing.confirm(case.number, reason="Nur eine Klasse.", severity=1.5, by=by, now=at)
    assessing.assess(case.number, answers={"scores": UNKNOWN}, by=by, now=at)
    assert Case.objects.get().severity == 1.5


def test_nobody_but_the_officer_assesses(company: Company, case: Case) -> None:
    by = company.by("dpo")
    data_protection.let_read(case.number, person=company.dev, reason="Behebt es", by=by, now=company.now)
    with pytest.raises(Forbidden):
        assessing.assess(case.number, answers=WHOLE, by=company.by("dev"), now=company.now)


def test_alarms_come_once_each_whatever_weekend_or_closed_incident(company: Company, case: Case) -> None:
    for minutes in (119, 120, 121, 179, 180, 216, 239, 240, 300, 60 * 24 * 3):
        tick.sweep(now=company.now + timedelta(minutes=minutes))
    first = [what for what in alarms(case) if "F1" in what]
    assert [text.split("F1 ")[1].split(" %")[0] for text in first] == ["50", "75", "90", "100"]
    mails = Message.objects.filter(kind="privacy_duty", channel="email", person=company.dpo)
    assert mails.count() == len(alarms(case))
    assert not any("Notenliste" in mail.subject + mail.body for mail in mails)


def test_a_late_assessment_needs_a_reason_that_is_kept(company: Company, case: Case) -> None:
    by, late = company.by("dpo"), company.now + timedelta(hours=5)
    assessing.assess(case.number, answers=WHOLE, by=by, now=late)
    with pytest.raises(Invalid) as refused:
        assessing.confirm(case.number, reason="Sicher.", by=by, now=late)
    assert set(refused.value.errors) == {"late_reason"}
    assessing.confirm(case.number, reason="Sicher.", late_reason="Der Anbieter schwieg.", by=by, now=late)
    duty = Duty.objects.get(key="first_assessment")
    assert (duty.done_at, duty.is_late, duty.late_because is not None) == (late, True, True)


def test_not_due_needs_a_reason_and_ends_its_alarms(company: Company, case: Case) -> None:
    by, at = company.by("dpo"), company.now + timedelta(minutes=30)
    with pytest.raises(Invalid, match="Begründung"):
        breach_duties.decide_duty(case.number, keys=["n6_police"], verdict="not_due", by=by, now=at)
    breach_duties.decide_duty(case.number, keys=["n6_police"], verdict="not_due", reason="Ein Versehen.", by=by, now=at)
    duty = Duty.objects.get(key="n6_police")
    assert (duty.verdict, duty.next_alarm_at, duty.decided_by) == ("not_due", None, company.dpo)


def test_each_school_stands_under_its_own_law(company: Company, case: Case, school: School) -> None:
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    breach_schools.affect(case.number, hits=[Hit(school, 24, None)], by=by, now=at)
    row = AffectedSchool.objects.get()
    keys = {owed.row.key for owed in owed_in(case) if owed.row.affected_id == row.pk}
    assert f"n1_controller_notice/{row.pk}" in keys
    assert assessment_of(case).schools == (SchoolHit(school=school.pk, persons=24, records=UNKNOWN_ANSWER),)
    breach_schools.spare(case.number, school=row.pk, by=by, now=at)
    assert not Duty.objects.filter(key__contains="/").exists()


def test_a_csv_is_taken_whole_or_not_at_all(school: School) -> None:
    name = school.name
    hits = breach_schools.read_csv(f"Schule;Personen;Datensätze\n{name};1'200;\n")
    assert [(hit.school, hit.persons, hit.records) for hit in hits] == [(school, 1200, None)]
    with pytest.raises(Invalid) as refused:
        breach_schools.read_csv(f"{name};viele;3\nSchule Nirgendwo;1;2\n")
    said = refused.value.errors["csv"]
    assert [text[:7] for text in said] == ["Zeile 1", "Zeile 2"]


def test_it_closes_only_when_every_gate_is_open(company: Company, case: Case) -> None:
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    case_end.monitor(case.number, by=by, now=at)
    with pytest.raises(Invalid) as refused:
        case_end.close(case.number, by=by, now=at)
    assert len(refused.value.errors["gates"]) == 3, "schools not said, duties undecided, no review"
    assessing.assess(case.number, answers={"schools": []}, by=by, now=at)
    open_ones = [owed.row.key for owed in owed_in(case) if owed.is_open and owed.row.key != "n7_register"]
    breach_duties.decide_duty(case.number, keys=open_ones, verdict="not_due", reason="Geprüft.", by=by, now=at)
    case_end.review(case.number, text="Zugriff neu geregelt.", by=by, now=at)
    closed = case_end.close(case.number, by=by, now=at)
    assert (closed.state, closed.keep_until and closed.keep_until.year) == ("closed", 2036)
    assert not Duty.objects.filter(next_alarm_at__isnull=False).exists()


def test_school_content_leaves_for_the_police_only_with_consent(company: Company, case: Case) -> None:
    by, at = company.by("dpo"), company.now + timedelta(minutes=40)
    report: dict[str, Any] = {
        "offence": "Unbefugte Datenbeschaffung (Art. 143 StGB)",
        "station": "Kantonspolizei",
        "by": by,
        "now": at,
    }
    with pytest.raises(Invalid, match="Spuren"):
        law_enforcement.report_police(case.number, **report)
    with pytest.raises(Invalid, match="Zustimmung"):
        law_enforcement.report_police(case.number, traces_secured=True, has_school_content=True, **report)
    law_enforcement.give_consent(
        case.number, document="Schreiben vom 23.11.", scope="Protokolle", signer="Schulpflege", by=by, now=at
    )
    law_enforcement.report_police(
        case.number, traces_secured=True, has_school_content=True, case_number="KP-1", **report
    )
    duty = Duty.objects.get(key="n6_police")
    assert (duty.done_at, duty.reference, duty.is_late) == (at, "KP-1", False)


def test_nothing_is_sent_that_nobody_has_read(company: Company, case: Case, school: School) -> None:
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    breach_schools.affect(case.number, hits=[Hit(school, 24, 30)], by=by, now=at)
    notices.draft_notices(case.number, by=by, now=at)
    with pytest.raises(Invalid, match="geprüft"):
        notices.notify_schools(case.number, by=by, now=at)
