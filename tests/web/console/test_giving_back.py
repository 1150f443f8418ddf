"""Giving an incident back in the console: offered to who may, down to levels below, with a reason in words."""

from __future__ import annotations

from directory.models import RoleHolding
from incidents.models import Incident
from lifecycle import climb, respond
from tests.company import Company
from tests.web.console.conftest import Entering


def at_development(company: Company) -> str:
    number = company.incident().number
    by = company.by("support")
    climb.escalate(number, chain="functional", reason="technical_incident", by=by, now=company.now)
    return f"/incidents/{number}/"


def test_development_gives_it_back_to_support_who_reads_why(enter: Entering, company: Company) -> None:
    path = at_development(company)
    dev = enter("dev")
    assert f"{path}de-escalate/" in dev.get(path).content.decode()
    form = dev.get(f"{path}de-escalate/").content.decode()
    assert form.count('type="radio" name="way"') == 1
    assert "Funktionale Eskalation → 1. Level: Support" in form
    assert 'name="keep"' not in form
    facts = {"way": "functional/1", "reason": "Anwenderfrage, kein Fehler im Code."}
    answer = dev.post(f"{path}de-escalate/", facts, follow=True).content.decode()
    assert "zurückgegeben" in answer
    incident = Incident.objects.get()
    assert (incident.functional_level, incident.team and incident.team.role) == (1, "support")
    page = enter("support").get(path).content.decode()
    assert "Funktionale Eskalation: zurück auf Stufe 1" in page
    assert "Stufe 2 → 1" not in page
    assert page.count("Anwenderfrage, kein Fehler im Code.") >= 2  # on the ladder and on the timeline


def test_who_may_not_give_back_is_not_offered_it_and_refused(enter: Entering, company: Company) -> None:
    path = at_development(company)
    support = enter("support")
    assert f"{path}de-escalate/" not in support.get(path).content.decode()
    assert enter("dev").post(f"{path}de-escalate/", {"way": "functional/1", "reason": "ok"}).status_code == 422
    ground = f"/incidents/{company.incident().number}/"
    assert f"{ground}de-escalate/" not in enter("lead").get(ground).content.decode()


def test_who_also_holds_the_lower_level_may_keep_it(enter: Entering, company: Company) -> None:
    RoleHolding.objects.create(person=company.dev, role="support", rank=99)
    path = at_development(company)
    dev = enter("dev")
    assert 'name="keep"' in dev.get(f"{path}de-escalate/").content.decode()
    facts = {"way": "functional/1", "reason": "Ich mache weiter.", "keep": "on"}
    assert dev.post(f"{path}de-escalate/", facts).status_code == 302
    assert Incident.objects.get().assignee == company.dev


def test_who_is_called_for_an_incident_somebody_works_on_can_answer_on_its_page(
    enter: Entering, company: Company
) -> None:
    path = at_development(company)
    number = Incident.objects.get().number
    respond.acknowledge(number, by=company.by("dev"), now=company.now)
    by = company.by("support")
    climb.escalate(number, chain="management", reason="product_change", by=by, now=company.now)
    pm = enter("pm")
    assert 'id="verb-acknowledge"' in pm.get(path).content.decode()
    assert 'id="verb-acknowledge"' not in enter("dev2").get(path).content.decode()
    pm.post(f"{path}acknowledge/")
    assert 'id="verb-acknowledge"' not in pm.get(path).content.decode()
    assert Incident.objects.get().assignee == company.dev
