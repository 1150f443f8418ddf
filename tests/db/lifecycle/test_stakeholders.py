"""Messages to stakeholders: written by one, released by another, one per recipient with its receipt (P-5.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.models import Event
from directory.models import School
from incidents.models import Incident, StakeholderMessage
from lifecycle import connect, finish, major, public_status, raci, respond, room, stakeholders, team
from lifecycle.errors import Forbidden, Invalid
from notifications.channels.email import compose
from notifications.models import Message
from process.schema import Document
from sla.models import UpdateClock
from statuspage.models import Notice
from tests.company import Company

MINUTE = timedelta(minutes=1)
TEXTS = {"subject_de": "Störung bei der Anmeldung", "body_de": "Wir arbeiten daran."}


@pytest.fixture
def outage(company: Company) -> Incident:
    incident = company.incident(
        school_id=School.objects.get(name="Schule Musterwil").pk,
        reporter_name="Rita",
        reporter_email="rita@musterwil.example",
        feedback_channel="email",
    )
    return major.declare_major(
        incident.number, trigger="whole_software_down", by=company.by("support"), now=company.now
    )


def write(company: Company, outage: Incident, *, who: str = "support", **facts: Any) -> StakeholderMessage:
    given = {"audiences": ["schools"], **TEXTS, **facts}
    stakeholders.stakeholder_update(outage.number, by=company.by(who), now=company.now, **given)
    return StakeholderMessage.objects.latest("at", "id")


def release(company: Company, outage: Incident, message: StakeholderMessage, who: str = "lead") -> None:
    stakeholders.release_update(outage.number, message=message.pk, by=company.by(who), now=company.now + 9 * MINUTE)


def asked() -> set[str]:
    rows = Message.objects.filter(kind="stakeholder_review", channel="in_app").exclude(state="skipped")
    return {message.person.username for message in rows if message.person}


def asked_by_name() -> set[str]:
    rows = Message.objects.filter(kind="stakeholder_review", channel="in_app").select_related("person")
    return {message.person.display_name for message in rows if message.person}


def test_nobody_releases_what_they_wrote(outage: Incident, company: Company) -> None:
    message = write(company, outage)
    with pytest.raises(Forbidden, match="gibt sie nicht selbst frei"):
        release(company, outage, message, "support")
    with pytest.raises(IntegrityError), transaction.atomic():
        StakeholderMessage.objects.update(reviewer=message.author)
    assert not Message.objects.filter(kind="stakeholder_update").exists()


def test_a_released_message_goes_to_each_recipient_once_with_a_receipt(outage: Incident, company: Company) -> None:
    School.objects.create(name="Schule Beispiel", canton="ZH", email="RITA@musterwil.example")
    again = company.incident(reporter_email="rita@musterwil.example", feedback_channel="email")
    other = company.incident(reporter_email="beat@beispiel.example", feedback_channel="email")
    for child in (again, other):
        by = company.by("support")
        connect.link(child.number, kind="child", target=outage.number, by=by, now=company.now)
    message = write(company, outage, audiences=["schools", "reporters", "staff"])
    release(company, outage, message)
    sent = Message.objects.filter(topic_type="stakeholder_message", topic_id=message.pk, kind="stakeholder_update")
    outside = sent.filter(person=None).order_by("address")
    assert [row.address for row in outside] == [
        "beat@beispiel.example",
        "rita@musterwil.example",
        "schule@musterwil.example",
    ]
    staff = {row.person.username for row in sent.exclude(person=None) if row.person}
    assert staff == set(company.people) - {"it"}, "whoever has a letter in §14/17"
    message.refresh_from_db()
    assert (message.state, message.reviewer, message.recipients) == ("sent", company.lead, 3 + len(staff))
    mail = compose(outside[0])
    assert mail.subject == f"[{outage.number}] Störung bei der Anmeldung"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    event = Event.objects.get(kind="incident.stakeholder_sent")
    assert (event.subject_id, event.rule, event.actor_label) == (outage.pk, "§5.1/1d", "Lea Leitung")
    assert "Anmeldung" not in str(event.data), "the log holds no text"


def test_a_release_begins_the_time_to_the_next_update_anew(outage: Incident, company: Company) -> None:
    message = write(company, outage)
    before = UpdateClock.objects.get().due_at
    assert list(stakeholders.to_release(company.pm)) == [message]
    release(company, outage, message)
    assert UpdateClock.objects.get().due_at == before + 9 * MINUTE
    assert list(stakeholders.to_release(company.pm)) == []
    mails = Message.objects.filter(kind="stakeholder_review", channel="email")
    assert {mail.state for mail in mails} == {"skipped"}, "nobody is asked any more"
    with pytest.raises(Invalid):
        release(company, outage, message)


def test_english_readers_read_english_where_there_is_one(outage: Incident, company: Company) -> None:
    company.pm.language = "en"
    company.pm.save()
    School.objects.update(language="en", email="office@musterwil.example")
    english = {"subject_en": "Login is down", "body_en": "We are on it."}
    release(company, outage, write(company, outage, audiences=["schools", "staff"], **english))
    to_school = Message.objects.get(kind="stakeholder_update", person=None)
    assert (to_school.language, to_school.subject) == ("en", f"[{outage.number}] Login is down")
    subjects = dict(
        Message.objects.filter(kind="stakeholder_update", channel="in_app").values_list("person__username", "subject")
    )
    assert subjects["pm"] == f"[{outage.number}] Login is down"
    assert subjects["lead"] == f"[{outage.number}] Störung bei der Anmeldung"


def test_who_communicates_and_leads_is_asked_then_the_team_then_who_is_accountable(company: Company) -> None:
    team.save_seat("developer_1", people=[company.dev], by=company.by("it"), now=company.now)
    number = company.incident().number
    outage = major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    write(company, outage)
    assert asked() == {"board", "lead", "pm"}
    respond.acknowledge(number, by=company.by("dev"), now=company.now)
    Message.objects.filter(kind="stakeholder_review").update(state="skipped")
    write(company, outage)
    assert asked() == {"dev"}
    for role in ("communications", "lead"):
        who = "support" if role == "communications" else "pm"
        room.take_role(number, role=role, by=company.by(who), now=company.now)
    Message.objects.filter(kind="stakeholder_review").update(state="skipped")
    write(company, outage)
    assert asked() == {"pm"}, "who wrote it is never asked"


def test_a_message_given_back_is_rewritten_and_handed_in_again(outage: Incident, company: Company) -> None:
    message = write(company, outage)
    reason = "Bitte ohne Vermutung zur Ursache."
    stakeholders.return_update(outage.number, message=message.pk, reason=reason, by=company.by("pm"), now=company.now)
    told = Message.objects.get(kind="stakeholder_returned", channel="in_app")
    assert (told.person, reason in told.body) == (company.support, True)
    stakeholders.stakeholder_update(
        outage.number,
        message=message.pk,
        audiences=["schools"],
        subject_de="Störung",
        body_de="Neu",
        by=company.by("pm"),
        now=company.now + MINUTE,
    )
    with pytest.raises(Forbidden):
        release(company, outage, message, "pm")
    release(company, outage, message, "support")
    message.refresh_from_db()
    assert (message.author, message.reviewer, message.body_de) == (company.pm, company.support, "Neu")


def test_a_withdrawn_message_never_goes_out(outage: Incident, company: Company) -> None:
    message = write(company, outage)
    stakeholders.withdraw_update(outage.number, message=message.pk, by=company.by("support"), now=company.now)
    with pytest.raises(Invalid):
        release(company, outage, message)


def test_a_template_of_the_process_is_filled_in(outage: Incident, company: Company, document: Document) -> None:
    message = write(company, outage, subject_de="", body_de="", template="progress")
    assert message.subject_de == "Zwischenstand: Noten lassen sich nicht speichern"
    assert "Betroffene Schulen: Schule Musterwil" in message.body_de
    assert "23.11.2026" in message.body_de
    assert "continues" in message.body_en
    assert "{" not in message.body_de + message.body_en
    with pytest.raises(Invalid, match="first_information"):
        write(company, outage, template="nonsense")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"audiences": []}, "audiences"),
        ({"audiences": ["press"]}, "audiences"),
        ({"body_de": " "}, "body_de"),
        ({"subject_en": "Only a subject"}, "body_en"),
    ],
)
def test_what_is_missing_is_named(outage: Incident, company: Company, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(company, outage, **facts)
    assert field in refused.value.errors


def test_without_an_address_nothing_is_released(outage: Incident, company: Company) -> None:
    School.objects.update(email="")
    message = write(company, outage)
    with pytest.raises(Invalid, match="keine Adresse"):
        release(company, outage, message)


def test_the_proof_counts_it_as_communication(outage: Incident, company: Company) -> None:
    release(company, outage, write(company, outage))
    [task] = [task for task in raci.proof(outage, now=company.now) if task.row.key == "communication"]
    assert (task.times, sorted(task.done_by)) == (2, ["Lea Leitung", "Sina Muster"])
    assert {told.name for told in task.told} == asked_by_name() != set()
    [receipt] = Message.objects.filter(kind="stakeholder_review", channel="in_app", person=company.lead)
    assert receipt.acknowledged_at == company.now + 9 * MINUTE
    [mail] = Message.objects.filter(kind="stakeholder_review", channel="email", person=company.lead)
    assert "/answer/" not in compose(mail).body


def test_the_public_reads_it_on_the_status_page_until_it_is_over(outage: Incident, company: Company) -> None:
    public: dict[str, Any] = {"audiences": ["public"]}
    with pytest.raises(Invalid, match="keine öffentliche Statusseite"):
        release(company, outage, write(company, outage, **public))
    with pytest.raises(Invalid, match="ohne Namen von Schulen \\(Schule Musterwil"):
        write(company, outage, template="progress", body_de="", **public)
    public_status.save_page("escola", name=("Escola", "Escola"), by=company.by("it"), now=company.now)
    for text in ("Wir suchen.", "Wir haben die Ursache."):
        release(company, outage, write(company, outage, body_de=text, **public))
    finish.resolve(outage.number, code="recovered", text="Läuft.", by=company.by("support"), now=company.now)
    release(company, outage, write(company, outage, body_de="Es ist behoben.", **public))
    notice = Notice.objects.get()
    assert (notice.title_de, notice.incident, notice.state) == (TEXTS["subject_de"], outage, "resolved")
    said = notice.updates.order_by("pk").values_list("text_de", "by__username")
    assert list(said) == [("Wir suchen.", "lead"), ("Wir haben die Ursache.", "lead"), ("Es ist behoben.", "lead")]
    assert not Message.objects.filter(kind="stakeholder_update").exists()
    with pytest.raises(Invalid, match="keine offene Störung"):
        release(company, outage, write(company, outage, **public))
