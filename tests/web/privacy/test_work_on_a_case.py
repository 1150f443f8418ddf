"""The officer works a case in the browser: assessment, duties, schools, law enforcement, its end (§7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.actors import SYSTEM
from directory.keys import create_key
from directory.models import School
from lifecycle import assessing, breach_schools, data_protection, notice_links
from notifications.models import Message
from privacy.models import AffectedSchool, Case, Duty, Evidence, Notice
from privacy.selectors import assessment_of
from privacy.services import Hit
from tests.company import Company
from tests.db.lifecycle.test_a_breach import WHOLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(company: Company) -> Case:
    """Answered for by the officer."""
    incident = company.incident(symptom="Notenliste im Netz", data_protection=True)
    number = Case.objects.get(incident=incident).number
    return data_protection.acknowledge(number, by=company.by("dpo"), now=company.now)


@pytest.fixture
def officer(company: Company) -> Client:
    """The officer's browser."""
    browser = Client()
    browser.force_login(company.dpo)
    return browser


@pytest.fixture
def breach(company: Company, case: Case) -> Case:
    """Confirmed, with two schools, the second without an address."""
    by, now = company.by("dpo"), company.now
    assessing.assess(case.number, answers=WHOLE, by=by, now=now)
    assessing.confirm(case.number, reason="Öffentlich", by=by, now=now)
    hits = [Hit(school, 20, None, "fr" if school.canton == "VD" else "de") for school in School.objects.all()]
    return breach_schools.affect(case.number, hits=hits, by=by, now=now)


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_form_keeps_answers_and_what_is_not_known_yet(officer: Client, case: Case) -> None:
    path = f"/privacy/{case.number}/assessment/"
    assert "Wer hat es bemerkt?" in page(officer, path)
    typed = {"detected_by": "Support", "occurred_from_unknown": "on", "breach_types": ["confidentiality"]}
    typed |= {"data_categories": ["performance"], "score_ease": "maximum", "score_confidentiality": "full"}
    answer = officer.post(path, typed | {"cyber_attack": "false", "aware_at": "2026-11-23T08:30"})
    assert answer.status_code == 302, answer.content.decode()
    kept = assessment_of(case)
    assert (kept.detected_by, kept.cyber_attack, kept.criminal_suspicion) == ("Support", False, None)
    shown = page(officer, path)
    assert 'name="occurred_from_unknown" id="id_occurred_from_unknown" checked' in shown
    assert "Schwere</h2>" in shown or "Schwere 2,5" in shown, "behavioural 2 and confidentiality lost"


def test_what_contradicts_itself_is_said_beside_the_field_and_stays_typed(officer: Client, case: Case) -> None:
    typed = {"detected_by": "Support", "detected_by_unknown": "on"}
    answer = officer.post(f"/privacy/{case.number}/assessment/", typed)
    assert answer.status_code == 422
    assert "Entweder eine Angabe" in answer.content.decode()
    assert 'value="Support"' in answer.content.decode()


def test_confirming_shows_what_follows(officer: Client, case: Case, company: Company) -> None:
    assessing.assess(case.number, answers=WHOLE, by=company.by("dpo"), now=company.now)
    path = f"/privacy/{case.number}/confirm/"
    assert 'placeholder="3.5"' in page(officer, path)
    answer = officer.post(path, {"reason": "Öffentlich"}, follow=True)
    assert "Was bis zum Abschluss fehlt" in answer.content.decode()


def test_many_duties_are_decided_at_once(officer: Client, breach: Case) -> None:
    shown = page(officer, f"/privacy/{breach.number}/duties/")
    assert "Keine Rechtsberatung" in shown
    assert "decide-duty/?group=n3_data_subjects" in shown
    path = f"/privacy/{breach.number}/decide-duty/?group=n3_data_subjects"
    assert "Schule Musterwil" in page(officer, path)
    refused = officer.post(path, {"group": "n3_data_subjects", "verdict": "not_due"})
    assert "Begründung" in refused.content.decode()
    officer.post(path, {"group": "n3_data_subjects", "verdict": "not_due", "reason": "Die Schulen tun es."})
    assert list(Duty.objects.filter(key__startswith="n3").values_list("verdict", flat=True)) == ["not_due"] * 2


def test_schools_are_pasted_and_wrong_lines_named(officer: Client, case: Case) -> None:
    path = f"/privacy/{case.number}/affect/"
    assert "École Exempleville" in page(officer, path)
    wrong = officer.post(path, {"csv": "Schule Musterwil; zwanzig\nNirgendwo; 3"})
    assert wrong.status_code == 422
    assert "Zeile 2" in wrong.content.decode()
    assert "zwanzig" in wrong.content.decode()
    officer.post(path, {"csv": "Schule Musterwil; 20; 1'000"})
    row = AffectedSchool.objects.get()
    assert (row.persons, row.records, row.language) == (20, 1000, "de")
    board = page(officer, f"/privacy/{case.number}/schools/")
    assert "0 / 1 informiert" in board


def test_notices_are_drafted_reviewed_and_sent_from_the_board(officer: Client, breach: Case) -> None:
    board = f"/privacy/{breach.number}/schools/"
    assert "Mitteilungen entwerfen" in page(officer, board)
    officer.post(f"/privacy/{breach.number}/draft-notices/", {"whom": "without", "extra": "Bitte Passwörter wechseln."})
    assert "2 Entwürfe freigeben" in page(officer, board)
    officer.post(f"/privacy/{breach.number}/review-notices/")
    officer.post(f"/privacy/{breach.number}/notify-schools/")
    shown = page(officer, board)
    assert "1 / 2 informiert" in shown
    assert "Eine Schule ohne Adresse" in shown
    [mail] = Message.objects.filter(kind="privacy_notice")
    assert (mail.address, "Noten" in mail.body, mail.link[:8]) == ("schule@musterwil.example", False, "/notice/")
    row = AffectedSchool.objects.get(school__name="Schule Musterwil")
    code = notice_links.code_of(Notice.objects.get(affected=row))
    assert code in page(officer, f"{board}{row.pk}/")


def test_evidence_is_kept_with_its_hash_and_its_chain(officer: Client, case: Case) -> None:
    file = SimpleUploadedFile("access.log", b"GET /noten")
    officer.post(f"/privacy/{case.number}/evidence/", {"what": "Protokoll", "place": "Server 3", "file": file})
    evidence = Evidence.objects.get()
    officer.post(f"/privacy/{case.number}/hand-evidence/", {"evidence": evidence.pk, "to": "Kantonspolizei"})
    shown = page(officer, f"/privacy/{case.number}/police/")
    assert evidence.sha256 in shown
    assert "Kantonspolizei" in shown
    answer = officer.get(f"/privacy/{case.number}/evidence/{evidence.pk}/")
    assert b"".join(answer) == b"GET /noten"  # type: ignore[arg-type]


def test_the_board_says_which_duty_runs_out_first(officer: Client, breach: Case) -> None:
    shown = page(officer, "/privacy/")
    assert "Welche Pflicht läuft zuerst ab?" in shown
    assert breach.suspected_at + timedelta(hours=1) == Duty.objects.get(key="n6_police").deadline


def test_what_is_no_duty_by_all_signs_does_not_run_out_first(officer: Client, breach: Case) -> None:
    shown = page(officer, f"/privacy/{breach.number}/").partition('id="next"')[2].partition("</section>")[0]
    assert ("N1" in shown, "N4" in shown) == (True, False), "it is no cyber attack"


def test_an_open_case_is_held(officer: Client, breach: Case) -> None:
    assert f"/privacy/{breach.number}/hold/" in page(officer, f"/privacy/{breach.number}/")


def test_a_program_works_a_case_from_assessment_to_the_police(company: Company, case: Case) -> None:
    _key, plain = create_key(owner=company.dpo, name="test", scopes=["privacy:write"], actor=SYSTEM, now=company.now)
    program = Client(headers={"Authorization": f"Bearer {plain}"})
    path = f"/api/v1/privacy/cases/{case.number}/"

    def post(verb: str, facts: dict[str, Any], expected: int = 200) -> Any:
        answer = program.post(f"{path}{verb}/", facts, "application/json")
        assert answer.status_code == expected, answer.content
        return answer.json()

    assert "records" in str(post("assess", {"answers": {"records": -1}}, 400))
    post("assess", {"answers": WHOLE | {"schools": [{"school": "Schule Musterwil", "persons": 24}]}})
    assert post("confirm", {"reason": "Öffentlich"})["state"] == "confirmed"
    shown = program.get(f"{path}assessment/").json()
    assert (shown["severity"]["score"], shown["answers"]["schools"][0]["persons"]) == (3.5, 24)
    duties = {duty["key"]: duty for duty in program.get(f"{path}duties/").json()}
    assert duties["n6_police"]["recommendation"] == "not_due"
    assert any(key.startswith("n1_controller_notice/") for key in duties)
    post("decide-duty", {"keys": ["n6_police"], "verdict": "not_due"}, 400)
    post("draft-notices", {"extra": "Bitte prüfen."})
    post("review-notices", {})
    assert post("notify-schools", {})["state"] == "notifying_schools"
    [school] = program.get(f"{path}schools/").json()
    assert (school["told"], school["state"]) == (True, "sent")
    police = {"offence": "Art. 143 StGB", "station": "Kantonspolizei", "traces_secured": True}
    post("report-police", police)
    assert "Beobachtung" in str(post("close", {}, 400)), "it is not watched yet"
