"""A dissatisfied customer reaches the project manager, an especially dissatisfied one the board (P-5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Event
from escalation.models import Step
from incidents.models import Comment, Incident
from incidents.selectors import search
from lifecycle import climb, dissatisfaction, finish, respond
from lifecycle.errors import Invalid, WrongState
from notifications.models import Message
from tests.company import Company

SAID = "Das ist das dritte Mal in diesem Monat."
HOUR = timedelta(hours=1)


def complain(company: Company, incident: Incident, who: str = "support", **facts: object) -> Incident:
    given = {"grade": "dissatisfied", "said": SAID, "now": company.now, **facts}
    return dissatisfaction.dissatisfied(incident.number, by=company.by(who), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grade", "level", "reason", "rule", "called"),
    [
        ("dissatisfied", 2, "dissatisfied_customer", "§5.2/2c", "pm"),
        ("especially_dissatisfied", 3, "especially_dissatisfied_customer", "§5.2/3e", "board"),
    ],
)
def test_each_grade_climbs_to_its_level_for_the_documents_reason(company, grade, level, reason, rule, called):
    incident = complain(company, company.incident(), grade=grade)
    assert (incident.management_level, incident.functional_level, incident.customer_satisfaction) == (level, 1, grade)
    step = Step.objects.get(chain="management")
    assert (step.from_level, step.to_level, step.reason, step.rule, step.note) == (1, level, reason, rule, SAID)
    assert [call.person.username for call in step.calls.all()] == [called]
    mail = Message.objects.get(person=company.people[called], channel="email", kind="escalation_call")
    assert SAID in mail.body


def test_what_was_said_is_kept_as_evidence_that_can_be_found_and_erased(company):
    said_at = company.now - HOUR
    incident = complain(company, company.incident(), channel="phone", said_at=said_at)
    comment = Comment.objects.get()
    assert (comment.body, comment.kind, comment.author) == (SAID, "note", company.support)
    event = Event.objects.get(kind="incident.dissatisfied")
    assert event.data["said_at"] == said_at.isoformat()
    assert (event.data["grade"], event.data["said_via"], event.data["comment"]) == ("dissatisfied", "phone", comment.pk)
    assert SAID not in str(event.data)
    assert incident.pk in search(Incident.objects.all(), "dritte Monat")


def test_where_the_level_is_reached_already_its_holder_reads_it_and_nothing_climbs(company):
    incident = complain(company, company.incident())
    respond.acknowledge(incident.number, by=company.by("pm"), now=company.now)
    again = complain(company, incident, said="Nun rufe ich den Gemeinderat an.", now=company.now + HOUR)
    assert (again.management_level, Step.objects.filter(chain="management").count()) == (2, 1)
    told = Message.objects.filter(kind="incident_dissatisfied", channel="email")
    assert [message.person for message in told] == [company.pm]
    assert "Gemeinderat" in told.get().body
    assert "§5.2/2c" in told.get().body
    assert Event.objects.filter(kind="incident.dissatisfied").count() == 2


def test_a_worse_grade_still_climbs_and_a_lesser_one_reaches_who_holds_it_now(company):
    incident = complain(company, company.incident())
    worse = complain(company, incident, grade="especially_dissatisfied", now=company.now + HOUR)
    assert worse.management_level == 3
    complain(company, incident, now=company.now + 2 * HOUR)
    told = Message.objects.filter(kind="incident_dissatisfied", channel="in_app")
    assert [message.person for message in told] == [company.board]


def test_who_records_it_and_holds_the_level_is_not_told_what_they_wrote(company):
    incident = company.incident()
    climb.escalate(
        incident.number, chain="management", reason="product_change", by=company.by("support"), now=company.now
    )
    complain(company, incident, who="pm")
    assert not Message.objects.filter(kind="incident_dissatisfied").exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"grade": "furious"}, "grade"),
        ({"said": "  "}, "said"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "monitoring"}, "channel"),
        ({"ahead": HOUR}, "said_at"),
    ],
)
def test_what_is_no_evidence_is_refused_beside_its_field(company, facts, field):
    if "ahead" in facts:
        facts = {"said_at": company.now + facts["ahead"]}
    with pytest.raises(Invalid) as refused:
        complain(company, company.incident(), **facts)
    assert list(refused.value.errors) == [field]
    assert not Comment.objects.exists()


def test_after_the_end_it_is_feedback_and_the_plain_escalation_keeps_its_reasons(company):
    incident = company.incident()
    up = climb.escalate(
        incident.number,
        chain="management",
        reason="especially_dissatisfied_customer",
        level=3,
        by=company.by("support"),
        now=company.now,
    )
    assert up.management_level == 3
    finish.resolve(incident.number, code="solved_permanently", text="Gut.", by=company.by("support"), now=company.now)
    with pytest.raises(WrongState):
        complain(company, incident)
