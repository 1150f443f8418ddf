"""500 schools are told, and whoever tells them is killed by SIGKILL in the middle: each is told once (P-7.3)."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import datetime
from multiprocessing.context import ForkServerProcess

import pytest
from django.db import connection, transaction

from directory.models import School
from lifecycle import assessing, breach_schools
from notifications.models import Message
from notifications.rules.backoff import LEASE
from privacy.models import AffectedSchool, Case, Duty, Notice
from privacy.services import Hit
from tests import warm
from tests.company import Company
from tests.db.lifecycle.test_a_breach import WHOLE
from tests.journeys.house import wait_until
from tests.stubs.smtp import mail_server

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
MANY, FATAL = 500, 210


@pytest.fixture
def case(company: Company) -> Case:
    """A breach of 500 schools, each with a notice that somebody has read."""
    by, now = company.by("dpo"), company.now
    incident = company.incident(symptom="Alles", data_protection=True)
    number = Case.objects.get(incident=incident).number
    assessing.assess(number, answers=WHOLE, by=by, now=now)
    assessing.confirm(number, reason="Öffentlich", by=by, now=now)
    rows = [
        School(name=f"Schule {at}", canton="ZH", legal_kind="public", email=f"s{at}@x.example") for at in range(MANY)
    ]
    schools = School.objects.bulk_create(rows)
    case = breach_schools.affect(number, hits=[Hit(school, 1, 1) for school in schools], by=by, now=now)
    read = {"number": 1, "state": "reviewed", "digest": "x", "written_at": now, "reviewed_at": now}
    Notice.objects.bulk_create([Notice(affected=row, sealed="x", **read) for row in case.schools.all()])
    return case


def killed(process: ForkServerProcess) -> None:
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join(20)


def test_each_school_is_told_once_whoever_is_killed(case: Case, company: Company, process_env: dict[str, str]) -> None:
    at = company.now
    _killed_while_it_tells(case, at, process_env)
    assert not Message.objects.filter(kind="privacy_notice").exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {"reviewed"}, "all or none"

    teller = warm.start("tests.db.lifecycle.telling", "tell", case.number, at.isoformat(), env=process_env)
    teller.join(60)
    assert Notice.objects.filter(state="sent").count() == MANY
    assert AffectedSchool.objects.filter(aware_at=at).count() == MANY

    with mail_server() as server:
        env = process_env | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        server.script = lambda word: "HANG" if word == "BODY" and len(server.taken) == FATAL else None
        worker = warm.start("tests.db.lifecycle.telling", "deliver", at.isoformat(), env=env)
        wait_until(lambda: len(server.taken) > FATAL, what="the fatal mail")
        killed(worker)
        server.script = lambda _word: None
        later = at + LEASE
        second = warm.start("tests.db.lifecycle.telling", "deliver", later.isoformat(), env=env)
        second.join(60)
        told = {str(taken.mail["To"]): str(taken.mail["Message-ID"]) for taken in server.taken}
        ids = Counter(server.message_ids)

    notices = Message.objects.filter(kind="privacy_notice")
    assert {f"s{number}@x.example" for number in range(MANY)} <= set(told)
    assert set(notices.values_list("state", flat=True)) == {"sent"}
    mails = [ids[f"<im-{pk}@testserver>"] for pk in notices.values_list("pk", flat=True)]
    assert (len(mails), min(mails)) == (MANY, 1)
    assert sum(mails) - MANY <= 1, "only the mail that hung went out again, under its own id, which mail programs fold"


def _killed_while_it_tells(case: Case, at: datetime, env: dict[str, str]) -> None:
    """The teller waits for a row somebody else holds, near its end; there it is killed."""
    with transaction.atomic():
        Duty.objects.select_for_update().filter(case=case, key="first_assessment").first()
        teller = warm.start("tests.db.lifecycle.telling", "tell", case.number, at.isoformat(), env=env)
        wait_until(_somebody_waits, what="it waits")
        killed(teller)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
