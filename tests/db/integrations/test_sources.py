"""Sources are set up, renewed, switched and watched; each change leaves an event without a secret in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Event
from core.secrets import decrypt
from integrations import intake, selectors, services, tasks
from integrations.models import Delivery, Source
from integrations.translation import translate_pending
from lifecycle import retention
from process.schema import RetentionRule, Text
from tests.company import Company
from tests.db.integrations.conftest import ADMIN, Post, only

pytestmark = pytest.mark.django_db


def command(*words: str) -> str:
    out = StringIO()
    call_command("source", *words, stdout=out)
    return out.getvalue()


def test_adding_a_source_prints_the_path_of_its_hook_and_not_its_secret(db: None) -> None:
    printed = command(
        "add", "sentry", "main", "--secret", "geheim", "--organization", "musterschule", "--api-token", "t0k"
    )
    assert printed == "/hooks/sentry/main/\n"
    source = Source.objects.get()
    assert (source.title, source.mode) == ("Sentry main", "live")
    assert source.settings == {"organization": "musterschule"}
    assert "geheim" not in source.secret
    assert decrypt(source.secret) == "geheim"
    assert decrypt(source.api_token) == "t0k"
    event = Event.objects.get(kind="source.created")
    assert "geheim" not in json.dumps(event.data) + event.actor_label


def test_a_secret_left_out_is_made_up_and_shown_once(db: None) -> None:
    made_up = command("add", "uptime-robot", "web").splitlines()[1].rpartition(" ")[2]
    assert len(made_up) >= 40
    assert decrypt(Source.objects.get().secret) == made_up


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "nagios", "main", "--secret", "x"], "unknown kind"),
        (["add", "sentry", "not a name", "--secret", "x"], "a name has"),
        (["add", "sentry", "main", "--secret", "x"], "exists already"),
        (["mode", "sentry/none", "live"], "no source"),
        (["rotate", "nonsense"], "no source"),
        (["replay", "999999"], "no delivery"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], said: str, sentry: Source) -> None:
    with pytest.raises(CommandError, match=said):
        command(*words)


def test_a_secret_whose_key_is_lost_is_replaced_by_a_new_one(sentry: Source, now: datetime, settings: Any) -> None:
    settings.FIELD_KEYS = ["another-key-another-key-another-key"]
    services.rotate_secret(source=sentry, secret="neu", actor=ADMIN, now=now, grace=timedelta(hours=1))
    ear = intake.find_ear("sentry", "main")
    assert ear is not None
    assert ear.valid_secrets(now) == ["neu"]


def test_an_empty_secret_is_refused(sentry: Source, now: datetime) -> None:
    with pytest.raises(services.BadSource):
        services.create_source(kind="sentry", name="x", secret="", actor=ADMIN, now=now)
    with pytest.raises(services.BadSource):
        services.rotate_secret(source=sentry, secret="", actor=ADMIN, now=now, grace=timedelta(0))


def test_rotating_keeps_the_previous_secret_for_its_grace(sentry: Source, now: datetime) -> None:
    before = decrypt(sentry.secret)
    command("rotate", "sentry/main", "--secret", "neu", "--grace-hours", "2")
    sentry.refresh_from_db()
    assert (decrypt(sentry.secret), decrypt(sentry.previous_secret)) == ("neu", before)
    assert sentry.previous_valid_until == now + timedelta(hours=2)
    assert Event.objects.filter(kind="source.rotated", subject_id=sentry.pk).count() == 1


def test_switching_to_the_same_mode_is_no_event(sentry: Source) -> None:
    assert command("mode", "sentry/main", "record_only") == "sentry/main: record_only\n"
    command("mode", "sentry/main", "record_only")
    assert Event.objects.filter(kind="source.mode_set").count() == 1


def test_the_health_of_every_source_at_a_glance(
    post_sentry: Post, robot: Source, company: Company, now: datetime
) -> None:
    post_sentry("issue.created", request_id="1")
    post_sentry(b"{", request_id="2")
    translate_pending(now=now)
    post_sentry("issue.resolved", request_id="3")
    Source.objects.filter(pk=robot.pk).update(expected_every_min=30)
    sentry_health, robot_health = selectors.source_health(now=now + timedelta(minutes=40))
    assert sentry_health.last_seen_at == now
    assert (sentry_health.last_hour, sentry_health.waiting, sentry_health.flagged, sentry_health.dead) == (3, 1, 1, 0)
    assert not sentry_health.is_silent
    assert (robot_health.last_seen_at, robot_health.is_silent, robot_health.is_well) == (None, True, False)
    assert "sentry/main  live" in command("list")


def test_health_costs_the_same_for_many_sources(sentry: Source, now: datetime) -> None:
    for number in range(10):
        services.create_source(kind="sentry", name=f"s{number}", secret="s", actor=ADMIN, now=now)
    with CaptureQueriesContext(connection) as queries:
        assert len(selectors.source_health(now=now)) == 11
    assert len(queries) == 3


def test_deliveries_are_listed_newest_first(post_sentry: Post, sentry: Source) -> None:
    for number in range(3):
        post_sentry("comment.created", request_id=str(number))
    listed = list(selectors.deliveries(source=sentry, state="pending"))
    assert listed == list(Delivery.objects.order_by("-pk"))
    assert not selectors.deliveries(state="dead").exists()


def test_the_worker_drains_everything(post_sentry: Post, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LINGER_S", 0.0)
    post_sentry("issue.created")
    assert tasks.translate() == 1
    assert only().state == "done"
    assert tasks.translate() == 0
    assert tasks.poll() == 0


NINETY_DAYS = RetentionRule(key="deliveries", days=90, label=Text(de="x", en="x"), paragraph="§7", source="(P)")


def test_settled_deliveries_go_after_ninety_days_and_those_that_wait_for_somebody_stay(
    sentry: Source, now: datetime
) -> None:
    states = Delivery.State.values
    for age in (89, 91):
        for state in states:
            Delivery.objects.create(
                source=sentry,
                delivery_id=f"{state}-{age}",
                received_at=now - timedelta(days=age),
                body=b"{}",
                state=state,
            )
    for erased in (3, 0):
        assert retention.carry_out(NINETY_DAYS, now=now).erased == erased
    left = Delivery.objects.filter(received_at__lt=now - timedelta(days=90))
    assert set(left.values_list("state", flat=True)) == {"pending", "flagged", "dead"}
    assert Delivery.objects.count() == 2 * len(states) - 3
