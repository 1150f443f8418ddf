"""A worker killed by SIGKILL after the server took the mail and before it was marked: sent again under the same id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from notifications.models import Message
from notifications.rules.backoff import LEASE
from notifications.services import Delivered, deliver_due
from tests.db.notifications.conftest import queue_mails
from tests.stubs.smtp import MailServer

WORKER = """
import sys, django
from datetime import datetime
django.setup()
from notifications.services import deliver_due
at = datetime.fromisoformat(sys.argv[1])
deliver_due(now=at, clock=lambda: at)
"""


def start_worker(server: MailServer, now: datetime) -> subprocess.Popen[bytes]:
    at = connection.settings_dict
    address = f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"
    env = os.environ | {"DATABASE_URL": address, "EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
    return subprocess.Popen([sys.executable, "-c", WORKER, now.isoformat()], env=env, cwd=settings.BASE_DIR)


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_a_worker_killed_between_sending_and_marking_loses_nothing(server: MailServer, now: datetime) -> None:
    messages = queue_mails(3, now=now)
    server.refuse("BODY", "HANG", times=1)
    worker = start_worker(server, now)
    try:
        assert server.body_arrived.wait(30), "the worker never sent"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    assert Message.objects.filter(state="queued").count() == 3
    early = now + LEASE - timedelta(seconds=1)
    assert not deliver_due(now=early, clock=lambda: early), "the killed worker's lease still holds"

    later = now + LEASE
    assert deliver_due(now=later, clock=lambda: later) == Delivered(sent=3)
    first = f"<im-{messages[0].pk}@testserver>"
    assert server.message_ids.count(first) == 2
    assert len(set(server.message_ids)) == 3


@pytest.mark.django_db
def test_a_mail_that_kills_every_worker_is_given_up(server: MailServer, now: datetime) -> None:
    """Its attempts were counted before each of them, so that the sixth worker does not even try."""
    [message] = queue_mails(1, now=now)
    Message.objects.filter(pk=message.pk).update(attempts=5)

    assert deliver_due(now=now, clock=lambda: now) == Delivered(dead=1)
    assert server.taken == []
