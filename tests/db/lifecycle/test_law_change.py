"""Versions of the law: numbered, one in force, never changed; a case keeps the one it began under."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from core.models import Event
from lifecycle import data_protection
from lifecycle.errors import Conflict, Forbidden, Invalid, NotFound
from lifecycle.law_change import adopt_law, load_law
from privacy.law import default_law, default_text
from privacy.models import Case, Duty, LawVersion
from privacy.selectors import current_law, law_number, law_of
from process.loader import BadDocument
from tests.company import Company

pytestmark = pytest.mark.django_db
LATER_TEXT = default_text().replace("limit_hours: 72", "limit_hours: 48")


def case_of(company: Company) -> Case:
    return Case.objects.get(incident=company.incident(symptom="Klasse 3b", data_protection=True))


def load(company: Company, text: str, *, by: str = "dpo", seen: int | None = None) -> LawVersion:
    return load_law(text=text, note=" Laut Kanzlei ", by=company.by(by), now=company.now, version=seen)


def test_before_the_first_load_the_shipped_law_counts_and_the_first_case_stores_it(company: Company) -> None:
    assert current_law() == default_law()
    case = case_of(company)
    assert case.law is not None
    assert (case.law.number, case.law.source, law_of(case)) == (1, default_text(), default_law())


def test_a_case_keeps_the_law_it_began_under(company: Company) -> None:
    before = case_of(company)
    version = load(company, LATER_TEXT)
    assert (version.number, version.note, version.loaded_by) == (2, "Laut Kanzlei", "Dora Schutz")
    after = case_of(company)
    hours = [law_of(case).regimes[3].report.limit_hours for case in (before, after)]  # type: ignore[union-attr]
    assert hours == [72, 48]
    assert current_law() == law_of(after)


def test_the_officer_puts_an_open_case_under_the_law_in_force_and_its_duties_follow(company: Company) -> None:
    case, by = case_of(company), company.by("dpo")
    facts: dict[str, Any] = {"reason": "gilt auch für Laufendes", "by": by, "now": company.now}
    with pytest.raises(Invalid):
        adopt_law(case.number, **facts)
    load(
        company,
        default_text().replace("limit_min: 1440", "limit_min: 720").replace("target_min: 240", "target_min: 60"),
    )
    before = Duty.objects.get(case=case, key="first_assessment").deadline
    adopt_law(case.number, **facts)
    case.refresh_from_db()
    after = Duty.objects.get(case=case, key="first_assessment").deadline
    assert before is not None
    assert after == before - timedelta(hours=3)
    assert law_number(case) == (2, True)
    assert Event.objects.get(kind="privacy.law_adopted").data["number"] == 2


def test_a_law_that_does_not_know_a_decided_duty_is_not_adopted(company: Company) -> None:
    case = case_of(company)
    Duty.objects.filter(case=case, key="first_assessment").update(done_at=company.now)
    load(company, default_text().replace("key: first_assessment", "key: another_assessment"))
    with pytest.raises(Invalid, match="first_assessment"):
        adopt_law(case.number, reason="neu", by=company.by("dpo"), now=company.now)
    case.refresh_from_db()
    assert law_number(case) == (1, False)


def test_loading_is_an_event_and_the_same_rules_are_none(company: Company) -> None:
    version = load(company, LATER_TEXT)
    assert load(company, f"# anders geschrieben\n{LATER_TEXT}") == version
    events = Event.objects.filter(kind="privacy.law_loaded").order_by("pk")
    assert [(event.data["number"], event.actor_label) for event in events] == [(1, "Escola IM"), (2, "Dora Schutz")]


def test_a_wrong_law_is_refused_with_its_lines_and_changes_nothing(company: Company) -> None:
    with pytest.raises(BadDocument) as caught:
        load(company, default_text().replace("applies_to: own", "applies_to: nobody"))
    line = default_text()[: default_text().index("applies_to: own")].count("\n") + 1
    assert [problem.line for problem in caught.value.problems] == [line]
    assert current_law() == default_law()


def test_who_edited_an_older_version_is_told_that_somebody_was_faster(company: Company) -> None:
    load(company, LATER_TEXT, seen=1)
    with pytest.raises(Conflict):
        load(company, default_text(), seen=1)


def test_only_the_officer_changes_the_law(company: Company) -> None:
    case = case_of(company)
    data_protection.let_read(case.number, person=company.dev, reason="hilft", by=company.by("dpo"), now=company.now)
    with pytest.raises(Forbidden):
        load(company, LATER_TEXT, by="dev")
    for name in ("support", "it", "board"):
        with pytest.raises(NotFound):
            load(company, LATER_TEXT, by=name)


def test_the_database_refuses_to_change_or_remove_a_version(company: Company) -> None:
    load(company, LATER_TEXT)
    first = LawVersion.objects.filter(number=1)
    for act in (lambda: first.update(note="anders"), first.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
