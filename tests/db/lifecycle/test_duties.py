"""The duties of a level are ticked off: by whom, when, under which paragraph (P-5.1, P-5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Event
from incidents.models import DutyDone, Incident
from incidents.selectors import duties_done
from lifecycle import climb, descend, duties, finish, respond
from lifecycle.errors import Invalid, NotFound, WrongState
from tests.company import Company


def tick(company: Company, number: str, key: str, who: str = "support", **facts: object) -> Incident:
    given = {"chain": "functional", "done": True, "now": company.now, **facts}
    return duties.tick(number, key=key, by=company.by(who), **given)  # type: ignore[arg-type]


def test_a_tick_says_who_and_when_and_the_log_under_which_paragraph(company):
    number = company.incident().number
    incident = tick(company, number, "workaround")
    done = duties_done(incident)["functional", 1, "workaround"]
    assert (done.by, done.at) == (company.support, company.now)
    event = Event.objects.get(kind="incident.duty_done")
    assert (event.rule, event.actor_label) == ("§5.1/1c", "Sina Muster")
    assert event.data == {"chain": "functional", "level": 1, "duty": "workaround"}


def test_it_can_be_taken_back_and_the_log_keeps_both(company):
    number = company.incident().number
    tick(company, number, "workaround")
    tick(company, number, "workaround", who="support2", done=False)
    assert not DutyDone.objects.exists()
    kinds = Event.objects.filter(kind__startswith="incident.duty_").order_by("id").values_list("kind", "actor_label")
    assert list(kinds) == [("incident.duty_done", "Sina Muster"), ("incident.duty_undone", "Silas Beispiel")]


def test_what_stands_so_already_stays_with_who_did_it_first(company):
    number = company.incident().number
    tick(company, number, "analyse")
    tick(company, number, "analyse", who="support2", now=company.now + timedelta(hours=1))
    tick(company, number, "document", done=False)
    assert DutyDone.objects.get().by == company.support
    assert Event.objects.filter(kind__startswith="incident.duty_").count() == 1


def test_a_tick_makes_nobodys_form_stale(company):
    incident = company.incident()
    tick(company, incident.number, "analyse")
    fields = {"title": "Neu"}
    edited = respond.edit(
        incident.number, fields=fields, by=company.by("dev"), now=company.now, version=incident.version
    )
    assert edited.title == "Neu"


def test_each_level_of_each_chain_has_its_own_ticks(company):
    number = company.incident().number
    tick(company, number, "analyse")
    tick(company, number, "analyse", chain="management")
    climb.escalate(number, chain="functional", reason="technical_incident", by=company.by("support"), now=company.now)
    tick(company, number, "contain", who="dev")
    assert set(DutyDone.objects.values_list("chain", "level", "key")) == {
        ("functional", 1, "analyse"),
        ("management", 1, "analyse"),
        ("functional", 2, "contain"),
    }
    descend.de_escalate(number, chain="functional", reason="Zurück an Support.", by=company.by("dev"), now=company.now)
    assert ("functional", 1, "analyse") in duties_done(Incident.objects.get())


@pytest.mark.parametrize(
    ("key", "facts", "field"),
    [
        ("contain", {}, "key"),
        ("analyse", {"level": 2}, "key"),
        ("no_such", {}, "key"),
        ("analyse", {"chain": "sideways"}, "chain"),
    ],
)
def test_only_duties_of_the_present_level_can_be_ticked(company, key, facts, field):
    number = company.incident().number
    with pytest.raises(Invalid) as refused:
        tick(company, number, key, **facts)
    assert list(refused.value.errors) == [field]
    assert not DutyDone.objects.exists()


def test_what_is_over_is_ticked_no_more(company):
    number = company.incident().number
    finish.resolve(number, code="solved_permanently", text="Korrigiert.", by=company.by("support"), now=company.now)
    with pytest.raises(WrongState):
        tick(company, number, "analyse")
    with pytest.raises(NotFound):
        tick(company, "INC-1999-000001", "analyse")
