"""Who decides about majors, what hangs together, and the review that is owed before one is done (§6, §10, §14/17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import Event
from escalation.models import Step
from incidents.models import Incident, Review
from lifecycle import connect, descend, finish, major, review, tick
from lifecycle.errors import Forbidden, Invalid, WrongState
from lifecycle.integrity import findings
from lifecycle.major_end import demote_major, reject_major
from notifications.models import Message
from process.schema import ChainName
from process.selectors import current_document
from tests.company import Company, spoken

DOWN = "whole_software_down"
SCHOOLS = "several_schools_down"
WHY = "Nur eine Schule ist betroffen."
DAY = timedelta(days=1)


def proposed(company: Company) -> Incident:
    return company.incident(major_triggers=(SCHOOLS,))


def declared(company: Company, *, by: str = "support") -> Incident:
    incident = company.incident()
    return major.declare_major(incident.number, trigger=DOWN, by=company.by(by), now=company.now)


def decide(verb: Any, company: Company, incident: Incident, who: str, reason: str = WHY) -> Incident:
    result: Incident = verb(incident.number, reason=reason, by=company.by(who), now=company.now)
    return result


def resolve(company: Company, incident: Incident) -> Incident:
    by = company.by("support")
    return finish.resolve(incident.number, code="solved_permanently", text="Läuft wieder.", by=by, now=company.now)


def told(kind: str) -> set[str]:
    return {row.person.username for row in Message.objects.filter(kind=kind, channel="in_app") if row.person}


@pytest.mark.parametrize("who", ["lead", "pm", "board"])
def test_who_is_responsible_or_accountable_rejects_a_proposal(company: Company, who: str) -> None:
    incident = decide(reject_major, company, proposed(company), who)
    assert (incident.is_major, incident.major_state, incident.management_level) == (False, "rejected", 1)
    event = Event.objects.get(kind="incident.major_rejected")
    assert (event.rule, event.data["trigger"], spoken(event)["reason"]) == ("§14/17", SCHOOLS, WHY)


@pytest.mark.parametrize("verb", [reject_major, demote_major])
@pytest.mark.parametrize("who", ["support", "dev", "dpo", "it"])
def test_nobody_else_decides(company: Company, verb: Any, who: str) -> None:
    incident = proposed(company) if verb is reject_major else declared(company)
    with pytest.raises(Forbidden, match="§14/17"):
        decide(verb, company, incident, who)
    incident.refresh_from_db()
    assert incident.major_state in ("candidate", "declared")


def test_a_decision_needs_its_reason_and_its_object(company: Company) -> None:
    with pytest.raises(Invalid, match="reason"):
        decide(reject_major, company, proposed(company), "lead", reason=" nö ")
    with pytest.raises(Invalid, match="nicht als Major Incident vorgeschlagen"):
        decide(reject_major, company, declared(company), "lead")
    with pytest.raises(Invalid, match="kein Major Incident"):
        decide(demote_major, company, proposed(company), "lead")


def test_whoever_decides_hears_of_a_proposal(company: Company) -> None:
    proposed(company)
    assert told("major_proposed") == {"lead", "pm", "board"}


def test_what_was_rejected_is_not_proposed_again_by_the_same_trigger(company: Company) -> None:
    incident = decide(reject_major, company, proposed(company), "lead")
    _pk, document = current_document()
    major.weigh([(incident, [SCHOOLS])], document=document, by=company.by("support"), now=company.now)
    assert (incident.major_state, incident.is_major) == ("rejected", False)
    major.weigh([(incident, [SCHOOLS, DOWN])], document=document, by=company.by("support"), now=company.now)
    assert (incident.major_state, incident.major_trigger) == ("declared", DOWN)


def test_what_was_rejected_may_still_be_declared_by_hand(company: Company) -> None:
    incident = decide(reject_major, company, proposed(company), "lead")
    assert major.declare_major(incident.number, trigger=SCHOOLS, by=company.by("dev"), now=company.now).is_major


def test_a_demotion_leaves_the_ladders_and_tells_everybody_who_was_told(company: Company) -> None:
    incident = declared(company)
    knew = told("incident_major") | told("major_team_call")
    incident = decide(demote_major, company, incident, "pm")
    assert (incident.is_major, incident.major_state, incident.major_trigger) == (False, "demoted", DOWN)
    assert (incident.functional_level, incident.management_level) == (2, 2)
    assert Step.objects.filter(incident=incident, chain="management").latest("id").state == "calling"
    assert told("incident_major_demoted") == knew | {"dev"} - {"pm"}
    event = Event.objects.get(kind="incident.major_demoted")
    assert (event.rule, spoken(event)["reason"]) == ("§14/17", WHY)
    assert [finding for finding in findings(now=company.now) if finding.row.startswith("INC-")] == []


def test_who_was_only_called_by_a_ladder_hears_of_the_demotion_too(company: Company) -> None:
    decide(demote_major, company, declared(company), "lead")
    assert {"dev", "pm"} <= told("incident_major_demoted")


def test_both_chains_move_at_a_declaration(company: Company) -> None:
    incident = declared(company)
    rules = {step.chain: (step.to_level, step.rule) for step in Step.objects.filter(incident=incident).order_by("id")}
    assert rules == {"functional": (2, "§5.1/1f"), "management": (2, "§6.1")}


def test_a_major_stays_with_the_management(company: Company) -> None:
    incident = declared(company)
    down = {"chain": "management", "reason": "Hat sich erledigt.", "by": company.by("pm"), "now": company.now}
    with pytest.raises(Invalid, match="demote-major"):
        descend.de_escalate(incident.number, **down)  # type: ignore[arg-type]
    assert ChainName.MANAGEMENT not in descend.ways_down(company.pm, incident, current_document()[1])
    incident = decide(demote_major, company, incident, "lead")
    assert ChainName.MANAGEMENT in descend.ways_down(company.pm, incident, current_document()[1])
    assert descend.de_escalate(incident.number, **down).management_level == 1  # type: ignore[arg-type]


def test_what_hangs_on_an_open_major_is_not_declared_itself(company: Company) -> None:
    main, child = declared(company), company.incident()
    connect.link(child.number, kind="child", target=main.number, by=company.by("support"), now=company.now)
    with pytest.raises(Invalid, match=main.number):
        major.declare_major(child.number, trigger=DOWN, by=company.by("support"), now=company.now)
    assert Incident.objects.filter(is_major=True).count() == 1


def test_of_two_majors_the_one_attached_gives_way(company: Company) -> None:
    main, other = declared(company), declared(company)
    connect.link(other.number, kind="child", target=main.number, by=company.by("support"), now=company.now)
    other.refresh_from_db()
    assert (other.is_major, other.major_state) == (False, "demoted")
    assert main.number in spoken(Event.objects.get(kind="incident.major_demoted"))["reason"]
    assert not Review.objects.filter(incident=other).exists()


def test_majors_below_one_that_is_declared_give_way_to_it(company: Company) -> None:
    main, below = company.incident(), declared(company)
    connect.link(below.number, kind="child", target=main.number, by=company.by("support"), now=company.now)
    below.refresh_from_db()
    assert below.is_major
    major.declare_major(main.number, trigger=DOWN, by=company.by("support"), now=company.now)
    assert list(Incident.objects.filter(is_major=True)) == [main]


def test_a_major_does_not_vanish_by_being_merged_or_cancelled(company: Company) -> None:
    incident, other = declared(company), company.incident()
    by, now = company.by("support"), company.now
    with pytest.raises(Invalid, match="demote-major"):
        connect.merge(incident.number, into=other.number, by=by, now=now)
    with pytest.raises(Invalid, match="demote-major"):
        finish.cancel(incident.number, code="withdrawn", reason="Irrtum", by=by, now=now)
    connect.merge(incident.number, into=declared(company).number, by=by, now=now)
    incident.refresh_from_db()
    assert (incident.status, incident.major_state) == ("cancelled", "demoted")


def test_a_major_owes_a_review_to_the_head_of_development(company: Company) -> None:
    owed = Review.objects.get(incident=declared(company))
    assert (owed.state, owed.owner, owed.due_at) == ("owed", company.lead, company.now + 14 * DAY)
    event = Event.objects.get(kind="incident.review_owed")
    assert (event.rule, event.data["owner"]) == ("§10", "Lea Leitung")


def test_a_major_closes_neither_by_hand_nor_by_rule_before_its_review(company: Company) -> None:
    incident = resolve(company, declared(company))
    assert told("review_owed") == {"lead"}
    with pytest.raises(Invalid, match="Zuerst der Post-Incident Review"):
        finish.close(incident.number, by=company.by("support"), now=company.now)
    tick.sweep(now=company.now + 100 * DAY)
    incident.refresh_from_db()
    assert incident.status == "resolved"

    later = company.now + 3 * DAY
    held = review.review_done(incident.number, reference="Protokoll im Wiki", by=company.by("lead"), now=later)
    assert held.auto_close_at == later + 7 * DAY
    assert Review.objects.get().state == "done"
    assert finish.close(incident.number, by=company.by("support"), now=later).status == "closed"
    assert [finding for finding in findings(now=later) if finding.row.startswith("INC-")] == []


def test_only_who_answers_for_the_review_says_that_it_was_held_and_where_it_stands(company: Company) -> None:
    incident = declared(company)
    facts = {"reference": "Protokoll im Wiki", "now": company.now}
    with pytest.raises(WrongState):
        review.review_done(incident.number, by=company.by("lead"), **facts)  # type: ignore[arg-type]
    resolve(company, incident)
    with pytest.raises(Forbidden):
        review.review_done(incident.number, by=company.by("dev"), **facts)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="reference"):
        review.review_done(incident.number, reference=" ", by=company.by("lead"), now=company.now)
    review.review_done(incident.number, by=company.by("pm"), **facts)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="schuldet keinen"):
        review.review_done(incident.number, by=company.by("lead"), **facts)  # type: ignore[arg-type]


def test_what_is_demoted_after_its_solution_owes_nothing_and_closes_by_rule(company: Company) -> None:
    incident = resolve(company, declared(company))
    incident = decide(demote_major, company, incident, "board")
    assert not Review.objects.exists()
    tick.sweep(now=company.now + 8 * DAY)
    incident.refresh_from_db()
    assert incident.status == "closed"
