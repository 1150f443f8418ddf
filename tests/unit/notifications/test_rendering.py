"""Every kind of message has texts that can be read in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist

from notifications.rendering import render
from process.schema import Text

FOLDER = settings.BASE_DIR / "templates" / "notifications"
KINDS = sorted(path.stem for path in FOLDER.glob("*.subject"))
WITHOUT_NUMBER = {
    "privacy_notice",  # says nothing of the case, not even its number
    "test",
    "sla_report",
    "sla_many",
    "escalation_many",
    "second_factor_reset",
    "on_call_changed",
    "on_call_taken_back",
    "reach_lost",
    "reach_reset",
    "drill",
}
TO_THE_PUBLIC = {"status_confirm", "status_update"}
"""They say nothing of an incident, and consist of what somebody published."""
TO_REPORTERS = {"message_to_reporter", "contact_received", "contact_answered", "incident_resolved"}
CONTEXT = {
    "number": "INC-2026-000123",
    "title": "Noten <b>lassen</b> sich nicht speichern & mehr",
    "subject": "Noten fehlen",
    "name": "Erna Muster",
    "text": "Wir haben das Problem behoben.",
    "author": "Sina Muster",
    "by": "Lea Leitung",
    "priority": "critical",
    "chain": Text(de="Funktionale Eskalation", en="Functional escalation"),
    "level": Text(de="2. Level: Entwicklung", en="Level 2: Development"),
    "reason": Text(de="Technischer Incident", en="Technical incident"),
    "rule": "§5.1/1e",
    "note": "",
    "ack_min": 10,
    "round": 0,
    "clock": "resolution",
    "percent": 90,
    "due_at": datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    "contact_kind": "feature_request",
    "trigger": "Ausfall",
    "count": 2,
    "broken": 1,
    "entries": [
        {"number": "INC-2026-000123", "title": "Noten", "priority": "critical", "clock": "resolution", "percent": 100},
        {"number": "INC-2026-000124", "title": "Login", "priority": "low", "clock": "response", "percent": 75},
    ],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_message_of_every_kind_has_one_subject_line_and_a_text(kind: str, language: str) -> None:
    subject, body = render(kind, CONTEXT, language)

    assert subject
    assert "\n" not in subject
    assert body == body.strip()
    assert "\n\n\n" not in body
    assert not any(sign in subject + body for sign in ("{{", "{%", "{#", "&lt;", "&amp;", "ß"))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - TO_THE_PUBLIC))
def test_a_message_whose_facts_are_missing_still_has_a_text(kind: str) -> None:
    _subject, body = render(kind, {"number": "INC-2026-000123", "title": "", "subject": ""}, "de")

    assert body


@pytest.mark.parametrize("kind", sorted(set(KINDS) - WITHOUT_NUMBER - TO_THE_PUBLIC))
def test_the_number_stands_in_brackets_in_the_subject(kind: str) -> None:
    assert render(kind, CONTEXT, "de")[0].startswith("[INC-2026-000123] ")


@pytest.mark.parametrize("kind", sorted(TO_REPORTERS))
def test_reporters_are_greeted_and_thanked_the_swiss_way(kind: str) -> None:
    _subject, body = render(kind, CONTEXT, "de")

    assert body.startswith("Guten Tag Erna Muster\n\n")
    assert "Freundliche Grüsse" in body


def test_a_reporter_without_a_name_is_greeted_all_the_same() -> None:
    assert render("contact_received", CONTEXT | {"name": ""}, "de")[1].startswith("Guten Tag\n\n")


def test_staff_read_in_their_language() -> None:
    german, english = render("escalation_call", CONTEXT, "de")[1], render("escalation_call", CONTEXT, "en")[1]

    assert "Technischer Incident (§5.1/1e)" in german
    assert "Priorität: Kritisch" in german
    assert "Technical incident (§5.1/1e)" in english
    assert "Priority: Critical" in english


def test_a_deadline_is_told_in_zurich_time() -> None:
    assert "23.11.2026 09:00" in render("sla_warning", CONTEXT, "de")[1]


def test_a_repeated_call_says_so() -> None:
    assert "Erneut" in render("escalation_call", CONTEXT | {"round": 1}, "de")[0]


def test_text_from_outside_stays_text() -> None:
    evil = "{{ number }} {% load x %} <script>\nBcc: a@b.example\x00 \u202e"
    subject, body = render("message_to_reporter", CONTEXT | {"title": evil, "text": evil}, "de")

    assert (
        subject
        == "[INC-2026-000123] {{ number }} {% load x %} <script> Bcc: a@b.example\N{REPLACEMENT CHARACTER} "
        + ("\N{REPLACEMENT CHARACTER}")
    )
    assert "<script>" in body


def test_a_long_title_is_cut_to_what_a_subject_may_hold() -> None:
    assert len(render("incident_opened", CONTEXT | {"title": "x" * 5000}, "de")[0]) == 200


def test_a_kind_without_templates_is_a_mistake_that_shows() -> None:
    with pytest.raises(TemplateDoesNotExist):
        render("nothing", CONTEXT, "de")


def test_a_message_of_many_deadlines_reads_its_entries_in_its_language() -> None:
    subject, body = render("sla_many", CONTEXT, "en")

    assert subject == "1 SLA deadline has passed"
    assert "INC-2026-000123 · Critical · Resolution expired · Noten" in body
    assert "INC-2026-000124 · Low · Response 75 % · Login" in body
