"""A suspected data-protection incident (§7): the officer is called until somebody answers, and nobody else sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from core.models import Event
from incidents.models import Attachment, Comment, Contact, Incident, SearchDocument
from incidents.selectors import search, visible_to
from lifecycle import connect, data_protection, intake, major, respond, tick, withholding
from lifecycle.errors import Forbidden, Invalid, NotFound
from lifecycle.intake import ContactDraft, IncidentDraft
from lifecycle.integrity import findings
from notifications.models import Message
from privacy.models import Case, Reading, Withheld
from privacy.selectors import cases_visible_to, notes_of, withheld_texts
from tests.company import Company

pytestmark = pytest.mark.django_db
SECRET = "Notenliste der Klasse 3b an Fremde verschickt"
WHY = "Eine Mutter rief an"


@pytest.fixture
def incident(company: Company) -> Incident:
    """Recorded by support with the tick, title and symptom withheld from the first second."""
    return company.incident(symptom=SECRET, data_protection=True, reporter_name="Mia Muster")


def case_of(incident: Incident) -> Case:
    return Case.objects.get(incident=incident)


def called(case: Case) -> list[set[str]]:
    """Who was called, round by round."""
    rounds = Event.objects.filter(subject_type="privacy_case", subject_id=case.pk, kind="privacy.called")
    return [set(event.data["names"].split(", ")) for event in rounds.order_by("pk")]


def play(company: Company, minutes: int) -> None:
    for minute in range(minutes + 1):
        tick.sweep(now=company.now + timedelta(minutes=minute))


def test_ticking_it_opens_a_case_and_calls_the_officer_in_the_same_transaction(
    company: Company, incident: Incident
) -> None:
    case = case_of(incident)
    assert (case.number[:8], case.state, case.suspected_at) == ("DS-2026-", "suspected", company.now)
    calls = Message.objects.filter(topic_type="privacy_case", topic_id=case.pk)
    assert {(call.person, call.channel) for call in calls} == {(company.dpo, "in_app"), (company.dpo, "email")}
    assert all(call.needs_ack and call.is_urgent for call in calls)
    assert not any(word in call.subject + call.body for call in calls for word in (SECRET, incident.number))


def test_what_was_told_stands_nowhere_but_in_the_case(company: Company, incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        holding = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', ["%Klasse 3b%"])  # noqa: S608
            holding += [table] if cursor.fetchone()[0] else []
    assert holding == [], "not even in the case itself is it readable"
    assert SECRET in {written.text for written in withheld_texts(case_of(incident))}


@pytest.mark.parametrize(
    "facts",
    [
        {"category": "data_integrity_security", "urgency": None, "urgency_criteria": ["data_security_endangered"]},
        {"major_triggers": ["security_or_privacy_breach"]},
    ],
)
def test_facts_the_document_names_open_it_by_themselves(company: Company, facts: dict[str, Any]) -> None:
    incident = company.incident(symptom=SECRET, **facts)
    assert case_of(incident).state == "suspected"
    assert SECRET not in incident.title + incident.symptom


def test_facts_that_come_later_open_it_as_well(company: Company) -> None:
    category = company.incident(symptom=SECRET, urgency=None, urgency_criteria=["data_security_endangered"])
    respond.edit(
        category.number, fields={"category": "data_integrity_security"}, by=company.by("support"), now=company.now
    )
    declared = company.incident(symptom=SECRET)
    by = company.by("board")
    major.declare_major(declared.number, trigger="security_or_privacy_breach", by=by, now=company.now)
    assert set(Case.objects.values_list("incident", flat=True)) == {category.pk, declared.pk}
    assert not Incident.objects.filter(symptom=SECRET).exists()


def test_a_contact_that_is_classified_as_one_is_withheld_too(company: Company) -> None:
    by, now = company.by("support"), company.now
    contact = intake.take_contact(ContactDraft("phone", SECRET, SECRET), by=by, now=now)
    draft = IncidentDraft("phone", SECRET, "software", "low", "low", data_protection=True)
    intake.classify(contact.number, kind="incident", incident=draft, by=by, now=now)
    stored = Contact.objects.get()
    assert (stored.subject, stored.body, stored.state) == (withholding.STAND_IN, "", "incident")


def test_the_incident_goes_on_with_a_neutral_text(company: Company) -> None:
    incident = company.incident(symptom=SECRET, data_protection=True, neutral="Mailversand anhalten")
    assert (incident.title, incident.symptom) == ("Mailversand anhalten", "Mailversand anhalten")
    respond.acknowledge(incident.number, by=company.by("support"), now=company.now)
    assert search(visible_to(company.dev), "Mailversand anhalten") == [incident.pk]
    assert search(visible_to(company.dev), "Notenliste") == []


def test_nobody_answers_so_it_is_repeated_and_after_half_an_hour_the_board_is_called_too(
    company: Company, incident: Incident
) -> None:
    play(company, 40)
    officer, board = {"Dora Schutz"}, {"Dora Schutz", "Bea Geschäft"}
    assert called(case_of(incident)) == [officer, officer, officer, board, board]


def test_where_no_officer_can_be_reached_the_board_is_called_at_once(company: Company) -> None:
    company.dpo.absent_until = company.now + timedelta(days=1)
    company.dpo.save()
    case = case_of(company.incident(data_protection=True))
    assert called(case) == [{"Bea Geschäft"}]
    assert list(cases_visible_to(company.board)) == [case]


def test_an_answer_ends_every_call_and_answering_twice_is_once(company: Company, incident: Incident) -> None:
    number = case_of(incident).number
    for _again in range(2):
        data_protection.acknowledge(number, by=company.by("dpo"), now=company.now + timedelta(minutes=5))
    play(company, 60)
    case = case_of(incident)
    assert (case.state, case.officer, case.next_call_at) == ("dpo_notified", company.dpo, None)
    assert len(called(case)) == 1
    mail = Message.objects.get(topic_type="privacy_case", channel="email", kind="privacy_call")
    assert (mail.state, mail.error) == ("skipped", "acknowledged")


def test_who_is_not_a_reader_finds_no_case(company: Company, incident: Incident) -> None:
    number = case_of(incident).number
    for name in ("support", "dev", "lead", "it", "pm", "board"):
        assert not cases_visible_to(company.people[name]).exists(), name
        with pytest.raises(NotFound):
            data_protection.look_into(number, what="page", by=company.by(name), now=company.now)
        with pytest.raises(NotFound):
            data_protection.dismiss(number, reason="Nein", by=company.by(name), now=company.now)


def test_an_administrator_is_no_reader(company: Company, incident: Incident) -> None:
    company.it.is_superuser = True
    company.it.save()
    assert not cases_visible_to(company.it).exists()


def test_the_board_reads_from_its_level_on(company: Company, incident: Incident) -> None:
    Incident.objects.filter(pk=incident.pk).update(management_level=3)
    assert list(cases_visible_to(company.board)) == [case_of(incident)]


def test_the_officer_names_who_needs_to_know_and_ends_it_again(company: Company, incident: Incident) -> None:
    number, by, now = case_of(incident).number, company.by("dpo"), company.now
    data_protection.let_read(number, person=company.dev, reason="Behebt die Ursache", by=by, now=now)
    assert list(cases_visible_to(company.dev)) == [case_of(incident)]
    with pytest.raises(Forbidden):
        data_protection.let_read(number, person=company.lead, reason="Auch", by=company.by("dev"), now=now)
    data_protection.stop_reading(number, person=company.dev, by=by, now=now)
    assert not cases_visible_to(company.dev).exists()


def test_every_look_is_kept_where_nobody_can_change_it(company: Company, incident: Incident) -> None:
    data_protection.look_into(case_of(incident).number, what="page", by=company.by("dpo"), now=company.now)
    [reading] = Reading.objects.all()
    assert (reading.person, reading.what, reading.via) == (company.dpo, "page", "console")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Reading.objects.all().delete()


def test_what_was_written_before_is_withheld_with_files_and_messages(company: Company) -> None:
    now, by = company.now, company.by("support")
    number = company.incident(symptom=SECRET).number
    respond.note(number, text=f"Kollegin sagt: {SECRET}", by=by, now=now)
    connect.attach(number, upload=ContentFile(b"3b;Mia;4.5"), name="noten-3b.csv", by=by, now=now)
    data_protection.suspect_breach(number, grounds=WHY, by=by, now=now)

    assert not Attachment.objects.exists()
    assert not Comment.objects.filter(body__contains="3b").exists()
    assert not Contact.objects.filter(body__contains="3b").exists()
    assert not Message.objects.filter(body__contains="3b").exists()
    assert not SearchDocument.objects.filter(text__contains="3b").exists()
    assert not Event.objects.filter(data__icontains="noten-3b").exists()
    case = Case.objects.get()
    assert {f"Kollegin sagt: {SECRET}", SECRET} <= {written.text for written in withheld_texts(case)}
    [row] = Withheld.objects.filter(place="attachment")
    name, read = withholding.file_in(row)
    assert (name, read()) == ("noten-3b.csv", b"3b;Mia;4.5")


def test_only_the_officer_dismisses_it_with_a_reason_and_everything_is_back(company: Company) -> None:
    now, by = company.now, company.by("support")
    number = company.incident(symptom=SECRET).number
    connect.attach(number, upload=ContentFile(b"3b;Mia;4.5"), name="noten-3b.csv", by=by, now=now)
    data_protection.suspect_breach(number, grounds=WHY, by=by, now=now)
    case = Case.objects.get()
    with pytest.raises(Invalid):
        data_protection.dismiss(case.number, reason=" ", by=company.by("dpo"), now=now)
    data_protection.dismiss(case.number, reason="Es waren Übungsdaten", by=company.by("dpo"), now=now)

    case.refresh_from_db()
    assert (case.state, case.next_call_at) == ("dismissed", None)
    incident = Incident.objects.get(number=number)
    assert incident.symptom == SECRET
    [attachment] = Attachment.objects.filter(incident=incident)
    assert (attachment.name, attachment.size) == ("noten-3b.csv", 10)
    assert search(visible_to(company.dev), "Notenliste") == [incident.pk]
    assert withheld_texts(case) == []

    data_protection.suspect_breach(number, grounds="Doch echte Daten", by=by, now=now + timedelta(hours=1))
    case.refresh_from_db()
    assert (case.state, len(called(case)), Case.objects.count()) == ("suspected", 2, 1)


def test_suspecting_it_twice_adds_to_the_one_case(company: Company, incident: Incident) -> None:
    data_protection.suspect_breach(
        incident.number, grounds="Auch der Vater rief an", by=company.by("dev"), now=company.now
    )
    case = Case.objects.get()
    assert [note.text for note in notes_of(case)] == ["Auch der Vater rief an"]
    assert len(called(case)) == 1
    assert SECRET in {written.text for written in withheld_texts(case)}
    assert [str(found) for found in findings(now=company.now) if "unsealed" not in found.problem] == []


def test_what_the_desk_wrote_for_everybody_stays_when_it_is_suspected_once_more(company: Company) -> None:
    by, now = company.by("support"), company.now
    number = company.incident(symptom=SECRET, data_protection=True).number
    respond.edit(number, fields={"symptom": "Versand angehalten, bitte Protokoll prüfen"}, by=by, now=now)
    data_protection.suspect_breach(number, grounds="Noch eine Klasse", neutral="Anderes", by=by, now=now)
    assert Incident.objects.get(number=number).symptom == "Versand angehalten, bitte Protokoll prüfen"
