"""Every contact is taken in once, whatever its channel (P-2.1), and leads to what it is about."""

import pytest

from core.models import Event
from incidents.models import Contact, Incident
from incidents.rules.signals import Signal, SignalState
from lifecycle import finish, intake, respond
from lifecycle.errors import Invalid
from lifecycle.intake import ContactDraft
from lifecycle.signals import SourceRef, receive_all
from tests.together import at_once


def call(company, now, **facts):
    return intake.take_contact(ContactDraft("phone", "Noten fehlen", **facts), by=company.by("support"), now=now)


def test_what_a_monitoring_tool_reports_is_a_contact_too(company, now):
    signals = [Signal(f"sentry:x:issue:{n}", SignalState.FIRING, "error", "high", f"Error {n}") for n in range(3)]
    receive_all([(signal, SourceRef("sentry/main", "Sentry"), now) for signal in signals], now=now)
    assert list(Contact.objects.order_by("pk").values_list("channel", "kind", "state", "subject")) == [
        ("monitoring", "incident", "incident", f"Error {n}") for n in range(3)
    ]
    assert {contact.incident for contact in Contact.objects.all()} == set(Incident.objects.all())
    assert Event.objects.filter(kind="contact.taken").count() == 3


def test_an_incident_hears_of_a_further_contact_about_it(company, now):
    incident, contact = company.incident(), call(company, now)
    number = incident.number.lower()
    joined = intake.classify(contact.number, kind="incident", join=f" {number} ", by=company.by("support"), now=now)
    assert joined.incident == incident
    assert Event.objects.get(kind="incident.contacted").data["contact"] == contact.number


def test_an_incident_reads_that_its_contact_turned_out_to_be_something_else(company, now):
    incident, contact = company.incident(), call(company, now)
    intake.classify(contact.number, kind="incident", join=incident.number, by=company.by("support"), now=now)
    again = intake.classify(contact.number, kind="support", by=company.by("support"), now=now)
    assert (again.kind, again.incident) == ("support", incident)
    said = Event.objects.get(kind="incident.contact_reclassified")
    assert (said.subject_id, said.data) == (incident.pk, {"contact": contact.number, "kind": "support"})


def test_an_incident_that_is_over_takes_no_further_contact(company, now):
    incident, contact = company.incident(), call(company, now)
    finish.resolve(incident.number, code="solved_permanently", text="ok", by=company.by("support"), now=now)
    finish.close(incident.number, by=company.by("support"), now=now)
    with pytest.raises(Invalid) as refused:
        intake.classify(contact.number, kind="incident", join=incident.number, by=company.by("support"), now=now)
    assert "join" in refused.value.errors


@pytest.mark.django_db(transaction=True)
def test_one_message_told_eight_times_at_once_is_one_contact(company, now):
    answers = at_once(8, lambda _n: call(company, now, source_key="mail:1").number)
    assert len(set(answers)) == 1
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("address", ["keine", "a@b.example\nBcc: c@d.example", "x" * 250 + "@b.example"])
def test_an_address_no_mail_can_go_to_is_refused_at_once_and_later(company, now, address):
    with pytest.raises(Invalid) as refused:
        company.incident(reporter_email=address)
    assert "reporter_email" in refused.value.errors
    incident = company.incident()
    with pytest.raises(Invalid) as refused:
        respond.edit(incident.number, fields={"reporter_email": address}, by=company.by("support"), now=now)
    assert "reporter_email" in refused.value.errors


def test_feedback_by_mail_needs_an_address_in_a_correction_too(company, now):
    incident = company.incident()
    with pytest.raises(Invalid) as refused:
        respond.edit(incident.number, fields={"feedback_channel": "email"}, by=company.by("support"), now=now)
    assert "reporter_email" in refused.value.errors
