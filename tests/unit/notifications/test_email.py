"""The mail made of an outbox row: its headers, its two parts, and what no mail may carry."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core.mail import BadHeaderError
from pytest_django.fixtures import Settings

from notifications.channels.email import _fault_of, compose
from notifications.contract import Fault
from notifications.models import Message


def row(**facts: object) -> Message:
    return Message(
        **{
            "pk": 77,
            "channel": "email",
            "address": "erna@schule.example",
            "kind": "message_to_reporter",
            "subject": "[INC-2026-000123] Noten",
            "body": "Guten Tag\n\nAlles <gut> & schön.",
            "thread": "INC-2026-000123",
            **facts,
        }
    )


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.BASE_URL = "https://im.escola.example"


def test_the_message_id_comes_from_the_row_so_that_a_second_copy_has_the_same() -> None:
    assert (
        compose(row()).message()["Message-ID"] == compose(row()).message()["Message-ID"] == "<im-77@im.escola.example>"
    )


def test_it_says_that_a_machine_sent_it() -> None:
    mail = compose(row()).message()

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] is None


def test_mails_of_one_matter_are_one_thread() -> None:
    mail = compose(row()).message()

    assert mail["References"] == mail["In-Reply-To"] == "<inc-2026-000123@im.escola.example>"
    assert compose(row(thread="")).message()["References"] is None


def test_a_thread_cannot_smuggle_a_header() -> None:
    mail = compose(row(thread="x>\r\nBcc: eve@evil.example\r\n")).message()

    assert mail["References"] == "<x-bcc-eve-evil.example@im.escola.example>"
    assert mail["Bcc"] is None


def test_a_subject_cannot_smuggle_a_header() -> None:
    mail = compose(row(subject="Hallo\r\nBcc: eve@evil.example")).message()

    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hallo Bcc: eve@evil.example"


def test_an_address_with_a_line_break_is_refused() -> None:
    with pytest.raises(BadHeaderError):
        compose(row(address="erna@schule.example\nBcc: eve@evil.example")).message()


def test_the_html_part_shows_the_text_and_nothing_of_it_as_markup() -> None:
    [alternative] = compose(row(link="/incidents/INC-2026-000123/")).alternatives
    html = str(alternative[0])

    assert alternative[1] == "text/html"
    assert "Alles &lt;gut&gt; &amp; schön." in html
    assert 'href="https://im.escola.example/incidents/INC-2026-000123/"' in html
    assert '<html lang="de-ch">' in html


def test_the_text_part_ends_with_the_link_and_who_sent_it() -> None:
    body = compose(row(link="/incidents/INC-2026-000123/", person_id=3, needs_ack=True)).body

    assert "Im Browser öffnen:\nhttps://im.escola.example/incidents/INC-2026-000123/" in body
    assert "automatisch versendet" in body


def test_only_a_call_to_one_of_us_carries_the_link_that_answers_it() -> None:
    call: dict[str, Any] = {"person_id": 3, "needs_ack": True, "topic_type": "incident"}
    called = str(compose(row(link="/x/", **call)).message())

    assert called.count("https://im.escola.example/answer/77.") == 2
    for changed in ({"needs_ack": False}, {"person_id": None}, {"topic_type": "stakeholder_message"}):
        facts = call | changed
        assert "/answer/" not in str(compose(row(link="/x/", **facts)).message())


def test_urgent_mails_are_marked_as_important() -> None:
    assert compose(row(is_urgent=True)).message()["Importance"] == "high"
    assert compose(row()).message()["Importance"] is None


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), Fault.REFUSED),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), Fault.LATER),
        (smtplib.SMTPDataError(554, b"spam"), Fault.REFUSED),
        (smtplib.SMTPDataError(452, b"full"), Fault.LATER),
        (smtplib.SMTPSenderRefused(550, b"not you", "us@escola.example"), Fault.LATER),
        (smtplib.SMTPDataError(421, b"closing"), Fault.DOWN),
        (smtplib.SMTPServerDisconnected("gone"), Fault.STALLED),
    ],
)
def test_what_the_server_says_decides_what_becomes_of_the_mail(error: smtplib.SMTPException, fault: Fault) -> None:
    assert _fault_of(error) is fault
