"""Workers killed by SIGKILL a hundred times inside escalation steps: all that is due happens, once (D4, T01)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from core.models import Event
from escalation.models import Call, Step
from lifecycle import tick
from lifecycle.integrity import findings
from notifications.models import Message
from tests import warm
from tests.stubs.smtp import mail_server

BEGIN = timedelta(minutes=1)
SEED, KILLS = 3, 100


def ladders():
    """How far every ladder went: each step with its reason, and whom it called."""
    steps = Step.objects.order_by("pk").values_list("pk", "incident", "chain", "from_level", "to_level", "reason")
    called = {pk: sorted(Call.objects.filter(step=pk).values_list("person", flat=True)) for pk, *_rest in steps}
    return sorted((*step, *called[pk]) for pk, *step in steps)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_hundred_workers_die_inside_a_step_and_every_step_has_one_effect(process_env, company, now, tmp_path):
    for _ in range(3):
        company.incident(urgency="high", impact="high")
    start, end = now + BEGIN, now + timedelta(minutes=75)
    undisturbed = _undisturbed(start, end)

    said = tmp_path / "said"
    with mail_server() as server:
        env = process_env | {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        span = (start.isoformat(), end.isoformat())
        lives = warm.start("tests.db.lifecycle.lives", *span, str(SEED), str(KILLS), env=env, log=said)
        lives.join(100)
    assert said.read_text() == f"killed {KILLS}\n"

    assert ladders() == undisturbed
    mails = Message.objects.filter(channel="email")
    assert set(mails.values_list("state", flat=True)) == {"sent"}
    tries = {f"<im-{pk}@testserver>": attempts for pk, attempts in mails.values_list("pk", "attempts")}
    taken = Counter(server.message_ids)
    assert set(taken) == set(tries)
    assert all(times <= tries[each] for each, times in taken.items()), "a mail goes out again only after a death"
    stepped = Event.objects.filter(kind="escalation.stepped").values_list("subject_id", "data__chain", "data__to")
    assert len(stepped) == len(set(stepped))
    assert [str(found) for found in findings(now=end) if "unsealed" not in found.problem] == []


def _undisturbed(start, end):
    """The ladders as they stand when nobody dies; taken back."""
    with transaction.atomic():
        at = start
        while at <= end:
            tick.sweep(now=at)
            due = tick.next_due()
            at = max(at + timedelta(seconds=20), due.at if due else end)
        expected = ladders()
        transaction.set_rollback(True)
    return expected
