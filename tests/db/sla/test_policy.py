"""From the record to its clocks: a change that a target asks for gives a stored clock another promise (R7, R17)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import process.services
from core.actors import SYSTEM
from directory.models import Module, School
from incidents.models import Incident
from lifecycle import connect, respond
from lifecycle.major import declare_major
from process.loader import BadDocument
from process.models import ProcessVersion
from sla.models import Clock
from sla.selectors import differences, facts_of, opening_facts
from tests.company import Company

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DEFAULT = Path("process/default.yaml").read_text()
FIRST = "  targets:\n"


def more(key: str, rank: int, when: str, minutes: int) -> str:
    """A target of the resolution clock, as a line of the document."""
    names = f"key: {key}, label: {{de: Ziel, en: Target}}, clock: resolution, rank: {rank}"
    return f'    - {{{names}, when: {{{when}}}, target_min: {minutes}, calendar: 24x7, paragraph: "§9"}}\n'


PARTICULAR = FIRST + more("app", 10, "module: [app]", 120) + more("major", 5, "major: true", 60)


@pytest.fixture
def agreed(company: Company) -> Company:
    """A company that promises more for its app and for majors."""
    process.services.load(text=DEFAULT.replace(FIRST, PARTICULAR), actor=SYSTEM, now=company.now)
    return company


def target_s(incident: Incident) -> int:
    """What the stored resolution clock promises."""
    assert not differences([incident.pk])
    return Clock.objects.get(incident=incident, kind="resolution").target_s


def test_another_module_gives_another_promise_and_back(agreed: Company) -> None:
    app, login = Module.objects.get(key="app"), Module.objects.get(key="login")
    incident = agreed.incident(module_id=login.pk)
    usual = target_s(incident)
    for module, expected in ((app, 7200), (login, usual)):
        at = agreed.now + HOUR
        respond.edit(incident.number, fields={"module": module.pk}, by=agreed.by("support"), now=at)
        assert target_s(incident) == expected


def test_what_is_opened_with_it_has_it_at_once(agreed: Company) -> None:
    incident = agreed.incident(module_id=Module.objects.get(key="app").pk)
    assert target_s(incident) == 7200
    (opened,), (told,) = opening_facts(Incident.objects.get(pk=incident.pk)), facts_of(incident.pk)
    assert (opened.at, opened.circumstances) == (told.at, told.circumstances)


def test_a_declared_major_has_the_promise_of_majors(agreed: Company) -> None:
    incident = agreed.incident()
    declare_major(incident.number, trigger="whole_software_down", by=agreed.by("lead"), now=agreed.now + HOUR / 2)
    assert target_s(incident) == 3600


@pytest.mark.parametrize("is_same_school", [True, False])
def test_r17_merged_into_one_of_the_same_school_the_earlier_report_counts(
    company: Company, is_same_school: bool
) -> None:
    one, other = School.objects.order_by("pk")[:2]
    early = company.incident(now=company.now + HOUR, school_id=one.pk)
    late = company.incident(now=company.now + 3 * HOUR, school_id=(one if is_same_school else other).pk)
    connect.merge(early.number, into=late.number, by=company.by("support"), now=company.now + 4 * HOUR)
    started = Clock.objects.get(incident=late, kind="resolution").started_at
    assert started == (early.reported_at if is_same_school else late.reported_at)
    assert not differences([early.pk, late.pk])


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ("target_min: 15,", "target_min: 0,", "sla.targets[response_critical].target_min"),
        ("target_min: 15,", "target_min: -15,", "sla.targets[response_critical].target_min"),
        ("target_min: 15,", "target_min: 5270400,", "sla.targets[response_critical].target_min"),
        ("target_min: 15,", 'target_min: "1 day",', "sla.targets[response_critical].target_min"),
        ("target_min: 15,", "business_days: 1,", "sla.targets[response_critical].business_days"),
        ("when: {priority: [critical]}", "when: {canton: [XX]}", "sla.targets[response_critical].when.canton"),
        (FIRST, FIRST + more("odd", 1, "module: [moon]", 5), "sla.targets[odd].when.module"),
        (FIRST, FIRST + more("odd", 1, "contract: [gold]", 5), "sla.targets[odd].when.contract"),
        ("default_canton: ZH", "default_canton: XX", "calendars[8x5].default_canton"),
        ("time_zone: Europe/Zurich", "time_zone: Mars/Olympus", "calendars[8x5].time_zone"),
    ],
)
def test_what_nobody_can_promise_is_refused_by_its_path_and_nothing_is_stored(
    company: Company, before: str, after: str, path: str
) -> None:
    stored = ProcessVersion.objects.count()
    with pytest.raises(BadDocument) as refused:
        process.services.load(text=DEFAULT.replace(before, after, 1), actor=SYSTEM, now=company.now)
    assert any(problem.path.startswith(path) for problem in refused.value.problems)
    assert all(problem.line > 1 for problem in refused.value.problems)
    assert ProcessVersion.objects.count() == stored
