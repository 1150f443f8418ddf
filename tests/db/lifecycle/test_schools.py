"""A school moves to another canton: its open incidents count that canton's holidays from then on."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import Event
from directory.models import School
from lifecycle import finish
from lifecycle.errors import Forbidden
from lifecycle.schools import save_school
from sla.models import Clock
from sla.selectors import differences

BEFORE_ALL_SAINTS = datetime(2028, 10, 31, 9, 0, tzinfo=UTC)  # 1 November: a holiday in Lucerne, a Wednesday in Zurich


def due(incident):
    return Clock.objects.get(incident=incident, kind="resolution").due_at


@pytest.fixture
def school(company):
    return School.objects.get(name="Schule Musterwil")


def test_the_clocks_of_its_open_incidents_follow_and_those_of_closed_ones_stay(company, school):
    at = BEFORE_ALL_SAINTS
    waiting = company.incident(now=at, school_id=school.pk)
    over = company.incident(now=at, school_id=school.pk)
    finish.resolve(over.number, code="solved_permanently", text="ok", by=company.by("support"), now=at)
    finish.close(over.number, by=company.by("support"), now=at)
    before, untouched = due(waiting), due(over)
    save_school(school, changes={"canton": "LU"}, by=company.by("it"), now=at + timedelta(hours=1))
    assert (before.strftime("%a"), due(waiting)) == ("Fri", before + timedelta(days=3))
    assert due(over) == untouched
    assert Event.objects.get(kind="incident.relocated").data["canton"] == "LU"
    assert differences([waiting.pk, over.pk]) == []


def test_without_a_canton_the_holidays_of_the_default_one_count(company):
    at, by = BEFORE_ALL_SAINTS, company.by("it")
    abroad = save_school(changes={"name": "Schule Übersee", "legal_kind": "eu_eea"}, by=by, now=at)
    incident = company.incident(now=at, school_id=abroad.pk)
    assert due(incident).strftime("%a") == "Fri", "as in Zurich"
    save_school(abroad, changes={"canton": "LU"}, by=by, now=at + timedelta(hours=1))
    save_school(abroad, changes={"canton": ""}, by=by, now=at + timedelta(hours=2))
    assert due(incident).strftime("%a") == "Fri"
    assert differences([incident.pk]) == []


def test_another_name_moves_no_clock(company, school):
    incident = company.incident(now=BEFORE_ALL_SAINTS, school_id=school.pk)
    save_school(school, changes={"name": "Schule Neuwil"}, by=company.by("it"), now=BEFORE_ALL_SAINTS)
    incident.refresh_from_db()
    assert incident.version == 1


def test_only_who_manages_people_may(company, school, now):
    with pytest.raises(Forbidden):
        save_school(school, changes={"canton": "LU"}, by=company.by("support"), now=now)
