"""A person asks what we know of them, and to be forgotten (Art. 25 and 32 DSG): nothing stays, and the log verifies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from core.models import Event
from core.sealing import seal
from core.secrets import decrypt
from incidents.models import Attachment, Comment, Contact, Incident
from incidents.selectors import search, visible_to
from integrations.models import Delivery, Source
from lifecycle import connect, data_protection, finish, intake, respond, subscriptions
from lifecycle.errors import Invalid, NotFound
from lifecycle.intake import ContactDraft, IncidentDraft
from lifecycle.integrity import findings
from lifecycle.personal import holds, requests
from lifecycle.personal.subject import Subject
from lifecycle.personal.wiping import remove_doomed
from notifications.models import Message
from privacy.models import Case, DoomedFile, PersonalDeed
from statuspage.models import Page, Subscriber
from tests.company import Company

pytestmark = pytest.mark.django_db(transaction=False)
MIA = Subject("mia.quastel@schule.example", "+41 79 555 12 34", "Mia Quastel")
WHO: dict[str, Any] = {
    "reporter_name": MIA.name,
    "reporter_email": MIA.email,
    "reporter_phone": MIA.phone,
    "feedback_channel": "email",
}
WORDS = ("quastel", "mia ", "555 12 34", "5551234")


def play(company: Company) -> Incident:
    """Everything somebody can leave behind here: a report, a talk, a file, a subscription, their name in our notes."""
    by, now = company.by("support"), company.now
    contact = intake.take_contact(
        ContactDraft("phone", "Frau Quastel ruft an", "Mia Quastel kommt nicht hinein", **WHO), by=by, now=now
    )
    draft = IncidentDraft(
        "phone", "Mia Quastel kann sich nicht anmelden", "software", "low", "low", contact=contact, **WHO
    )
    intake.classify(contact.number, kind="incident", incident=draft, by=by, now=now)
    incident = Incident.objects.get()
    number = incident.number
    respond.acknowledge(number, by=by, now=now)
    respond.note(number, text="Quastel Mia hat die 079 555 12 34, wohnt im Heim. Cache geleert.", by=by, now=now)
    respond.comment(number, text="Guten Tag Frau Quastel", by=by, now=now)
    connect.attach(number, upload=ContentFile(b"Bild von Mia Quastel"), name="quastel.png", by=by, now=now)
    finish.resolve(number, code="user_guidance", text="Mia Quastel hat das Passwort neu", by=by, now=now)
    finish.reopen(number, reason="Frau Quastel meldet sich nochmals", by=by, now=now)
    finish.resolve(number, code="user_guidance", text="Cache geleert, sagt Mia Quastel", by=by, now=now)
    finish.close(number, by=by, now=now)
    other = company.incident(symptom="Drucker, siehe auch Mia Quastel, mia.quastel@schule.example")
    finish.cancel(other.number, code="withdrawn", reason="Wie bei Mia Quastel", by=by, now=now)
    page = Page.objects.create(slug="x", name_de="x", name_en="x", changed_at=now)
    subscriptions.ask(page.slug, email=MIA.email, language="de", now=now)
    source = Source.objects.create(kind="sentry", name="x", title="x", secret="x", created_at=now)
    Delivery.objects.create(
        source=source, delivery_id="1", received_at=now, state="done", body=b'{"user": "mia.quastel@schule.example"}'
    )
    return incident


def standing(*words: str) -> dict[str, list[str]]:
    """Table → the words that stand in any of its rows, whatever the column; bytes as the text they are."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            row = "encode(body, 'escape')" if table == "integrations_delivery" else "row::text"
            for word in words:
                cursor.execute(f'SELECT 1 FROM "{table}" AS row WHERE {row} ILIKE %s LIMIT 1', [f"%{word}%"])  # noqa: S608
                if cursor.fetchone():
                    found.setdefault(table, []).append(word)
    return found


def erase(company: Company, subject: Subject = MIA, **facts: str) -> requests.Erased:
    given = {"reason": "Gesuch vom 20.11.", "reference": "G-7", **facts}
    return requests.erase(subject, by=company.by("dpo"), now=company.now + timedelta(days=1), **given)


def test_nothing_of_the_person_stays_and_the_log_still_verifies(
    company: Company, django_capture_on_commit_callbacks: object
) -> None:
    incident = play(company)
    seal(now=company.now)
    assert len(standing(*WORDS)) > 8, "they stood all over the place"
    stored = Attachment.objects.get().stored_name
    events = Event.objects.count()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erased = erase(company, Subject.of(email="MIA.Quastel@schule.example"))
    assert standing(*WORDS) == {}
    assert not default_storage.exists(stored)
    assert erased.held == {}
    assert {kind for kind, count in erased.counts.items() if not count} == set(), "everything there was is counted"
    seal(now=company.now)
    assert [str(found) for found in findings(now=company.now + timedelta(days=1))] == []
    assert Event.objects.count() > events, "and that it was done is in the log"
    after = Incident.objects.get(pk=incident.pk)
    assert (after.number, after.status, after.title) == (incident.number, "closed", "Angaben gelöscht am 24.11.2026")
    assert after.resolution == "Cache geleert, sagt [gelöscht]", "what the work was stays"
    assert search(visible_to(company.dev), "Qastel") == []


def test_what_is_open_confidential_or_under_a_legal_hold_stays_and_says_why(company: Company) -> None:
    by, now = company.by("support"), company.now
    closed = play(company)
    is_open = company.incident(symptom="Noch einmal Mia Quastel", **WHO)
    case = company.incident(symptom="Liste im Netz", data_protection=True, **WHO)
    finish.cancel(case.number, code="withdrawn", reason="Erledigt", by=by, now=now)
    holds.hold(closed.number, reason="Verfahren 12/26", by=company.by("dpo"), now=now)

    found = requests.look_up(MIA, by=company.by("dpo"), now=now)
    assert found.stays() == {"legal_hold": 2, "open": 2, "case": 2}, "a contact stays with its incident"
    erase(company)
    kept = dict(Incident.objects.filter(reporter_name=MIA.name).values_list("number", "symptom"))
    assert set(kept) == {closed.number, is_open.number, case.number}
    assert Comment.objects.filter(body__contains="Quastel").exists()
    assert Message.objects.filter(address=MIA.email, topic_type="incident").exists()

    holds.release(closed.number, by=company.by("dpo"), now=now)
    erase(company)
    assert set(Incident.objects.filter(reporter_name=MIA.name)) == {is_open, case}


def test_a_file_goes_with_the_commit_and_one_a_crash_left_goes_the_next_night(company: Company) -> None:
    play(company)
    stored = Attachment.objects.get().stored_name
    with transaction.atomic():
        erase(company)
        transaction.set_rollback(True)  # killed before the commit
    assert default_storage.exists(stored)
    assert Contact.objects.filter(reporter_name=MIA.name).count() == 1, "all of it or nothing"
    erase(company)  # committed, but killed before the file could go: this test runs no callbacks
    assert default_storage.exists(stored)
    assert remove_doomed() == 1
    assert not default_storage.exists(stored)
    assert not DoomedFile.objects.exists()


def test_only_the_officer_may_and_each_use_is_kept_without_a_word_about_the_person(company: Company) -> None:
    play(company)
    for name in ("support", "board", "it"):
        by = company.by(name)
        with pytest.raises(NotFound):
            requests.look_up(MIA, by=by, now=company.now)
        with pytest.raises(NotFound):
            requests.erase(MIA, reason="x", by=by, now=company.now)
        with pytest.raises(NotFound):
            holds.hold(Incident.objects.latest("pk").number, reason="x", by=by, now=company.now)
    with pytest.raises(Invalid, match="ohne Angaben"):
        erase(company, reason="Frau Quastel wünscht es")
    requests.look_up(MIA, by=company.by("dpo"), now=company.now)
    erase(company)
    kept = PersonalDeed.objects.values_list("kind", "by__username", "reference")
    assert list(kept) == [("erase", "dpo", "G-7"), ("search", "dpo", "")]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PersonalDeed.objects.all().delete()


def test_dismissed_cases_keep_no_copy_of_what_went_back(company: Company) -> None:
    by, now = company.by("support"), company.now
    incident = play(company)
    data_protection.suspect_breach(incident.number, grounds="Liste im Netz?", by=by, now=now)
    case = Case.objects.get()
    data_protection.dismiss(case.number, reason="Nein", by=company.by("dpo"), now=now)
    erase(company)
    assert not any("Quastel" in decrypt(row.sealed) for row in case.withheld.exclude(place="attachment"))
    assert not Subscriber.objects.exists()


def test_what_is_a_namesakes_is_left_alone(company: Company) -> None:
    by, now = company.by("support"), company.now
    mine, other = (
        company.incident(symptom=f"{which} von Mia Quastel", reporter_name=MIA.name) for which in ("Eines", "Anderes")
    )
    for incident in (mine, other):
        finish.cancel(incident.number, code="withdrawn", reason="Erledigt", by=by, now=now)
    erased = erase_only(company, mine)
    assert erased.held == {"left_out": 2}, "the incident and its contact"
    other.refresh_from_db()
    assert (other.reporter_name, other.symptom) == (MIA.name, "Anderes von Mia Quastel")
    mine.refresh_from_db()
    assert mine.symptom == "Angaben gelöscht am 24.11.2026"


def erase_only(company: Company, incident: Incident) -> requests.Erased:
    """Only this incident and what led to it."""
    numbers = [incident.number, *incident.contacts.values_list("number", flat=True)]
    later = company.now + timedelta(days=1)
    return requests.erase(Subject.of(name=MIA.name), reason="Gesuch", only=numbers, by=company.by("dpo"), now=later)
