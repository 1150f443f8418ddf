"""What is wrong with chains, people and rotas is found before it matters (P-1.2)."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from directory.models import Person, RoleHolding
from directory.services import deactivate_person, set_absence, set_roles
from escalation.chain_lint import Remark, remarks
from escalation.models import Rota
from escalation.rotas import add_overrides, save_layer, save_rota
from escalation.rules.oncall import DAILY, WEEKLY, Layer, Override
from tests.db.escalation.conftest import Ladders

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALWAYS = Layer((), date(2026, 11, 16), time(8), DAILY)


def rota(ladders: Ladders, *people: Person, facts: Layer = ALWAYS, role: str = "development") -> Rota:
    made = save_rota(role=role, time_zone="Europe/Zurich", actor=SYSTEM, now=ladders.now)
    if people:
        save_layer(made, facts=facts, people=people, actor=SYSTEM, now=ladders.now)
    return made


def found(ladders: Ladders) -> dict[str, Remark]:
    return {remark.finding.code: remark for remark in remarks(ladders.document, at=ladders.now)}


def test_a_company_in_which_all_is_well_hears_nothing(ladders: Ladders) -> None:
    rota(ladders, ladders.company.dev, ladders.company.dev2)

    assert found(ladders) == {}


def test_somebody_on_a_rung_without_an_address_is_named_once(ladders: Ladders) -> None:
    support = ladders.company.support
    Person.objects.filter(pk__in=[support.pk, ladders.company.dpo.pk]).update(email="")

    [remark] = remarks(ladders.document, at=ladders.now)

    assert (remark.finding.code, remark.person) == ("person_without_address", support)
    assert remark.finding.message.de == (
        "1. Level: Support: Sina Muster ist auf keinem Kanal erreichbar; ein Ruf steht nur in der App."
    )


def test_a_chain_on_which_there_is_one_person_only(ladders: Ladders) -> None:
    company = ladders.company
    RoleHolding.objects.filter(role__in=["support", "executive_board"]).exclude(person=company.pm).delete()
    set_roles(company.pm, roles=["project_manager", "executive_board"], actor=SYSTEM, now=ladders.now)

    remark = found(ladders)["chain_of_one"]

    assert remark.finding.path == "chains[management]"
    assert "nur Pia Projekt" in remark.finding.message.de


def test_the_gaps_of_a_year_are_counted_and_the_first_one_told(ladders: Ladders) -> None:
    nights = Layer((), date(2026, 11, 16), time(8), WEEKLY, frozenset(range(5)), time(18), time(8))
    made = rota(ladders, ladders.company.dev, ladders.company.dev2, facts=nights)

    remark = found(ladders)["rota_gap"]

    assert remark.rota == made
    assert remark.finding.message.de.startswith(
        "Pikett Entwicklung: in den nächsten 52 Wochen hat 261 Mal niemand Pikett, zusammen "
    )
    assert "zuerst vom 23.11.2026, 09:00 bis 23.11.2026, 18:00" in remark.finding.message.de


def test_an_absence_opens_a_gap_and_a_stand_in_closes_it(ladders: Ladders) -> None:
    dev, lead = ladders.company.dev, ladders.company.lead
    made = rota(ladders, lead, role="head_of_development")
    assert "rota_gap" not in found(ladders)

    set_absence(lead, until=ladders.now + DAY, actor=SYSTEM, now=ladders.now)
    assert "hat 1 Mal niemand Pikett, zusammen 24 h" in found(ladders)["rota_gap"].finding.message.de

    set_roles(dev, roles=["development", "head_of_development"], actor=SYSTEM, now=ladders.now)
    stand_in = Override(dev.pk, ladders.now, ladders.now + DAY)
    add_overrides(made, [stand_in], people=[dev], reason="", made_by=dev, actor=SYSTEM, now=ladders.now)
    assert "rota_gap" not in found(ladders)


def test_load_is_told_when_one_carries_all_or_far_too_much(ladders: Ladders) -> None:
    dev, dev2, support = (ladders.company.people[name] for name in ("dev", "dev2", "support"))
    made = rota(ladders, dev)
    assert "nur Devi Erfunden Pikett" in found(ladders)["rota_of_one"].finding.message.de

    set_roles(support, roles=["support", "development"], actor=SYSTEM, now=ladders.now)
    days = [
        Override(person.pk, ladders.now + day * DAY, ladders.now + (day + 1) * DAY)
        for day, person in ((1, dev2), (2, support))
    ]
    add_overrides(made, days, people=[dev2, support], reason="", made_by=dev, actor=SYSTEM, now=ladders.now)
    assert found(ladders).keys() == {"rota_uneven"}
    assert "Devi Erfunden trägt in den nächsten 52 Wochen 8688 h" in found(ladders)["rota_uneven"].finding.message.de


def test_somebody_who_left_is_still_named_in_the_rota(ladders: Ladders) -> None:
    made = rota(ladders, ladders.company.dev, ladders.company.dev2)
    deactivate_person(ladders.company.dev2, actor=SYSTEM, now=ladders.now)

    assert found(ladders).keys() == {"rota_names_somebody_gone", "rota_of_one"}
    remark = found(ladders)["rota_names_somebody_gone"]
    assert (remark.rota, "Dario Erdacht" in remark.finding.message.de) == (made, True)


def test_what_an_edited_chain_leaves_behind(ladders: Ladders) -> None:
    """Roles and rotas under a name the document does not know any more, and a rota nobody is in."""
    made = rota(ladders, role="second_level")
    empty = rota(ladders)
    set_roles(ladders.company.dev2, roles=["second_level"], actor=SYSTEM, now=ladders.now)

    assert found(ladders)["rota_without_role"].rota == made
    assert found(ladders)["rota_empty"].rota == empty
    assert "«second_level»" in found(ladders)["role_unknown"].finding.message.de
    assert "Dario Erdacht" in found(ladders)["role_unknown"].finding.message.en


def test_the_number_of_questions_does_not_depend_on_how_many_there_are(ladders: Ladders) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            remarks(ladders.document, at=ladders.now)
        return len(captured)

    rota(ladders, ladders.company.dev)
    before = asked()
    rota(ladders, ladders.company.support, ladders.company.support2, role="support")

    assert asked() == before <= 5
