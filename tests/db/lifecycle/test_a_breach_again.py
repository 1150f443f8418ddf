"""A case that is over, and one whose ground moves: suspected again, closed, its schools placed elsewhere (§7)."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction

from directory.models import School
from lifecycle import assessing, breach_duties, breach_schools, case_end, data_protection, finish, tick
from lifecycle.breach_papers import paper_of
from lifecycle.breach_register import as_csv
from lifecycle.errors import Invalid
from lifecycle.schools import save_school
from notifications.models import Message
from privacy.models import AffectedSchool, Case, Duty
from privacy.papers.render import to_json
from privacy.selectors import owed_in
from privacy.services import Hit
from tests.company import Company
from tests.db.lifecycle.test_a_breach import SCORES, WHOLE, case, confirmed  # noqa: F401
from tests.together import at_once

pytestmark = pytest.mark.django_db


def closed(company: Company, case: Case) -> Case:  # noqa: F811
    """Confirmed, without a school, decided, looked back on."""
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    case_end.monitor(case.number, by=by, now=at)
    assessing.assess(case.number, answers={"schools": []}, by=by, now=at)
    keys = [owed.row.key for owed in owed_in(case) if owed.is_open and owed.row.key != "n7_register"]
    breach_duties.decide_duty(case.number, keys=keys, verdict="not_due", reason="Geprüft.", by=by, now=at)
    case_end.review(case.number, text="Zugriff neu geregelt.", by=by, now=at)
    return case_end.close(case.number, by=by, now=at)


def test_what_is_closed_and_suspected_again_has_to_end_anew(company: Company, case: Case) -> None:  # noqa: F811
    closed(company, case)
    at = company.now + timedelta(days=400)
    data_protection.suspect_breach(case.incident.number, grounds="Noch eine Liste", by=company.by("support"), now=at)
    case.refresh_from_db()
    ended = (case.confirmed_at, case.review_done_at, case.closed_at, case.keep_until, case.emptied_at)
    assert (case.state, set(ended)) == ("suspected", {None})
    data_protection.dismiss(case.number, reason="Dieselbe Liste", by=company.by("dpo"), now=at)
    case.refresh_from_db()
    assert case.keep_until, "it is kept from its newer end on"
    assert case.keep_until.year > 2031


def test_the_board_hears_of_a_very_grave_breach_of_an_incident_that_is_over(company: Company, case: Case) -> None:  # noqa: F811
    by, at = company.by("support"), company.now + timedelta(minutes=30)
    finish.cancel(case.incident.number, code="withdrawn", reason="Erledigt", by=by, now=at)
    confirmed(company, case, scores=SCORES | {"categories": ["sensitive"]})
    incident = Case.objects.get().incident
    assert (incident.is_major, incident.management_level < 3) == (False, True)
    assert data_protection.look_into(case.number, what="page", by=company.by("board"), now=at)
    told = Message.objects.filter(person=company.board, kind="privacy_reader", channel="email")
    assert [case.number in message.body for message in told] == [True], "once, however often it is assessed"


def test_nothing_is_decided_in_a_case_that_is_over(company: Company, case: Case) -> None:  # noqa: F811
    closed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=3)
    with pytest.raises(Invalid, match="abgeschlossen"):
        breach_duties.decide_duty(case.number, keys=["n6_police"], verdict="due", reason="Doch.", by=by, now=at)
    assert not Duty.objects.filter(next_alarm_at__isnull=False).exists()


def test_a_school_that_is_placed_elsewhere_owes_what_its_law_asks(company: Company, case: Case) -> None:  # noqa: F811
    school = School.objects.get(name="Schule Musterwil")
    School.objects.filter(pk=school.pk).update(legal_kind="public", canton="ZH")
    confirmed(company, case)
    by, at = company.by("dpo"), company.now + timedelta(hours=2)
    breach_schools.affect(case.number, hits=[Hit(school, 20, 40)], by=by, now=at)
    row = AffectedSchool.objects.get()
    before = f"n2_authority/{row.pk}/cantonal_public"
    AffectedSchool.objects.update(aware_at=at)
    breach_duties.decide_duty(case.number, keys=[before], verdict="due", by=by, now=at, reason="Sicher.")
    school.refresh_from_db()
    save_school(school, changes={"legal_kind": "private"}, by=company.by("it"), now=at)
    assert f"n2_authority/{row.pk}/private_ch" in {owed.row.key for owed in owed_in(case)}
    kept = Duty.objects.get(key=before)
    assert (kept.verdict, kept.next_alarm_at, kept.deadline) == ("due", None, None), "decided, but it asks nobody now"


@pytest.mark.django_db(transaction=True)
def test_alarms_wait_for_who_has_the_case_in_hand(company: Company, case: Case) -> None:  # noqa: F811
    at = company.now + timedelta(hours=3)

    def sweep(_n: int) -> int:
        return breach_duties.alarms(at, 100)

    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        assert at_once(1, sweep) == [0], "it took duties before their case: two would wait for each other"
    assert not connection.in_atomic_block
    tick.sweep(now=at)
    assert Duty.objects.filter(told__gte=50).exists()


def test_the_register_says_why_a_case_was_none(company: Company, case: Case) -> None:  # noqa: F811
    at = company.now + timedelta(hours=1)
    data_protection.dismiss(case.number, reason="Es waren Übungsdaten.", by=company.by("dpo"), now=at)
    row = json.loads(to_json(paper_of(Case.objects.get(), "F7", language="de", now=at)))["facts"]
    said = ("Es waren Übungsdaten.", "Dora Schutz")
    assert (row["decision"], row["reason"], row["decided_by"]) == ("dismissed", *said)
    assert {(duty["verdict"], duty["reason"], duty["decided_by"]) for duty in row["duties"]} == {("not_due", *said)}
    [line] = csv.DictReader(as_csv(Case.objects.all())[1:].splitlines(), delimiter=";")
    assert (line["state"], line["open_duties"]) == ("dismissed", "0")


def test_papers_say_how_grave_the_officer_found_it(company: Company, case: Case) -> None:  # noqa: F811
    by, at = company.by("dpo"), company.now + timedelta(hours=1)
    School.objects.update(legal_kind="public")
    assessing.assess(case.number, answers=WHOLE, by=by, now=at)
    assessing.confirm(case.number, reason="Nur eine Klasse.", severity=1.5, by=by, now=at)
    breach_schools.affect(case.number, hits=[Hit(School.objects.all()[0], 3, 3)], by=by, now=at)
    found = Case.objects.get()
    row = AffectedSchool.objects.get()
    for form, place in (("F7", None), ("F3", row)):
        facts = json.loads(to_json(paper_of(found, form, language="de", now=at, affected=place)))["facts"]
        assert '"severity": {"score": 1.5, "band": "low"}' in json.dumps(facts), form


def test_what_the_officer_decided_gives_way_only_to_a_graver_score(company: Company, case: Case) -> None:  # noqa: F811
    by, at = company.by("dpo"), company.now + timedelta(hours=1)
    assessing.assess(case.number, answers=WHOLE, by=by, now=at)
    assessing.confirm(case.number, reason="Eine Klasse.", severity=1.5, by=by, now=at)
    assessing.assess(case.number, answers={"scores": {**SCORES, "ease": "negligible", "context": []}}, by=by, now=at)
    assert Case.objects.get().severity == 1.5, "a lower recommendation is no decision"
    assessing.assess(case.number, answers={"scores": {**SCORES, "ease": "maximum"}}, by=by, now=at)
    found = Case.objects.get().severity
    assert found is not None
    assert found > 1.5, "what turns out graver counts at once"
