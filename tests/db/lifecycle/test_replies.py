"""A call is answered by replying to its mail (P-5.3); robots, strangers and the late change nothing."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from core.models import Event
from escalation.models import Step
from lifecycle import drills, respond
from lifecycle.replies import Reply, receive
from notifications.answer_links import VALID_FOR
from notifications.channels.email import compose
from notifications.models import Drill, Message


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.EMAIL_REPLIES = "incident@im.example"


@pytest.fixture
def letter(company):
    """The mail that calls Sina to a new incident, as it goes out."""
    company.incident(urgency="high", impact="high")
    return compose(Message.objects.get(person=company.support, channel="email", kind="escalation_call"))


def reply_to(letter, **headers):
    """What a mail program sends back."""
    mail = EmailMessage()
    mail["From"] = "Sina Muster <sina@daheim.example>"
    mail["To"] = letter.reply_to[0]
    mail["Subject"] = f"Re: {letter.subject}"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Bin dran.\n\n> Sie werden gerufen …")
    return mail.as_bytes()


def test_a_reply_takes_the_incident_on_and_the_log_names_the_door(company, letter, now):
    assert receive(reply_to(letter), now=now + timedelta(minutes=2)) is Reply.ANSWERED
    assert Step.objects.get().acknowledged_by == company.support
    acknowledged = Event.objects.get(kind="incident.acknowledged")
    assert (acknowledged.actor_id, acknowledged.via) == (str(company.support.pk), "mail")
    assert "Bin dran" not in str(list(Event.objects.values_list("data", flat=True)))


def test_the_address_also_counts_among_others_in_capitals_and_in_the_envelope(letter, now):
    address = letter.reply_to[0]
    box, at, host = address.partition("@")
    mail = reply_to(letter).replace(address.encode(), b"chef@escola.example")
    assert receive(mail, now=now) is Reply.NOT_OURS
    assert receive(mail, now=now, recipients=[f"{box}{at}{host.upper()}"]) is Reply.ANSWERED


def test_a_second_reply_and_one_after_somebody_else_change_nothing(company, letter, now):
    number = Step.objects.get().incident.number
    respond.acknowledge(number, by=company.by("support2"), now=now)
    assert receive(reply_to(letter), now=now + timedelta(minutes=1)) is Reply.TOO_LATE
    assert Event.objects.filter(kind="incident.acknowledged").count() == 1


@pytest.mark.parametrize(
    "marked",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=sina"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<alle.escola.example>"},
        {"Return_Path": "<>"},
    ],
)
def test_an_absence_note_takes_nothing_on(letter, now, marked):
    assert receive(reply_to(letter, **marked), now=now) is Reply.AUTOMATIC
    assert Step.objects.get().state == "calling"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"To: incident+1.forged@im.example\n\nx",
        b"To: incident+@im.example\n\n",
        b"To: =?utf-8?B?////?= <<>,,;\nAuto-Submitted: =?x\n\n",
        b"To: " + b"a" * 100_000 + b"@im.example\n\n",
    ],
)
def test_what_is_broken_or_forged_answers_nothing(letter, now, raw):
    assert receive(raw, now=now) is Reply.NOT_OURS
    assert Step.objects.get().state == "calling"


def test_an_old_mail_answers_nothing(letter, now):
    assert receive(reply_to(letter), now=now + VALID_FOR) is Reply.NOT_OURS


def test_a_drill_is_answered_by_reply_as_well(company, now):
    drills.start_for(company.support, by=company.by("it"), now=now)
    letter = compose(Message.objects.get(person=company.support, channel="email", kind="drill"))
    assert receive(reply_to(letter), now=now) is Reply.ANSWERED
    assert Drill.objects.get().answered_at == now
    assert receive(reply_to(letter), now=now) is Reply.TOO_LATE


def test_without_a_mailbox_mails_carry_no_address_for_replies(company, settings):
    settings.EMAIL_REPLIES = ""
    company.incident(urgency="high", impact="high")
    assert compose(Message.objects.get(person=company.support, channel="email")).reply_to == []


def test_the_mail_server_hands_it_over_on_standard_input(letter, now, monkeypatch, capsys, settings, tmp_path):
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.CLOCK_FILE.write_text(now.isoformat())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(reply_to(letter))))
    call_command("receive_mail", letter.reply_to[0])
    assert capsys.readouterr().out == "answered\n"
