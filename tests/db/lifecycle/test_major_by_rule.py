"""Triggers that are met by what is attached to an incident propose a major by themselves (P-6.1)."""

from __future__ import annotations

import yaml

from core.actors import SYSTEM
from core.models import Event
from directory.models import School
from incidents.models import Incident
from lifecycle import connect
from lifecycle.intake import ContactDraft, classify, take_contact
from lifecycle.major import declare_major
from lifecycle.major_end import reject_major
from lifecycle.process_change import load_process
from process.loader import default_text
from tests.company import Company

SCHOOLS = "several_schools_down"


def outage(company: Company, school: str) -> Incident:
    place, _created = School.objects.get_or_create(name=school, defaults={"canton": "ZH"})
    return company.incident(category="availability", school_id=place.pk)


def attach(company: Company, child: Incident, main: Incident) -> Incident:
    by = company.by("support")
    connect.link(child.number, kind="child", target=main.number, by=by, now=company.now)
    main.refresh_from_db()
    return main


def test_the_third_school_of_an_outage_proposes_a_major(company: Company) -> None:
    main = outage(company, "Musterwil")
    assert attach(company, outage(company, "Musterwil"), main).major_state == ""
    assert attach(company, outage(company, "Oberbeispiel"), main).major_state == ""
    assert attach(company, outage(company, "Testlingen"), main).major_state == "candidate"
    event = Event.objects.get(kind="incident.major_proposed")
    assert (event.subject_id, event.rule, event.data["trigger"]) == (main.pk, "§6.1", SCHOOLS)
    assert event.actor_kind == "system"


def test_majors_below_one_that_a_rule_declares_give_way_to_it(company: Company) -> None:
    rules = yaml.safe_load(default_text())
    next(trigger for trigger in rules["major"]["triggers"] if trigger["key"] == SCHOOLS)["effect"] = "declare"
    load_process(text=yaml.safe_dump(rules, allow_unicode=True), by_actor=SYSTEM, now=company.now)
    main, other, below = (outage(company, name) for name in ("Musterwil", "Oberbeispiel", "Testlingen"))
    declare_major(below.number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    attach(company, below, main)
    assert attach(company, other, main).is_major
    assert list(Incident.objects.filter(is_major=True)) == [main]


def test_a_major_deep_below_what_is_attached_to_a_major_gives_way(company: Company) -> None:
    main, middle, below = (company.incident() for _number in range(3))
    for incident in (main, below):
        declare_major(incident.number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    attach(company, below, middle)
    attach(company, middle, main)
    assert list(Incident.objects.filter(is_major=True)) == [main]


def test_contacts_from_further_schools_count_as_well(company: Company) -> None:
    main = outage(company, "Musterwil")
    by, now = company.by("support"), company.now
    for name in ("Oberbeispiel", "Testlingen"):
        school = School.objects.create(name=name, canton="ZH")
        draft = ContactDraft(channel="phone", subject="Auch bei uns", school_id=school.pk)
        contact = take_contact(draft, by=by, now=now)
        classify(contact.number, kind="incident", join=main.number, by=by, now=now)
    main.refresh_from_db()
    assert main.major_state == "candidate"


def test_what_was_rejected_stays_so_however_many_schools_follow(company: Company) -> None:
    main = outage(company, "Musterwil")
    for name in ("Oberbeispiel", "Testlingen"):
        attach(company, outage(company, name), main)
    reject_major(main.number, reason="Nur kurz, läuft wieder.", by=company.by("lead"), now=company.now)
    assert attach(company, outage(company, "Probenstadt"), main).major_state == "rejected"
    assert Event.objects.filter(kind="incident.major_proposed").count() == 1


def test_other_troubles_of_several_schools_propose_nothing(company: Company) -> None:
    main = company.incident()
    for name in ("Musterwil", "Oberbeispiel", "Testlingen"):
        main = attach(company, outage(company, name), main)
    assert main.major_state == ""
