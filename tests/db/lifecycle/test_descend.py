"""Down the ladders: who may give an incident back, to whom, and who is called then (P-5.1 to P-5.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from escalation.models import Call, Step
from escalation.selectors import waiting_for
from incidents.models import Incident
from lifecycle import climb, descend, respond, tick
from lifecycle.errors import Forbidden, Invalid
from lifecycle.integrity import findings
from lifecycle.process_change import load_process
from notifications.models import Message
from process.loader import default_text
from tests.company import Company

WHY = "Anwenderfrage, kein Fehler im Code."
MINUTE = timedelta(minutes=1)


def at_development(company: Company, *, taken: bool = True) -> Incident:
    """An incident that Support gave to Development, where somebody took it."""
    number = company.incident().number
    by, now = company.by("support"), company.now
    respond.start(number, by=by, now=now)
    climb.escalate(number, chain="functional", reason="technical_incident", by=by, now=now)
    if taken:
        respond.acknowledge(number, by=company.by("dev"), now=now)
    return Incident.objects.get(number=number)


def after_a_breach(company: Company) -> Incident:
    """A critical incident nobody answered in time: the breach has carried it to the project manager."""
    incident = company.incident(urgency="high", impact="high")
    tick.sweep(now=company.now + 16 * MINUTE)
    incident.refresh_from_db()
    assert incident.management_level == 2
    return incident


def give_back(company: Company, incident: Incident, who: str, **facts: object) -> Incident:
    given = {"chain": "functional", "reason": WHY, "now": company.now + MINUTE, **facts}
    return descend.de_escalate(incident.number, by=company.by(who), **given)  # type: ignore[arg-type]


def newest(incident: Incident, chain: str = "functional") -> Step:
    return Step.objects.filter(incident=incident, chain=chain).latest("id")


def test_it_goes_to_the_team_below_and_who_holds_that_level_is_called(company):
    given = give_back(company, at_development(company), "dev")
    assert (given.functional_level, given.team.role, given.assignee) == (1, "support", None)
    step = newest(given)
    assert (step.from_level, step.to_level, step.reason, step.note) == (2, 1, "de_escalated", WHY)
    assert (step.state, step.rule, step.actor_label) == ("calling", "§5.1/1", "Devi Erfunden")
    assert {call.person.username for call in step.calls.all()} == {"support", "support2"}
    mail = Message.objects.filter(person=company.support, channel="email", kind="escalation_call").latest("id")
    assert WHY in mail.body
    stepped = Event.objects.filter(kind="escalation.stepped").latest("id")
    assert (stepped.data["from"], stepped.data["to"], stepped.data["reason"]) == (2, 1, "de_escalated")
    assert stepped.actor_label == "Devi Erfunden"
    assert "differs from its events" not in [found.problem for found in findings(now=company.now)]


def test_who_is_called_has_to_answer_or_the_call_goes_up_again(company):
    incident = give_back(company, at_development(company), "dev")
    tick.sweep(now=company.now + timedelta(minutes=482))
    incident.refresh_from_db()
    assert incident.functional_level == 2
    assert newest(incident).reason == "not_acknowledged"


def test_a_call_of_the_upper_level_ends_and_its_timer_does_nothing(company):
    incident = at_development(company, taken=False)
    upper = newest(incident)
    assert waiting_for(company.dev)
    give_back(company, incident, "dev2")
    upper.refresh_from_db()
    assert (upper.state, upper.next_call_at) == ("superseded", None)
    assert waiting_for(company.dev) == []
    assert Message.objects.filter(person=company.dev, kind="escalation_call", state="skipped").exists()
    respond.acknowledge(incident.number, by=company.by("support"), now=company.now + 2 * MINUTE)
    calls = Call.objects.count()
    tick.sweep(now=company.now + timedelta(hours=3))
    incident.refresh_from_db()
    assert (incident.functional_level, Call.objects.count()) == (1, calls)


def test_an_answer_from_above_does_not_count_below(company):
    """Going down is no call that went unheard: who was called above cannot answer for the level below."""
    incident = give_back(company, at_development(company, taken=False), "dev")
    respond.acknowledge(incident.number, by=company.by("dev2"), now=company.now + 2 * MINUTE)
    assert newest(incident).state == "calling"


def test_who_gives_it_back_to_themselves_keeps_it_and_nobody_is_called(company):
    company.dev.holdings.create(role="support", rank=99)
    company.people["dev"] = type(company.dev).objects.get(pk=company.dev.pk)
    incident = at_development(company, taken=False)
    calls = Call.objects.count()
    given = give_back(company, incident, "dev", keep=True)
    step = newest(incident)
    assert (step.state, step.acknowledged_by, step.acknowledged_at) == (
        "acknowledged",
        company.dev,
        company.now + MINUTE,
    )
    assert (given.assignee, given.functional_level, Call.objects.count()) == (company.dev, 1, calls)
    assert Event.objects.filter(kind="escalation.acknowledged").latest("id").actor_label == "Devi Erfunden"


def test_only_who_holds_the_lower_level_can_keep_it(company):
    with pytest.raises(Invalid) as refused:
        give_back(company, at_development(company), "dev", keep=True)
    assert "keep" in refused.value.errors


def test_a_lower_level_can_be_named_and_who_works_below_anyway_goes_on(company):
    incident = at_development(company)
    climb.escalate(
        incident.number, chain="functional", reason="time_critical", by=company.by("dev"), now=company.now, level=3
    )
    respond.assign(incident.number, person_id=company.support.pk, by=company.by("lead"), now=company.now)
    given = give_back(company, incident, "lead", level=1)
    assert (given.functional_level, given.assignee) == (1, company.support)
    step = newest(incident)
    assert (step.from_level, step.to_level) == (3, 1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"level": 2}, "level"),
        ({"level": 3}, "level"),
        ({"chain": "management"}, "level"),
        ({"chain": "sideways"}, "chain"),
        ({"reason": " ok  "}, "reason"),
    ],
)
def test_what_leads_nowhere_is_refused_and_changes_nothing(company, facts, field):
    incident = at_development(company)
    before = (Step.objects.count(), Event.objects.count())
    with pytest.raises(Invalid) as refused:
        give_back(company, incident, "lead", **facts)
    assert list(refused.value.errors) == [field]
    assert (Step.objects.count(), Event.objects.count()) == before


def test_it_does_not_go_where_nobody_can_be_reached(company):
    incident = at_development(company)
    for name in ("support", "support2"):
        company.people[name].absent_until = company.now + timedelta(days=1)
        company.people[name].save()
    with pytest.raises(Invalid) as refused:
        give_back(company, incident, "dev")
    assert "level" in refused.value.errors
    incident.refresh_from_db()
    assert (incident.functional_level, incident.assignee) == (2, company.dev)


def test_only_who_holds_the_level_or_a_lead_gives_back(company):
    incident = at_development(company)
    for name in ("support", "dpo", "it"):
        with pytest.raises(Forbidden):
            give_back(company, incident, name)
    assert give_back(company, incident, "board").functional_level == 1


def test_a_broken_promise_is_given_back_by_a_lead_only(company):
    """Where the document has somebody else than a lead on that level, holding it is not enough."""
    theirs = default_text().replace(
        'role: project_manager\n        label: {de: "2. Level', 'role: it_manager\n        label: {de: "2. Level'
    )
    load_process(text=theirs, by_actor=SYSTEM, now=company.now)
    incident = after_a_breach(company)
    now = company.now + 20 * MINUTE
    with pytest.raises(Forbidden):
        give_back(company, incident, "it", chain="management", now=now)
    assert give_back(company, incident, "pm", chain="management", now=now).management_level == 1
    climb.escalate(incident.number, chain="management", reason="product_change", by=company.by("support"), now=now)
    assert give_back(company, incident, "it", chain="management", now=now).management_level == 1


def test_after_giving_back_the_next_broken_promise_climbs_again(company):
    incident = after_a_breach(company)
    now: datetime = company.now + 20 * MINUTE
    give_back(company, incident, "pm", chain="management", now=now)
    respond.acknowledge(incident.number, by=company.by("support"), now=now)
    incident.refresh_from_db()
    assert incident.management_level == 1
    tick.sweep(now=company.now + timedelta(hours=4, minutes=1))
    incident.refresh_from_db()
    assert (incident.management_level, newest(incident, "management").reason) == (2, "sla_breached")


def test_the_other_ladder_stands_still(company):
    incident = at_development(company)
    climb.escalate(
        incident.number, chain="management", reason="product_change", by=company.by("support"), now=company.now
    )
    give_back(company, incident, "dev")
    incident.refresh_from_db()
    assert (incident.functional_level, incident.management_level) == (1, 2)
    assert newest(incident, "management").state == "calling"
