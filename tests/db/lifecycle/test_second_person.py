"""R8: from 75 per cent of a promise on, a lower priority takes two people. One proposes, another one decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.actors import SYSTEM
from core.models import Event
from incidents.models import Incident, PriorityProposal
from incidents.rules.states import WrongState
from lifecycle import connect, finish, manual_due, ranking, respond
from lifecycle.access import By
from lifecycle.errors import Conflict, Forbidden, Invalid
from lifecycle.integrity import findings
from notifications.models import Message
from sla.models import Clock
from sla.selectors import differences
from tests.company import Company, spoken
from tests.together import at_once

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
CRITICAL: dict[str, Any] = {"urgency": "high", "impact": "high"}  # four hours around the clock
LOW: dict[str, Any] = {"urgency": "low", "impact": "low"}
WHY = "Umgehung wirkt bei allen Schulen"


@pytest.fixture
def late(now: datetime) -> datetime:
    """Three of four hours are used."""
    return now + 3 * HOUR


@pytest.fixture
def incident(company: Company, now: datetime) -> Incident:
    """Critical and acknowledged: only the resolution clock runs."""
    incident = company.incident(**CRITICAL)
    return respond.acknowledge(incident.number, by=company.by("support"), now=now)


def lower(company: Company, incident: Incident, now: datetime, *, by: str = "support", **facts: Any) -> Incident:
    return ranking.set_priority(incident.number, by=company.by(by), now=now, **{**LOW, "reason": WHY, **facts})


def confirm(company: Company, incident: Incident, now: datetime, *, by: str = "support2") -> Incident:
    return ranking.confirm_priority(incident.number, by=company.by(by), now=now)


def reject(company: Company, incident: Incident, now: datetime, *, by: str = "support2", reason: str = "") -> Incident:
    return ranking.reject_priority(incident.number, reason=reason, by=company.by(by), now=now)


def said(kind: str) -> dict[str, Any]:
    return spoken(Event.objects.get(kind=f"incident.{kind}"))


def told() -> set[str]:
    messages = Message.objects.filter(kind="downgrade_proposed", channel="in_app")
    return {message.person.username for message in messages if message.person}


def test_a_lower_priority_late_is_only_proposed(company: Company, incident: Incident, late: datetime) -> None:
    before = list(Clock.objects.order_by("pk").values())
    after = lower(company, incident, late)
    assert (after.priority, after.urgency, after.impact) == ("critical", "high", "high")
    assert list(Clock.objects.order_by("pk").values()) == before
    proposal = PriorityProposal.objects.get()
    assert (proposal.incident, proposal.priority, proposal.by, proposal.reason) == (
        incident,
        "low",
        company.support,
        WHY,
    )
    event = Event.objects.get(kind="incident.downgrade_proposed")
    assert (event.rule, event.data["priority"], spoken(event)["reason"]) == ("§4.3", "low", WHY)
    assert told() == {"support2"}
    assert Message.objects.filter(kind="downgrade_proposed", channel="email").count() == 1


def test_a_second_before_one_person_is_enough(company: Company, incident: Incident, late: datetime) -> None:
    assert lower(company, incident, late - timedelta(minutes=3), reason="").priority == "low"
    assert not PriorityProposal.objects.exists()


def test_raising_or_what_a_rule_does_never_waits(company: Company, now: datetime, late: datetime) -> None:
    incident = company.incident()
    raised = ranking.set_priority(incident.number, **CRITICAL, by=company.by("support"), now=late)
    assert raised.priority == "critical"
    by_rule = ranking.set_priority(incident.number, **LOW, by=By(SYSTEM), now=late + 10 * HOUR)
    assert by_rule.priority == "low"


def test_a_stopped_clock_does_not_count_and_a_broken_one_does(company: Company, now: datetime) -> None:
    incident = company.incident(**CRITICAL)
    lower(company, incident, now + HOUR)
    assert said("downgrade_proposed")["priority"] == "low"  # nobody has answered within the promised minutes
    respond.acknowledge(incident.number, by=company.by("support2"), now=now + HOUR)
    confirm(company, incident, now + HOUR)
    assert differences([incident.pk]) == []
    answered = company.incident(**CRITICAL)
    respond.acknowledge(answered.number, by=company.by("support"), now=now + HOUR)
    assert lower(company, answered, now + HOUR, reason="").priority == "low"


def test_a_proposal_needs_a_reason_and_there_is_one_at_a_time(
    company: Company, incident: Incident, late: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        lower(company, incident, late, reason=" ")
    assert list(refused.value.errors) == ["reason"]
    lower(company, incident, late)
    with pytest.raises(Invalid) as refused:
        lower(company, incident, late, by="support2", impact="medium")
    assert list(refused.value.errors) == ["priority"]
    assert PriorityProposal.objects.get().impact == "low"


def test_confirmed_it_holds_from_then_on_and_names_both(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    after = confirm(company, incident, late + HOUR / 2)
    assert (after.priority, after.urgency, after.priority_rank) == ("low", "low", 4)
    event = Event.objects.get(kind="incident.prioritised")
    names = (event.actor_label, event.data["proposed_by"], event.data["confirmed_by"])
    assert names == ("Silas Beispiel", "Sina Muster", "Silas Beispiel")
    assert (spoken(event)["reason"], event.at) == (WHY, late + HOUR / 2)
    clock = Clock.objects.get(incident=incident, kind="resolution")
    assert (clock.segment, clock.elapsed_s) == (2, 3.5 * 3600)
    assert not PriorityProposal.objects.exists()
    assert [finding for finding in findings(now=late + HOUR) if finding.row.startswith("INC-")] == []


def test_a_confirmed_override_is_that_of_who_proposed_it(company: Company, incident: Incident, late: datetime) -> None:
    ranking.set_priority(incident.number, override="medium", reason=WHY, by=company.by("lead"), now=late)
    after = confirm(company, incident, late + HOUR / 2)
    assert (after.priority, after.priority_computed) == ("medium", "critical")
    assert (after.priority_override_by, after.priority_override_reason) == (company.lead, WHY)
    assert after.priority_override_at == late + HOUR / 2


def test_rejected_with_a_reason_the_priority_stays(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    with pytest.raises(Invalid) as refused:
        reject(company, incident, late)
    assert list(refused.value.errors) == ["reason"]
    after = reject(company, incident, late, reason="Zeugnisse sind morgen")
    assert after.priority == "critical"
    told_back = said("downgrade_rejected")
    assert (told_back["priority"], told_back["reason"], told_back["proposed_by"]) == (
        "low",
        "Zeugnisse sind morgen",
        "Sina Muster",
    )
    lower(company, incident, late)  # a new proposal is possible


def test_nobody_confirms_their_own_proposal(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    with pytest.raises(Forbidden, match="nicht selbst"):
        confirm(company, incident, late, by="support")
    for outsider in ("dpo", "board"):
        with pytest.raises(Forbidden):
            confirm(company, incident, late, by=outsider)
    assert PriorityProposal.objects.exists()


def test_who_proposed_may_take_it_back(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    reject(company, incident, late, by="support", reason="doch nicht")
    assert not PriorityProposal.objects.exists()


def test_ranked_anew_with_the_same_priority_the_proposal_is_over(
    company: Company, incident: Incident, late: datetime
) -> None:
    lower(company, incident, late)
    lead = company.by("lead")
    ranking.set_priority(incident.number, impact="medium", override="critical", reason="Prüfung", by=lead, now=late)
    after = Incident.objects.get(pk=incident.pk)
    assert (after.priority, after.impact) == ("critical", "medium")
    assert not PriorityProposal.objects.exists()


def test_a_date_set_by_hand_is_no_way_around_the_second_person(
    company: Company, incident: Incident, late: datetime
) -> None:
    facts: dict[str, Any] = {"clock": "resolution", "due_at": late + timedelta(days=30), "reason": "so vereinbart"}
    manual_due.set_due(incident.number, **facts, by=company.by("lead"), now=late)
    lower(company, incident, late)
    assert PriorityProposal.objects.exists()


def test_without_a_proposal_there_is_nothing_to_decide(company: Company, incident: Incident, late: datetime) -> None:
    for decide in (confirm, reject):
        with pytest.raises(Invalid) as refused:
            decide(company, incident, late)
        assert list(refused.value.errors) == ["priority"]


def test_against_another_version_nothing_is_decided(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    with pytest.raises(Conflict):
        ranking.confirm_priority(incident.number, by=company.by("support2"), now=late, version=1)


def test_a_proposal_ends_with_the_incident_or_its_priority(company: Company, now: datetime, late: datetime) -> None:
    by, master = company.by("support2"), company.incident()
    ends = {
        "resolved": lambda number: finish.resolve(number, code="solved_permanently", text="ok", by=by, now=late),
        "cancelled": lambda number: finish.cancel(number, code="withdrawn", reason="Irrtum", by=by, now=late),
        "merged": lambda number: connect.merge(number, into=master.number, by=by, now=late),
        "raised": lambda number: ranking.set_priority(number, **CRITICAL, by=by, now=late),
    }
    for how, end in ends.items():
        start = {"urgency": "high", "impact": "medium"} if how == "raised" else CRITICAL
        incident = company.incident(**start)  # nobody acknowledges it: the response clock runs out
        lower(company, incident, late)
        assert PriorityProposal.objects.count() == 1, how
        end(incident.number)
        assert not PriorityProposal.objects.exists(), how


def test_on_what_is_over_nothing_is_decided(company: Company, incident: Incident, late: datetime) -> None:
    lower(company, incident, late)
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=late)
    with pytest.raises(WrongState):
        confirm(company, incident, late)


def test_who_may_decide_is_told_on_either_chain_and_never_who_proposed(
    company: Company, incident: Incident, late: datetime
) -> None:
    Incident.objects.filter(pk=incident.pk).update(functional_level=2, management_level=2)
    lower(company, incident, late, by="pm")
    assert told() == {"dev", "dev2"}


def test_where_the_levels_hold_nobody_else_everybody_who_may_is_told(
    company: Company, incident: Incident, late: datetime
) -> None:
    Incident.objects.filter(pk=incident.pk).update(functional_level=3, management_level=3)
    lower(company, incident, late, by="lead")
    assert told() == {"support", "support2", "dev", "dev2", "it", "pm"}


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_rejected_by_many_at_once_one_decision_counts(company: Company, now: datetime) -> None:
    late, incident = now + 3 * HOUR, company.incident(**CRITICAL)
    lower(company, incident, late)
    deciders = ["support2", "dev", "dev2", "lead", "it", "pm"]

    def act(n: int) -> Incident:
        if n % 2:
            return reject(company, incident, late, by=deciders[n], reason="nein")
        return confirm(company, incident, late, by=deciders[n])

    answers = at_once(6, act)
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert sum(isinstance(answer, Invalid) for answer in answers) == 5
    decided = Event.objects.filter(kind__in=["incident.prioritised", "incident.downgrade_rejected"])
    assert decided.count() == 1


@pytest.mark.django_db(transaction=True)
def test_proposed_by_many_at_once_there_is_one_proposal(company: Company, now: datetime) -> None:
    incident = company.incident(**CRITICAL)
    answers = at_once(6, lambda _n: lower(company, incident, now + 3 * HOUR))
    assert sum(isinstance(answer, Incident) for answer in answers) == 1
    assert PriorityProposal.objects.count() == 1
