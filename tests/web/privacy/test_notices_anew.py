"""Notices are written anew while they are drafts, and followed up once they are out, from the console (P-7.3)."""

from __future__ import annotations

import pytest
from django.test import Client

from lifecycle import assessing, breach_schools, school_notices
from privacy.models import AffectedSchool, Case, Notice
from privacy.services import Hit
from tests.company import Company
from tests.web.privacy.breaches import told_breach

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(company: Company) -> Client:
    browser = Client()
    browser.force_login(company.dpo)
    return browser


@pytest.fixture
def breach(company: Company) -> Case:
    """Its schools were told."""
    return told_breach(company)


def path(case: Case, slug: str) -> str:
    return f"/privacy/{case.number}/{slug}/"


def test_who_was_told_gets_a_follow_up(officer: Client, breach: Case) -> None:
    assert "Folgemitteilung an informierte Schulen (2)" in officer.get(path(breach, "draft-notices")).content.decode()
    officer.post(path(breach, "draft-notices"), {"whom": "told", "extra": "Die Lücke ist zu."})
    assert (
        list(Notice.objects.order_by("number").values_list("number", "state")) == [(1, "sent")] * 2 + [(2, "draft")] * 2
    )
    board = officer.get(path(breach, "schools")).content.decode()
    assert "2 / 2 informiert" in board
    assert "2 Entwürfe freigeben" in board


def test_one_school_gets_its_own(officer: Client, breach: Case) -> None:
    row = AffectedSchool.objects.get(school__name="Schule Musterwil")
    page = officer.get(f"{path(breach, 'schools')}{row.pk}/").content.decode()
    assert f"draft-notices/?school={row.pk}" in page
    officer.post(path(breach, "draft-notices"), {"school": row.pk, "extra": "Nur für Sie."})
    assert Notice.objects.get(number=2).affected == row


def test_a_draft_is_written_anew_when_more_is_known(officer: Client, breach: Case, company: Company) -> None:
    by, now = company.by("dpo"), company.now
    school_notices.draft_notices(
        breach.number, schools=AffectedSchool.objects.values_list("pk", flat=True), by=by, now=now
    )
    before = set(Notice.objects.filter(number=2).values_list("digest", flat=True))
    assessing.assess(breach.number, answers={"measures_planned": "Neue Schlösser"}, by=by, now=now)
    officer.post(path(breach, "draft-notices"), {"whom": "drafts"})
    assert not before & set(Notice.objects.filter(number=2).values_list("digest", flat=True))


def test_a_notice_with_numbers_of_before_does_not_go_out(officer: Client, breach: Case, company: Company) -> None:
    by, now = company.by("dpo"), company.now
    row = AffectedSchool.objects.get(school__name="Schule Musterwil")
    school_notices.draft_notices(breach.number, schools=[row.pk], by=by, now=now)
    school_notices.review_notices(breach.number, by=by, now=now)
    breach_schools.affect(breach.number, hits=[Hit(row.school, 20, None)], by=by, now=now)
    assert Notice.objects.filter(number=2).exists(), "it is told the same"
    breach_schools.affect(breach.number, hits=[Hit(row.school, 200, None)], by=by, now=now)
    assert not Notice.objects.filter(number=2).exists()


def test_nobody_approves_drafts_they_have_not_seen(officer: Client, breach: Case, company: Company) -> None:
    by, now = company.by("dpo"), company.now
    row = AffectedSchool.objects.get(school__name="Schule Musterwil")
    school_notices.draft_notices(breach.number, schools=[row.pk], by=by, now=now)
    seen = Case.objects.get().version
    assert f'name="version" value="{seen}"' in officer.get(path(breach, "schools")).content.decode()
    school_notices.draft_notices(breach.number, schools=[row.pk], words=school_notices.Words("Neu"), by=by, now=now)
    assert officer.post(path(breach, "review-notices"), {"version": seen}).status_code == 422
    assert Notice.objects.get(number=2).state == "draft"
