"""What became of every message, and sending again what reached nobody."""

from __future__ import annotations

import pytest

from core.models import Event
from lifecycle import finish
from notifications.models import Message
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db


def test_receipts_say_who_was_written_to_by_which_channel_and_what_became_of_it(
    programs: Programs, company: Company
) -> None:
    number = company.incident(
        reporter_name="Rita", reporter_email="rita@schule.example", feedback_channel="email"
    ).number
    finish.resolve(number, code="recovered", text="Läuft.", by=company.by("support2"), now=company.now)

    rows = programs.dev.get(f"incidents/{number}/receipts/").json()["results"]

    told = {(row["kind"], row["username"], row["channel"], row["state"]) for row in rows}
    assert told >= {
        ("escalation_call", "support", "in_app", "skipped"),
        ("escalation_call", "support", "email", "skipped"),
        ("incident_resolved", None, "email", "queued"),
    }
    assert "rita" not in str(rows).lower()
    assert programs.dev.get("incidents/INC-1999-000001/receipts/").status_code == 404


def test_a_dead_letter_is_sent_again_by_who_may(programs: Programs, company: Company) -> None:
    company.incident()
    mail = Message.objects.filter(channel="email").earliest("id")
    path = f"receipts/{mail.pk}/retry/"
    assert programs.dev.post(path).status_code == 403
    assert programs.lead.post(path).json()["errors"][0]["field"] == "state"
    Message.objects.filter(pk=mail.pk).update(state="dead", error="550 no such user")

    assert programs.lead.post(path).json()["state"] == "queued"

    assert Event.objects.get(kind="message.retried").via == "api"
    assert programs.lead.post("receipts/999999/retry/").status_code == 404


def test_the_lint_of_the_chains_is_what_zustand_shows(programs: Programs, company: Company) -> None:
    company.dpo.holdings.all().delete()
    company.dev.email = ""
    company.dev.save()

    found = programs.dev.get("chains/lint/").json()["findings"]

    said = {(finding["code"], finding["username"]) for finding in found}
    assert {("role_without_holder", None), ("person_without_address", "dev")} <= said
    assert all(finding["text"] for finding in found)
