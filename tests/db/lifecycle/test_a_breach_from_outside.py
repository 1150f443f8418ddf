"""What somebody sends to a case by mistake or malice is refused with its place, and nothing of it is kept (P-7.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clock import ZURICH
from directory.models import School
from lifecycle import assessing, breach_schools, law_enforcement, school_notices
from lifecycle.errors import Invalid
from privacy.models import AffectedSchool, AssessmentVersion, Case
from privacy.services import Hit
from tests.company import Company
from tests.db.lifecycle.test_a_breach import WHOLE, case, confirmed  # noqa: F401

pytestmark = pytest.mark.django_db
NAME = "Schule Musterwil"


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("schools", [1]),
        ("schools", [{"school": NAME, "language": "xx"}]),
        ("schools", [{"school": NAME, "language": "deutsch"}]),
        ("schools", [{"school": NAME}, {"school": NAME.upper()}]),
        ("schools", [{"school": NAME, "persons": []}]),
        ("schools", [{"school": NAME}] * 2001),
        ("aware_at", "0001-01-01T00:00:00+14:00"),
        ("aware_at", "9999-12-31T23:59:59Z"),
        ("aware_at", "2026-11-23T08:30:00Z"),
        ("occurred_from", "2026-11-23T10:30:00Z"),
        ("decision", "confirmed"),
        ("decided_by", "Jemand"),
        ("recommendations", {"n1": "due"}),
        ("records", 1e300),
        ("harms", {"x": [{}]}),
    ],
)
def test_an_answer_that_does_not_fit_is_named(company: Company, case: Case, field: str, answer: Any) -> None:  # noqa: F811
    at = company.now + timedelta(hours=1)
    with pytest.raises(Invalid) as refused:
        assessing.assess(case.number, answers=WHOLE | {field: answer}, by=company.by("dpo"), now=at)
    assert set(refused.value.errors) == {field}
    assert not AssessmentVersion.objects.exists()
    assert not AffectedSchool.objects.exists()


def test_it_ends_after_it_began(company: Company, case: Case) -> None:  # noqa: F811
    times = {"occurred_from": "2026-11-22T08:00:00Z", "occurred_to": "2026-11-21T08:00:00Z"}
    with pytest.raises(Invalid) as refused:
        assessing.assess(case.number, answers=WHOLE | times, by=company.by("dpo"), now=company.now)
    assert set(refused.value.errors) == {"occurred_to"}


def test_a_program_may_send_back_what_it_read(company: Company, case: Case) -> None:  # noqa: F811
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    same = {"decision": "confirmed", "reason": "Die Liste war öffentlich.", "decided_by": by.actor.label}
    assessing.assess(case.number, answers=same | {"detected_by": "Eine Mutter"}, by=by, now=at)
    assert case.assessments.count() == 3


@pytest.mark.parametrize("at", ["2026-11-23T07:00:00Z", "9999-12-31T23:59:59Z"])
def test_schools_hear_again_at_an_instant_that_comes(company: Company, case: Case, at: str) -> None:  # noqa: F811
    confirmed(company, case)
    by, now = company.by("dpo"), company.now + timedelta(hours=1)
    breach_schools.affect(case.number, hits=[Hit(School.objects.get(name=NAME))], by=by, now=now)
    words = school_notices.Words("", datetime.fromisoformat(at))
    with pytest.raises(Invalid) as refused:
        school_notices.draft_notices(case.number, words=words, by=by, now=now)
    assert set(refused.value.errors) == {"next_update_at"}


def test_a_consent_was_signed_in_our_time(company: Company, case: Case) -> None:  # noqa: F811
    said: dict[str, Any] = {"document": "Brief", "scope": "Protokolle", "signer": "Schulpflege"}
    long_ago = datetime(1, 1, 1, tzinfo=ZURICH)  # before year 1 in UTC: the database keeps it and cannot give it back
    with pytest.raises(Invalid) as refused:
        law_enforcement.give_consent(case.number, signed_at=long_ago, by=company.by("dpo"), now=company.now, **said)
    assert set(refused.value.errors) == {"signed_at"}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{NAME};1;2\rSchule Nirgendwo;1;2", 1),
        ('"' + "x" * 200_000, 1),
        (f"{NAME};{'9' * 5000}", 1),
        (f"{NAME};00000000000000099999999999999", 1),
        (f"{NAME};=1+1;2\n{NAME};-3", 2),
        ("\x00", 1),
        ("Schule Nirgendwo\n" * 10_000, 21),
    ],
)
def test_a_list_that_does_not_fit_is_refused_line_by_line(company: Company, text: str, lines: int) -> None:
    with pytest.raises(Invalid) as refused:
        breach_schools.read_csv(text)
    assert len(refused.value.errors["csv"]) == lines


def test_a_school_is_named_once_and_keeps_the_language_chosen_for_it(company: Company, case: Case) -> None:  # noqa: F811
    by, now, school = company.by("dpo"), company.now, School.objects.get(name=NAME)
    with pytest.raises(Invalid, match="Mehrfach"):
        breach_schools.affect(case.number, hits=[Hit(school), Hit(school, 3)], by=by, now=now)
    breach_schools.affect(case.number, hits=[Hit(school, 3, language="it")], by=by, now=now)
    breach_schools.affect(case.number, hits=breach_schools.read_csv(f"{NAME};4;5"), by=by, now=now)
    row = AffectedSchool.objects.get()
    assert (row.persons, row.language) == (4, "it")
