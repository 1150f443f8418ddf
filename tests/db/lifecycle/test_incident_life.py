"""The life of an incident through the verbs, step by step."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.models import Event
from incidents.models import Contact, Incident
from lifecycle import climb, connect, family, finish, intake, ranking, respond, tick
from lifecycle.access import By
from lifecycle.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from lifecycle.intake import ContactDraft, IncidentDraft
from notifications.models import Message
from sla.models import Clock

MINUTE = timedelta(minutes=1)


def kinds(incident):
    return list(
        Event.objects.filter(subject_type="incident", subject_id=incident.pk)
        .exclude(kind__startswith="sla.")
        .values_list("kind", flat=True)
    )


def clock(incident, kind):
    return Clock.objects.get(incident=incident, kind=kind)


def test_a_recorded_incident_has_number_priority_clocks_chain_and_contact(company, now):
    incident = company.incident(urgency="high", impact="medium")
    assert incident.number == f"INC-2026-{int(incident.number[-6:]):06d}"
    assert (incident.priority, incident.priority_rank) == ("high", 2)
    assert incident.status == "new"
    assert incident.team.role == "support"
    assert {c.kind: c.state for c in incident.clocks.all()} == {"response": "running", "resolution": "running"}
    assert incident.next_due_at == clock(incident, "response").due_at
    assert kinds(incident)[:2] == ["incident.opened", "escalation.stepped"]
    assert Contact.objects.get(incident=incident).kind == "incident"
    assert incident.service_desk_agent == company.support


def test_a_phone_call_is_taken_in_classified_worked_and_closed(company, now):
    contact = intake.take_contact(
        ContactDraft(
            channel="phone",
            subject="Absenzen fehlen",
            reporter_name="Frau Probe",
            reporter_email="probe@schule.example",
            feedback_channel="email",
        ),
        by=company.by("support"),
        now=now,
    )
    draft = IncidentDraft(
        channel="phone",
        symptom="Absenzen fehlen",
        category="software",
        urgency="medium",
        impact="low",
        reporter_email="probe@schule.example",
        feedback_channel="email",
    )
    contact = intake.classify(contact.number, kind="incident", incident=draft, by=company.by("support"), now=now)
    number = contact.incident.number
    respond.start(number, by=company.by("support"), now=now + 5 * MINUTE)
    respond.comment(number, text="Wir schauen nach.", by=company.by("support"), now=now + 6 * MINUTE)
    finish.resolve(
        number, code="solved_permanently", text="Filter korrigiert", by=company.by("support"), now=now + 20 * MINUTE
    )
    finish.feedback(number, text="Danke!", satisfaction="satisfied", by=company.by("support"), now=now + 25 * MINUTE)
    incident = finish.close(number, by=company.by("support"), now=now + 30 * MINUTE)
    assert incident.status == "closed"
    assert incident.assignee == company.support
    assert clock(incident, "response").state == "met"
    assert clock(incident, "resolution").state == "met"
    assert clock(incident, "resolution").elapsed_s == 20 * 60
    assert Contact.objects.get(pk=contact.pk).state == "incident"
    assert Contact.objects.count() == 1


def test_acknowledging_stops_the_response_clock_once_and_takes_the_incident(company, now):
    incident = company.incident()
    respond.acknowledge(incident.number, by=company.by("support"), now=now + MINUTE)
    again = respond.acknowledge(incident.number, by=company.by("support2"), now=now + 9 * MINUTE)
    assert again.acknowledged_at == now + MINUTE
    assert again.assignee == company.support
    assert clock(incident, "response").stopped_at == now + MINUTE


def test_waiting_for_the_reporter_pauses_the_resolution_clock_and_a_reply_resumes_it(company, now):
    incident = company.incident(reporter_email="a@schule.example", feedback_channel="email")
    respond.start(incident.number, by=company.by("support"), now=now)
    with pytest.raises(Invalid) as refused:
        respond.hold(incident.number, reason="awaiting_reporter", by=company.by("support"), now=now)
    assert "message" in refused.value.errors
    respond.hold(
        incident.number,
        reason="awaiting_reporter",
        message="Welche Klasse?",
        until=now + timedelta(days=2),
        by=company.by("support"),
        now=now + 10 * MINUTE,
    )
    assert clock(incident, "resolution").state == "paused"
    back = respond.answered(incident.number, text="3b", by=company.by("support"), now=now + 40 * MINUTE)
    assert back.status == "in_progress"
    assert clock(incident, "resolution").state == "running"
    finish.resolve(
        incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now + 50 * MINUTE
    )
    assert clock(incident, "resolution").elapsed_s == 20 * 60


def test_a_higher_priority_shortens_the_target_and_keeps_what_is_consumed(company, now):
    incident = company.incident(urgency="low", impact="low")
    before = clock(incident, "resolution").due_at
    changed = ranking.set_priority(
        incident.number, urgency="high", impact="high", by=company.by("support"), now=now + 30 * MINUTE
    )
    assert changed.priority == "critical"
    after = clock(incident, "resolution")
    assert after.due_at < before
    assert after.segment == 2
    assert changed.next_due_at == min(clock(incident, "response").due_at, after.due_at)


def test_an_override_keeps_both_values_who_when_and_why(company, now):
    incident = company.incident()
    with pytest.raises(Forbidden):
        ranking.set_priority(incident.number, override="critical", reason="Druck", by=company.by("support"), now=now)
    with pytest.raises(Invalid) as refused:
        ranking.set_priority(incident.number, override="critical", by=company.by("pm"), now=now)
    assert "reason" in refused.value.errors
    changed = ranking.set_priority(
        incident.number, override="critical", reason="Zeugnistag", by=company.by("pm"), now=now
    )
    assert (changed.priority, changed.priority_computed) == ("critical", "medium")
    assert changed.priority_override_by == company.pm
    kept = ranking.set_priority(incident.number, impact="high", by=company.by("support"), now=now)
    assert (kept.priority, kept.priority_computed) == ("critical", "high")
    back = ranking.set_priority(incident.number, override="", by=company.by("support"), now=now)
    assert (back.priority, back.priority_override_at) == ("high", None)


def test_escalation_needs_a_reason_of_the_level_it_goes_to(company, now):
    incident = company.incident()
    with pytest.raises(Invalid) as refused:
        climb.escalate(incident.number, chain="functional", reason="crisis", by=company.by("support"), now=now)
    assert "technical_incident" in refused.value.errors["reason"][0]
    up = climb.escalate(
        incident.number, chain="functional", reason="technical_incident", by=company.by("support"), now=now
    )
    assert (up.functional_level, up.team.role, up.management_level) == (2, "development", 1)
    side = climb.escalate(
        incident.number, chain="management", reason="dissatisfied_customer", by=company.by("support"), now=now
    )
    assert (side.functional_level, side.management_level) == (2, 2)


def test_a_stale_version_is_a_conflict_that_shows_both_values(company, now):
    incident = company.incident()
    respond.edit(incident.number, fields={"title": "Neu"}, by=company.by("support"), now=now, version=incident.version)
    with pytest.raises(Conflict) as conflict:
        respond.edit(
            incident.number, fields={"title": "Anders"}, by=company.by("dev"), now=now, version=incident.version
        )
    assert conflict.value.fields == {"title": ("Anders", "Neu")}


def test_a_wrong_state_names_the_states_allowed(company, now):
    incident = company.incident()
    with pytest.raises(WrongState) as refused:
        finish.close(incident.number, by=company.by("support"), now=now)
    assert [state.value for state in refused.value.allowed] == ["resolved"]


def test_somebody_without_a_role_finds_nothing(company, now, django_user_model):
    stranger = django_user_model.objects.create_user("fremd", password="x")
    incident = company.incident()
    with pytest.raises(NotFound):
        respond.note(incident.number, text="?", by=By.of(stranger, via="api"), now=now)


def test_a_merge_can_be_taken_back_with_everything_it_moved(company, now):
    master, double = company.incident(), company.incident(symptom="Dasselbe noch einmal")
    merged = connect.merge(double.number, into=master.number, by=company.by("support"), now=now)
    assert (merged.status, merged.closure_code) == ("cancelled", "duplicate")
    assert master.contacts.count() == 2
    assert clock(double, "resolution").state == "cancelled"
    back = connect.unmerge(double.number, by=company.by("support"), now=now + MINUTE)
    assert back.status == "new"
    assert (master.contacts.count(), double.contacts.count()) == (1, 1)
    assert clock(double, "resolution").state == "running"


def test_a_merge_taken_back_leaves_what_was_begun_in_progress(company, now):
    master, double = company.incident(), company.incident()
    respond.start(double.number, by=company.by("support"), now=now)
    connect.merge(double.number, into=master.number, by=company.by("support"), now=now)
    back = connect.unmerge(double.number, by=company.by("support"), now=now + MINUTE)
    assert (back.status, back.assignee) == ("in_progress", company.support)


def test_a_parent_waits_for_its_children_and_circles_are_refused(company, now):
    parent, child = company.incident(), company.incident()
    connect.link(child.number, kind="child", target=parent.number, by=company.by("support"), now=now)
    assert family.open_below(parent) == [child]
    with pytest.raises(Invalid, match=child.number):
        finish.resolve(parent.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    with pytest.raises(Invalid, match="Kreis"):
        connect.link(parent.number, kind="child", target=child.number, by=company.by("support"), now=now)


def test_reopening_is_possible_within_the_days_of_the_document(company, now, document):
    incident = company.incident()
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    limit = timedelta(days=document.reopen.reopen_within_days)
    with pytest.raises(Invalid):
        finish.reopen(incident.number, reason="wieder da", by=company.by("support"), now=now + limit + MINUTE)
    back = finish.reopen(incident.number, reason="wieder da", by=company.by("support"), now=now + limit)
    assert (back.status, back.reopen_count, back.resolved_at) == ("in_progress", 1, None)


def test_a_duplicate_is_cancelled_with_the_incident_it_repeats(company, now):
    first, second = company.incident(), company.incident()
    with pytest.raises(Invalid) as refused:
        finish.cancel(second.number, code="duplicate", reason="doppelt", by=company.by("support"), now=now)
    assert "target" in refused.value.errors
    gone = finish.cancel(
        second.number, code="duplicate", reason="doppelt", target=first.number, by=company.by("support"), now=now
    )
    assert gone.status == "cancelled"
    assert gone.links_out.get().target == first


def test_an_open_incident_hangs_below_no_ended_one(company, now):
    child, parent = company.incident(), company.incident()
    by = company.by("support")
    finish.resolve(parent.number, code="solved_permanently", text="ok", by=by, now=now)
    with pytest.raises(Invalid) as refused:
        connect.link(child.number, kind="child", target=parent.number, by=by, now=now)
    assert "target" in refused.value.errors


def test_merging_names_its_own_field(company, now):
    incident = company.incident()
    for into in ("INC-1999-000001", incident.number):
        with pytest.raises(Invalid) as refused:
            connect.merge(incident.number, into=into, by=company.by("support"), now=now)
        assert set(refused.value.errors) == {"into"}


def test_a_file_that_no_row_knows_does_not_stay(company, now, monkeypatch):
    incident = company.incident()
    before = kept_files()

    def broken(*_args, **_facts):
        raise RuntimeError("no row")

    monkeypatch.setattr(connect.services, "store_attachment", broken)
    with pytest.raises(RuntimeError):
        connect.attach(incident.number, upload=ContentFile(b"x"), name="x.txt", by=company.by("support"), now=now)
    assert kept_files() == before


def kept_files():
    return set(default_storage.listdir("attachments")[1]) if default_storage.exists("attachments") else set()


def test_a_contact_changes_its_kind_without_losing_anything(company, now):
    contact = intake.take_contact(ContactDraft("email", "Dunkelmodus"), by=company.by("support"), now=now)
    intake.classify(contact.number, kind="feature_request", by=company.by("support"), now=now)
    handed = Contact.objects.get()
    assert (handed.state, handed.handed_to) == ("handed_on", "project_manager")
    intake.classify(contact.number, kind="support", by=company.by("support"), now=now + MINUTE)
    intake.answer(contact.number, text="So geht es …", by=company.by("support"), now=now + 2 * MINUTE)
    done = Contact.objects.get()
    assert (done.kind, done.state, done.body, done.subject) == ("support", "answered", "", "Dunkelmodus")
    told = Event.objects.filter(subject_type="contact", kind="contact.classified")
    assert [event.data["kind"] for event in told] == ["feature_request", "support"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"symptom": "  "}, "symptom"),
        ({"category": "nonsense"}, "category"),
        ({"channel": "telex"}, "channel"),
        ({"urgency": None}, "urgency"),
        ({"module_id": 999_999}, "module"),
        ({"school_id": 999_999}, "school"),
        ({"reporter_email": "keine"}, "reporter_email"),
        ({"feedback_channel": "email"}, "reporter_email"),
        ({"major_triggers": ("nonsense",)}, "major_triggers"),
    ],
    ids=str,
)
def test_a_wrong_fact_is_refused_beside_its_field_and_nothing_is_stored(company, facts, field):
    with pytest.raises(Invalid) as refused:
        company.incident(**facts)
    assert set(refused.value.errors) == {field}
    assert not Incident.objects.exists()
    assert not Contact.objects.exists()


def test_a_trigger_that_declares_makes_a_major_and_calls_the_project_managers(company, now):
    incident = company.incident(urgency="high", impact="high", major_triggers=("whole_software_down",))
    assert incident.is_major
    assert incident.management_level == 2
    assert "incident.major_declared" in kinds(incident)


def test_a_developer_closes_what_development_solved(company, now):
    incident = company.incident()
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("dev"), now=now)
    assert finish.close(incident.number, by=company.by("dev"), now=now).status == "closed"
    other = company.incident()
    finish.resolve(other.number, code="solved_permanently", text="ok", by=company.by("dev"), now=now)
    with pytest.raises(Forbidden):
        finish.close(other.number, by=company.by("dpo"), now=now)


def test_an_incident_has_one_parent_until_that_link_is_taken_back(company, now):
    child, first, second = company.incident(), company.incident(), company.incident()
    by = company.by("support")
    connect.link(child.number, kind="child", target=first.number, by=by, now=now)
    with pytest.raises(Invalid) as refused:
        connect.link(child.number, kind="child", target=second.number, by=by, now=now)
    assert "target" in refused.value.errors
    connect.unlink(child.number, kind="child", target=first.number, by=by, now=now)
    assert connect.link(child.number, kind="child", target=second.number, by=by, now=now).parent == second


def test_nobody_waits_for_a_reporter_longer_than_the_document_allows(company, now, document):
    incident, by = company.incident(), company.by("support")
    respond.start(incident.number, by=by, now=now)
    [rule] = [rule for rule in document.pending_reasons if rule.key == "awaiting_reporter"]
    limit = now + timedelta(days=rule.longest_days)
    facts = {"reason": rule.key, "message": "Welche Klasse?", "by": by, "now": now}
    with pytest.raises(Invalid) as refused:
        respond.hold(incident.number, until=limit + MINUTE, **facts)
    assert set(refused.value.errors) == {"until"}
    assert respond.hold(incident.number, until=limit, **facts).status == "on_hold"


def test_what_is_critical_waits_a_few_hours_and_longer_on_a_leads_word_only(company, now):
    incident = company.incident(urgency="high", impact="high", reporter_email="a@schule.example")
    respond.start(incident.number, by=company.by("support"), now=now)
    facts = {"reason": "awaiting_reporter", "message": "Welche Klasse?", "now": now}
    for until in (now + timedelta(hours=4, minutes=1), None):
        with pytest.raises(Invalid) as refused:
            respond.hold(incident.number, until=until, by=company.by("support"), **facts)
        assert "until" in refused.value.errors
    with pytest.raises(Invalid, match="nicht warten"):
        respond.hold(incident.number, reason="awaiting_vendor", until=now + MINUTE, by=company.by("pm"), now=now)
    held = respond.hold(incident.number, until=now + timedelta(hours=30), by=company.by("pm"), **facts)
    assert held.status == "on_hold"


def test_who_is_called_because_of_a_breach_gets_no_second_message_about_it(company, now):
    incident = company.incident(urgency="high", impact="high")
    tick.sweep(now=now + timedelta(minutes=31))
    told = Message.objects.filter(topic_id=incident.pk, channel="in_app")
    assert list(told.filter(person=company.pm).values_list("kind", flat=True)) == ["escalation_call"]
    assert told.filter(kind="sla_breached").exists()


def test_one_incident_that_cannot_be_handled_does_not_hold_up_the_sweep(company, now, document, monkeypatch):
    first, second = company.incident(), company.incident()
    for incident in (first, second):
        finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)

    def closed(incident, **facts):
        if incident.pk == first.pk:
            raise RuntimeError("broken row")
        return real(incident, **facts)

    real = finish.closed
    monkeypatch.setattr(finish, "closed", closed)
    tick.sweep(now=now + timedelta(days=document.reopen.close_after_days, minutes=1))
    assert [Incident.objects.get(pk=one.pk).status for one in (first, second)] == ["resolved", "closed"]
