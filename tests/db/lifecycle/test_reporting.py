"""The SLA report goes out once per period, to whoever holds its roles then, whatever happens to those who send it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from console.sla import report
from directory.models import RoleHolding
from lifecycle import reporting
from lifecycle.errors import Forbidden, Invalid
from notifications.channels.email import compose
from notifications.models import Message, ReportIssue, ReportPlan
from notifications.rules.reports import newest
from tests.company import Company
from tests.db.figures.conftest import caught_up

pytestmark = pytest.mark.django_db
ZURICH = ZoneInfo("Europe/Zurich")
WEEK = timedelta(days=7)


def plan(company: Company, rhythm: str = "weekly", roles: tuple[str, ...] = ("project_manager",)) -> ReportPlan:
    return reporting.plan_report(rhythm=rhythm, roles=roles, query="", by=company.by("pm"), now=company.now)


def monday(company: Company) -> datetime:
    """The Monday after, at the hour of reports."""
    return company.now.astimezone(ZURICH).replace(hour=7, minute=0) + WEEK


@pytest.mark.parametrize(
    ("rhythm", "at", "first", "last"),
    [
        ("weekly", "2026-11-30T07:00", "2026-11-23", "2026-11-29"),
        ("weekly", "2026-11-30T06:59", "2026-11-16", "2026-11-22"),
        ("weekly", "2026-12-05T23:00", "2026-11-23", "2026-11-29"),
        ("weekly", "2026-10-26T07:00", "2026-10-19", "2026-10-25"),
        ("monthly", "2026-12-01T07:00", "2026-11-01", "2026-11-30"),
        ("monthly", "2027-01-01T06:00", "2026-11-01", "2026-11-30"),
        ("monthly", "2027-01-31T12:00", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_is_over_on_the_morning_after_it(rhythm: str, at: str, first: str, last: str) -> None:
    days, since = newest(rhythm, now=datetime.fromisoformat(at).replace(tzinfo=ZURICH), zone=ZURICH)
    assert (days.first.isoformat(), days.last.isoformat()) == (first, last)
    assert since.astimezone(ZURICH).hour == 7


def test_a_report_goes_out_once_a_week(company: Company) -> None:
    company.incident()
    caught_up(company.now)
    plan(company)
    assert report.send_due(now=company.now) == 0, "the week before it was set up is not its business"
    assert not report.is_any_due(now=monday(company) - timedelta(minutes=1))
    assert report.is_any_due(now=monday(company))
    assert report.send_due(now=monday(company)) == 1
    assert report.send_due(now=monday(company) + timedelta(days=3)) == 0
    assert report.send_due(now=monday(company) + WEEK) == 1
    assert Message.objects.filter(kind="sla_report").count() == 2


def test_what_was_missed_while_down_is_made_up_for_once(company: Company) -> None:
    plan(company)
    late = monday(company) + 3 * WEEK + timedelta(days=2)
    assert report.send_due(now=late) == 1
    assert report.send_due(now=late) == 0
    assert ReportIssue.objects.get().first_day.isoformat() == "2026-12-14"


def test_the_mail_says_the_figures_in_words_and_carries_html_and_pdf(company: Company) -> None:
    company.incident()
    company.incident()
    caught_up(company.now + timedelta(hours=1))
    plan(company)
    report.send_due(now=monday(company))
    mail = compose(Message.objects.get(kind="sla_report"))
    assert mail.subject == "SLA-Bericht 23.11. – 29.11.2026"
    assert "Eingang: 2" in str(mail.body)
    html, kind = mail.alternatives[0]
    assert kind == "text/html"
    assert "Zusagen nach Priorität" in str(html)
    [(name, content, content_type)] = mail.attachments
    assert (name, content_type) == ("sla-2026-11-23-2026-11-29.pdf", "application/pdf")
    assert bytes(content).startswith(b"%PDF")


def test_everybody_reads_it_in_their_own_language_and_only_who_holds_the_role(company: Company) -> None:
    company.board.language = "en"
    company.board.save()
    company.people["lead"].is_active = False
    company.lead.save()
    plan(company, roles=("project_manager", "executive_board", "head_of_development"))
    assert report.send_due(now=monday(company)) == 2
    subjects = dict(Message.objects.values_list("person__username", "subject"))
    assert set(subjects) == {"pm", "board"}
    assert subjects["board"].startswith("SLA report")


def test_a_report_without_readers_counts_as_sent(company: Company) -> None:
    RoleHolding.objects.filter(role="project_manager").delete()
    plan_of_nobody = ReportPlan.objects.create(rhythm="weekly", roles=["project_manager"], created_at=company.now)
    assert report.send_due(now=monday(company)) == 0
    assert plan_of_nobody.issues.get().messages == 0


def test_it_can_be_asked_for_now_and_stopped(company: Company) -> None:
    found = plan(company)
    reporting.send_now(found.pk, by=company.by("lead"), now=company.now)
    assert report.send_due(now=company.now) == 1
    assert report.send_due(now=company.now) == 0
    reporting.switch_report(found.pk, is_active=False, by=company.by("lead"))
    assert report.send_due(now=monday(company)) == 0
    reporting.switch_report(found.pk, is_active=True, by=company.by("lead"))
    assert report.send_due(now=monday(company)) == 1, "what was asked for by hand does not replace what is due"


def test_only_who_leads_sets_reports_up_and_only_for_who_sees_figures(company: Company) -> None:
    facts: Any = {"query": "", "now": company.now}
    with pytest.raises(Forbidden):
        reporting.plan_report(rhythm="weekly", roles=["project_manager"], by=company.by("support"), **facts)
    for rhythm, roles in (("daily", ["support"]), ("weekly", []), ("weekly", ["dpo"])):
        with pytest.raises(Invalid):
            reporting.plan_report(rhythm=rhythm, roles=roles, by=company.by("pm"), **facts)
    assert not ReportPlan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(company: Company) -> None:
    plan(company)
    at, together, counts = monday(company), threading.Barrier(2), []
    [due] = reporting.due(now=at)
    letters = report._letters(due, now=at)

    def work() -> None:
        try:
            together.wait(10)
            counts.append(reporting.issue(due, letters=letters, now=at))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counts) == [0, 1]
    assert Message.objects.filter(kind="sla_report").count() == 1


def test_a_worker_that_dies_before_the_end_leaves_nothing_and_the_next_one_sends(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(company)
    at = monday(company)

    def dies(*_args: object, **_facts: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(reporting, "queue_all", dies)
        with pytest.raises(KeyboardInterrupt):
            report.send_due(now=at)
    assert not ReportIssue.objects.exists()
    assert report.send_due(now=at) == 1
