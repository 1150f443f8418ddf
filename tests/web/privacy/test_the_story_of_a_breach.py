"""A breach played through (§7): from a suspicion on a Friday before the clocks change to the register.

137 schools in four cantons, one private and one in the EU; every act through the door its person uses.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from core.models import Event
from core.secrets import decrypt
from directory.models import School
from incidents.models import Incident
from lifecycle import notice_links, tick
from lifecycle.integrity import findings
from notifications.answer_links import path_of
from notifications.models import Message
from privacy.models import AffectedSchool, Case, Duty, Notice
from tests.company import Company

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 10, 23, 14, 50, tzinfo=UTC)
"""16:50 in Zurich; the clocks change in the night to Sunday."""
PLACES = {"ZH": 45, "BE": 40, "FR": 30, "ZG": 22}
TOLD = "Förderberichte der Klasse 5a sind über einen Link für alle lesbar"


class Clock:
    """The instant everybody lives in; what the rules owe meanwhile happens at its time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.at(FRIDAY)

    def at(self, now: datetime) -> datetime:
        self.now = now
        self.file.write_text(now.isoformat())
        tick.sweep(now=now)
        return now

    def after(self, **span: int) -> datetime:
        return self.at(self.now + timedelta(**span))


@pytest.fixture
def clock(settings: Settings, company: Company) -> Clock:
    return Clock(Path(settings.CLOCK_FILE))


@pytest.fixture
def schools(company: Company) -> list[School]:
    """139 schools, each with its own address."""
    School.objects.all().delete()
    rows = [
        School(
            name=f"Schule {canton} {at:03}",
            canton=canton,
            legal_kind="public",
            email=f"{canton.lower()}{at}@schulen.example",
        )
        for canton, count in PLACES.items()
        for at in range(count)
    ]
    rows.append(School(name="Privatschule Lindenhof", canton="ZH", legal_kind="private", email="p@privat.example"))
    rows.append(School(name="Liechtensteiner Schule", canton="", legal_kind="eu_eea", email="eu@schule.example"))
    School.objects.bulk_create(rows)
    assert sum(PLACES.values()) == 137
    return rows


def browser_of(company: Company, name: str) -> Client:
    browser = Client()
    browser.force_login(company.people[name])
    return browser


def post(browser: Client, path: str, facts: dict[str, Any] | None = None) -> str:
    """Sends a form that is accepted; where it leads to."""
    answer = browser.post(path, facts or {})
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[:3000]
    return answer["Location"]


def shown(browser: Client, path: str) -> str:
    """What a page says."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def alarms_of(case: Case, code: str) -> list[str]:
    told = Event.objects.filter(subject_type="privacy_case", subject_id=case.pk, kind="privacy.duty_alarm")
    said = "; ".join(event.data["what"] for event in told.order_by("pk"))
    return re.findall(rf"{code} (\d+) %", said)


def test_no_duty_is_missed_and_nobody_sees_what_they_must_not(
    company: Company, schools: list[School], clock: Clock
) -> None:
    # Friday, 16:50: support suspects it
    incident = company.incident(symptom=TOLD, data_protection=True, now=clock.now)
    case = Case.objects.get(incident=incident)

    # the officer answers from the mail, without a login
    clock.after(minutes=4)
    mail = Message.objects.get(kind="privacy_call", channel="email", person=company.dpo)
    post(Client(), path_of(mail))
    case.refresh_from_db()
    assert (case.state, case.officer, case.next_call_at) == ("dpo_notified", company.dpo, None)

    # 17:10: assesses; sensitive data of minors, readable by everybody: very high
    officer, path = browser_of(company, "dpo"), f"/privacy/{case.number}/"
    clock.after(minutes=16)
    answers = {
        "aware_at": "2026-10-23T16:50",
        "occurred_from_unknown": "on",
        "occurred_to_unknown": "on",
        "detected_by": "Support",
        "detected_how": "Eine Lehrerin rief an.",
        "breach_types": ["confidentiality"],
        "harms": ["accessible"],
        "data_categories": ["sensitive"],
        "person_categories": ["pupils"],
        "score_ease": "significant",
        "score_confidentiality": "full",
        "consequences": "Bekannt werden von Förderbedarf.",
        "measures_taken": "Link gesperrt.",
        "measures_planned_unknown": "on",
        "criminal_suspicion": "true",
        "cyber_attack": "false",
    }
    post(officer, f"{path}assessment/", answers)
    post(officer, f"{path}confirm/", {"reason": "Der Link war öffentlich."})
    case.refresh_from_db()
    incident.refresh_from_db()
    assert (case.severity, incident.is_major, incident.management_level) == (3.5, True, 2)

    # 17:20: 139 schools with their numbers, from a list
    lines = "\n".join(f"{school.name}; {at + 3}; {at * 2}" for at, school in enumerate(schools))
    clock.after(minutes=10)
    post(officer, f"{path}affect/", {"csv": f"Schule; Personen; Datensätze\n{lines}"})
    assert "0 / 139 informiert" in officer.get(f"{path}schools/").content.decode()

    # 17:40: informed within the hour, each under its own law
    clock.after(minutes=20)
    post(officer, f"{path}draft-notices/", {"whom": "without", "extra": "Bitte sperren Sie Freigaben."})
    post(officer, f"{path}review-notices/")
    assert "139 / 139 informiert" in shown(officer, post(officer, f"{path}notify-schools/"))
    sent = Message.objects.filter(kind="privacy_notice")
    assert Counter(sent.values_list("address", flat=True).distinct()).total() == sent.count() == 139
    assert clock.now - FRIDAY <= timedelta(hours=1)
    said = officer.get(f"{path}schools/").content.decode()
    for authority, count in {
        "Datenschutzbeauftragte des Kantons Zürich": 45,
        "Freiburg": 30,
        "Datenschutzstelle des Kantons Zug": 22,
        "(EDÖB)": 1,
    }.items():
        assert said.count(authority) == count, authority
    eu = AffectedSchool.objects.get(school__name="Liechtensteiner Schule")
    limit = Duty.objects.get(affected=eu, key__startswith="n2_")
    assert limit.deadline == clock.now + timedelta(hours=72), "72 real hours, though the clocks change"
    private = AffectedSchool.objects.get(school__name="Privatschule Lindenhof")
    assert "Art. 24 Abs. 1 DSG" in officer.get(f"{path}schools/{private.pk}/").content.decode()

    # the weekend: alarms at half, three quarters, nine tenths of the 72 hours; then the school names its report
    for hours in (36, 54, 65):
        clock.at(FRIDAY + timedelta(hours=hours, minutes=50))
    assert alarms_of(case, "N2")[-1:] == ["90"]
    notice = Notice.objects.get(affected=eu)
    assert [name for name in ("Privatschule", "Schule ZH", "Schule BE") if name in _read(notice)] == []
    reporter = Client()
    link = notice_links.path_to(notice)
    post(reporter, link, {"act": "code", "code": notice_links.code_of(notice)})
    post(reporter, link, {"act": "acknowledge", "name": "E. Beispiel, Rektorat"})
    post(reporter, link, {"act": "report", "report_id": "LI-4711", "reported_at": "2026-10-26T09:30"})
    limit.refresh_from_db()
    eu.refresh_from_db()
    assert (eu.report_id, limit.is_late, limit.next_alarm_at, limit.reference) == ("LI-4711", False, None, "LI-4711")

    # law enforcement, with evidence, and nothing of a school before somebody consented
    log = SimpleUploadedFile("access.log", b"GET /foerderberichte")
    post(officer, f"{path}evidence/", {"what": "Zugriffsprotokoll", "place": "Server 2", "file": log})
    told = {"offence": "Art. 143bis StGB", "station": "Kantonspolizei Zürich", "case_number": "KP-88"}
    told |= {"traces_secured": "on", "has_school_content": "on", "late_reason": "Erst am Montag klar."}
    assert officer.post(f"{path}report-police/", told).status_code == 422
    post(officer, f"{path}consent/", {"document": "Schreiben", "scope": "Protokolle", "signer": "Schulpflege"})
    assert "KP-88" in shown(officer, post(officer, f"{path}report-police/", told))
    assert Duty.objects.get(key="n6_police").is_late, "the target of an hour was long gone"

    # somebody with another role finds nothing anywhere; the board reads, for nobody answered on level 2
    incident.refresh_from_db()
    assert incident.management_level == 3
    assert browser_of(company, "board").get(path).status_code == 200
    for name in ("support", "dev", "lead", "it", "pm"):
        other = browser_of(company, name)
        assert {other.get(address).status_code for address in ("/privacy/", path, f"{path}schools/")} == {404}
        for place in ("/", "/incidents/", f"/incidents/{incident.number}/", "/search/?q=Lindenhof"):
            words = other.get(place).content.decode()
            assert not [word for word in (case.number, "Förderbericht", "Lindenhof") if word in words], (name, place)

    # the rest is reminded three times, decided, and reviewed; only then it closes
    for _day in range(1, 8):
        clock.after(days=1)
    post(officer, f"{path}monitor/")
    shut = officer.post(f"{path}close/", {}).content.decode()
    assert "Nachbetrachtung (PIR) fehlt" in shut
    assert "Über Pflichten ist nicht entschieden" in shut
    for group in list(dict.fromkeys(key.split("/")[0] for key in Duty.objects.values_list("key", flat=True))):
        if group not in ("n7_register", "first_assessment", "n1_controller_notice", "n6_police"):
            post(
                officer, f"{path}decide-duty/", {"group": group, "verdict": "not_due", "reason": "Die Schulen tun es."}
            )
    post(officer, f"{path}review/", {"text": "Freigaben laufen künftig nach einem Tag ab."})
    assert "Abgeschlossen" in shown(officer, post(officer, f"{path}close/"))
    case.refresh_from_db()
    assert str(case.keep_until)[:4] == "2036"

    # the register, exported; the log still proves itself
    [row] = json.loads(b"".join(officer.get("/privacy/register.json")))["cases"]  # type: ignore[arg-type]
    assert (row["form"], row["case_number"]) == ("F7", case.number)
    assert "Die Schulen tun es." in json.dumps(row, ensure_ascii=False)
    assert list(findings(now=clock.now)) == []
    assert not Incident.objects.filter(title__contains="Förder").exists()


def _read(notice: Notice) -> str:

    return decrypt(notice.sealed)
