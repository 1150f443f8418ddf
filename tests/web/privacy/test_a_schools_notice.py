"""What a school does behind its link (P-7.3): once, with a code, and nothing of any other school."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from directory.models import School
from lifecycle import assessing, breach_schools, notice_links, school_door, tick
from lifecycle import school_notices as notices
from lifecycle.breach_board import lines_of
from lifecycle.case_desk import let_duties_follow
from notifications.models import Message
from privacy.models import AffectedSchool, Case, Duty, Notice, Visit
from privacy.services import Hit
from tests.company import Company
from tests.db.lifecycle.test_a_breach import WHOLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(company: Company) -> Notice:
    """The notice of the first school, sent; a second school is in the case too."""
    by, now = company.by("dpo"), company.now
    incident = company.incident(symptom="Notenliste im Netz", data_protection=True)
    number = Case.objects.get(incident=incident).number
    School.objects.filter(email="").update(email="ecole@exempleville.example")
    assessing.assess(number, answers=WHOLE, by=by, now=now)
    assessing.confirm(number, reason="Öffentlich", by=by, now=now)
    breach_schools.affect(number, hits=[Hit(school, 20, 40) for school in School.objects.all()], by=by, now=now)
    notices.draft_notices(number, by=by, now=now)
    notices.review_notices(number, by=by, now=now)
    notices.notify_schools(number, by=by, now=now)
    return Notice.objects.get(affected__school__name="Schule Musterwil")


def later(settings: Settings, now: datetime) -> None:
    Path(settings.CLOCK_FILE).write_text(now.isoformat())


def opened(notice: Notice) -> Client:
    browser = Client()
    answer = browser.post(notice_links.path_to(notice), {"act": "code", "code": notice_links.code_of(notice)})
    assert answer.status_code == 302
    return browser


def test_the_mail_and_its_page_say_nothing_before_the_code(told: Notice) -> None:
    mail = Message.objects.get(key=told.message_key)
    page = Client().get(mail.link).content.decode()
    assert not any(word in mail.subject + mail.body + page for word in ("Noten", "Musterwil", "DS-2026", "Datenschutz"))
    assert told.opened_at is None, "looking at the link opened nothing"


def test_the_right_code_opens_it_once_for_this_browser(told: Notice) -> None:
    browser, path = opened(told), notice_links.path_to(told)
    shown = browser.get(path).content.decode()
    assert "Schule Musterwil" in shown
    assert "Exempleville" not in shown
    assert "bereits geöffnet" in Client().get(path).content.decode(), "somebody else with the same link"
    assert [visit.what for visit in Visit.objects.all()] == ["opened"]


def test_an_hour_later_the_browser_has_to_ask_for_a_new_link(told: Notice, settings: Settings, now: datetime) -> None:
    browser, path = opened(told), notice_links.path_to(told)
    later(settings, now + timedelta(minutes=30))
    assert "unterwegs" in Client().post(path, {"act": "link"}).content.decode()
    assert "eben versendet" in Client().post(path, {"act": "link"}).content.decode()
    assert Message.objects.filter(kind="privacy_notice", address="schule@musterwil.example").count() == 2
    told.refresh_from_db()
    assert Client().get(notice_links.path_to(told)).status_code == 200
    assert browser.get(path).status_code == 200


def test_five_wrong_codes_lock_it_until_the_officer_gives_another(told: Notice, company: Company) -> None:
    browser, path = Client(), notice_links.path_to(told)
    for _try in range(5):
        assert browser.post(path, {"act": "code", "code": "1"}).status_code == 422
    right = notice_links.code_of(told)
    assert "gesperrt" in browser.post(path, {"act": "code", "code": right}).content.decode()
    case = told.affected.case.number
    notices.renew_code(case, school=told.affected_id, by=company.by("dpo"), now=company.now)
    told.refresh_from_db()
    assert notice_links.code_of(told) != right
    opened(told)


def test_another_code_ends_what_the_former_opened(told: Notice, company: Company) -> None:
    browser, path = opened(told), notice_links.path_to(told)
    number = told.affected.case.number
    notices.renew_code(number, school=told.affected_id, by=company.by("dpo"), now=company.now)
    assert "Schule Musterwil" not in browser.get(path).content.decode()


def test_the_cookie_is_for_notices_alone_and_no_script_reads_it(told: Notice) -> None:
    cookie = opened(told).cookies["notice"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/notice/",
        True,
        "Lax",
        3600,
    )


def test_a_follow_up_that_nobody_confirmed_is_still_reminded_of(told: Notice, company: Company) -> None:
    by, now, case = company.by("dpo"), company.now, told.affected.case
    school_door.acknowledge(told, name="R. Beispiel", now=now)
    notices.draft_notices(case.number, schools=[told.affected_id], words=notices.Words("Mehr."), by=by, now=now)
    lines = {line.row.pk: line for line in lines_of(case)}
    line = lines[told.affected_id]
    assert (line.state, line.writing) == ("acknowledged", "draft")
    assert all(line.is_told for line in lines.values()), "a draft takes nothing back"
    notices.review_notices(case.number, by=by, now=now)
    notices.notify_schools(case.number, by=by, now=now)
    second = Notice.objects.get(affected=told.affected, number=2)
    Notice.objects.filter(pk=told.pk).update(acknowledged_at=None)
    school_door.acknowledge(told, name="R. Beispiel", now=now)
    assert AffectedSchool.objects.get(pk=told.affected_id).next_reminder_at, "it confirmed the first only"
    before = Case.objects.get().version
    school_door.acknowledge(second, name="R. Beispiel", now=now)
    row = AffectedSchool.objects.get(pk=told.affected_id)
    assert (row.next_reminder_at, Case.objects.get().version) == (None, before)


def test_it_acknowledges_and_names_the_number_of_its_authority(told: Notice, company: Company) -> None:
    browser, path = opened(told), notice_links.path_to(told)
    assert browser.post(path, {"act": "acknowledge", "name": " "}).status_code == 422
    browser.post(path, {"act": "acknowledge", "name": "R. Beispiel, Schulleitung"})
    wrong = browser.post(path, {"act": "report", "report_id": "ZH-17", "reported_at": "gestern"})
    assert (wrong.status_code, "ZH-17" in wrong.content.decode()) == (422, True)
    browser.post(path, {"act": "report", "report_id": "ZH-17", "reported_at": "2026-11-23T09:00"})
    told.refresh_from_db()
    row = AffectedSchool.objects.get(pk=told.affected_id)
    assert (told.state, row.report_id, row.next_reminder_at) == ("acknowledged", "ZH-17", None)
    reports = Duty.objects.filter(affected=row, key__startswith="n2_")
    assert {(duty.reference, duty.done_at is not None) for duty in reports} == {("ZH-17", True)}
    assert Message.objects.filter(kind="privacy_school_answered", person=company.dpo).exists()


def test_one_number_does_not_settle_the_reports_to_two_authorities(told: Notice, company: Company) -> None:
    School.objects.filter(pk=told.affected.school_id).update(legal_kind="private_mandate", canton="ZH")
    let_duties_follow(told.affected.case)
    school_door.report(told, report_id="ZH-17", reported_at=company.now, now=company.now)
    reports = Duty.objects.filter(affected=told.affected, key__startswith="n2_")
    assert [duty.done_at for duty in reports] == [None, None], "the officer asks which"
    assert AffectedSchool.objects.get(pk=told.affected_id).report_id == "ZH-17"


def test_who_stays_silent_is_reminded_three_times_and_then_called(told: Notice, company: Company) -> None:
    for day in range(1, 7):
        tick.sweep(now=company.now + timedelta(days=day))
    row = AffectedSchool.objects.get(pk=told.affected_id)
    assert (row.reminders, row.next_reminder_at) == (3, None)
    assert Message.objects.filter(kind="privacy_notice", address="schule@musterwil.example").count() == 4
    assert Message.objects.filter(kind="privacy_school_silent", channel="email", person=company.dpo).count() == 1
    assert Client().get(notice_links.path_to(told)).content.decode().count("bereits geöffnet") == 1


def test_a_link_nobody_made_leads_nowhere(told: Notice) -> None:
    path = notice_links.path_to(told)
    for wrong in (path.replace(".", ".x", 1), "/notice/1/", "/notice/1.2.3/"):
        assert Client().get(wrong).status_code == 404
