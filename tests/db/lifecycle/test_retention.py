"""Night by night what is too old by the document loses whom it is about; what must be kept stays and is counted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from incidents.models import Attachment, Contact, Incident
from lifecycle import case_end, connect, data_protection, finish, intake, retention
from lifecycle.intake import ContactDraft
from lifecycle.integrity import findings
from lifecycle.personal import holds
from lifecycle.retention import Type
from notifications.models import Message
from privacy.models import Case, RetentionReport
from process.loader import BadDocument, default_text, parse
from tests.company import Company

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {
    "reporter_name": "Mia Quastel",
    "reporter_email": "mia@schule.example",
    "feedback_channel": "email",
}
LATER = timedelta(days=3 * 366 + 1)


def ended(company: Company, **facts: Any) -> Incident:
    """An incident with a file that is over."""
    incident = company.incident(symptom="Mia Quastel kommt nicht hinein", **WHO, **facts)
    by, now = company.by("support"), company.now
    connect.attach(incident.number, upload=ContentFile(b"x"), name="mia.png", by=by, now=now)
    finish.cancel(incident.number, code="withdrawn", reason="Erledigt", by=by, now=now)
    return incident


def outcomes(
    company: Company, *, later: timedelta = LATER, is_dry: bool = False
) -> dict[str, tuple[int, int, dict[str, int]]]:
    found = retention.run(now=company.now + later, is_dry=is_dry)
    return {row.rule.key: (row.found, row.erased, dict(row.held)) for row in found if row.found}


def test_what_is_too_old_is_erased_once_and_a_legal_hold_stops_it(
    company: Company, django_capture_on_commit_callbacks: object
) -> None:
    old, held, is_open = ended(company), ended(company), company.incident(**WHO)
    holds.hold(held.number, reason="Verfahren", by=company.by("dpo"), now=company.now)
    contact = intake.take_contact(ContactDraft("email", "Frage", **WHO), by=company.by("support"), now=company.now)
    intake.classify(contact.number, kind="support", by=company.by("support"), now=company.now)
    intake.answer(contact.number, text="Gern", by=company.by("support"), now=company.now)
    Message.objects.update(state="sent")
    stored = Attachment.objects.get(incident=old).stored_name

    before = outcomes(company, is_dry=True)
    assert before["incidents"] == (2, 1, {"legal_hold": 1})
    assert before["attachments"] == (2, 1, {"legal_hold": 1})
    assert before["contacts"] == (1, 1, {})
    assert before["messages"][2].keys() == {"legal_hold", "open"}
    assert Incident.objects.filter(reporter_name="Mia Quastel").count() == 3, "a dry run only counts"
    assert not RetentionReport.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        outcomes(company)
    assert set(Incident.objects.filter(reporter_name="Mia Quastel")) == {held, is_open}
    assert not default_storage.exists(stored)
    assert Contact.objects.get(pk=contact.pk).reporter_email == ""
    assert not Message.objects.filter(topic_type="incident", topic_id=old.pk, body__contains="Quastel").exists()
    report = RetentionReport.objects.get(type="incidents")
    assert (report.found, report.erased, report.held) == (2, 1, {"legal_hold": 1})
    assert outcomes(company)["incidents"] == (1, 0, {"legal_hold": 1}), "nothing is erased twice"
    problems = [str(found) for found in findings(now=company.now) if "unsealed" not in found.problem]
    assert problems == []


def test_nothing_goes_a_day_too_early(company: Company) -> None:
    ended(company)
    assert not {"incidents", "attachments"} & {
        row.rule.key for row in retention.run(now=company.now + timedelta(days=700), is_dry=True) if row.found
    }


def test_a_type_that_fails_stops_no_other_and_a_new_one_is_three_functions(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(company)

    def breaks(rows: object, now: object) -> None:
        raise OSError("disk")

    monkeypatch.setitem(retention.TYPES, "incidents", Type(retention._incidents, breaks))
    every_incident = Type(lambda before: Incident.objects.filter(closed_at__lt=before), lambda rows, now: None)
    monkeypatch.setitem(retention.TYPES, "register", every_incident)
    assert outcomes(company, later=2 * LATER).keys() >= {"attachments", "register"}
    assert not RetentionReport.objects.filter(type="incidents").exists(), "what failed says nothing"


def test_the_command_says_what_it_would_do(company: Company) -> None:
    ended(company)
    said = io.StringIO()
    call_command("retention", "--dry-run", stdout=said)
    assert "incidents: before" in said.getvalue()
    assert "would erase 0" in said.getvalue()


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("{key: register, months: 60", "{key: register, months: 23"),
        ("{key: register, months: 60", "{key: register, days: 90"),
    ],
)
def test_no_document_forgets_the_register_before_the_law_allows(good: str, bad: str) -> None:
    assert good in default_text()
    with pytest.raises(BadDocument, match="24 months at least") as caught:
        parse(default_text().replace(good, bad))
    assert caught.value.problems[0].path == "retention[register]"


def test_a_case_is_emptied_when_its_time_is_over_and_a_hold_stops_it(company: Company) -> None:
    by, now = company.by("dpo"), company.now
    numbers = []
    for _case in range(2):
        incident = company.incident(symptom="Mia Quastel steht im Netz", data_protection=True)
        number = Case.objects.get(incident=incident).number
        data_protection.note(number, text="Mia Quastel rief an", by=by, now=now)
        data_protection.dismiss(number, reason="Nur Mia Quastel selbst", by=by, now=now)
        numbers.append(number)
    case_end.hold(numbers[1], reason="Verfahren", by=by, now=now)
    assert "register" not in outcomes(company, later=timedelta(days=5 * 365))
    assert outcomes(company, later=timedelta(days=5 * 366 + 1))["register"] == (2, 1, {"legal_hold": 1})
    gone, kept = (Case.objects.get(number=number) for number in numbers)
    assert (gone.notes.count(), gone.duties.count(), gone.emptied_at is not None) == (0, 0, True)
    assert kept.notes.count() == 3
    assert [str(found) for found in findings(now=now) if "unsealed" not in found.problem] == []
