"""The demo company is filled in by the real verbs, so what it leaves behind must stand every check of the house."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from core.secrets import decrypt
from directory.models import Person, School
from escalation.on_call import watches
from escalation.selectors import waiting_for
from escola_im.demo.cast import LOGINS, PASSWORD, SECRETS
from escola_im.demo.seed import seed
from incidents.models import Contact, Incident
from integrations.models import Source
from lifecycle.integrity import findings
from notifications.models import Message
from process.selectors import current_document
from sla.models import Clock
from sla.selectors import differences

pytestmark = pytest.mark.django_db


def test_a_small_company_is_filled_in_and_everything_in_it_is_in_order(now: datetime) -> None:
    done = seed(now=now, days=14, size=8)
    assert done is not None

    statuses = Counter(Incident.objects.values_list("status", flat=True))
    assert set(statuses) == {"new", "in_progress", "on_hold", "resolved", "closed", "cancelled"}
    assert Counter(Contact.objects.values_list("state", flat=True))["new"] == 8
    assert {"running", "paused", "met", "breached"} <= set(Clock.objects.values_list("state", flat=True))
    assert done.skipped <= done.incidents // 5

    assert list(findings(now=now)) == []
    assert differences(list(Incident.objects.values_list("pk", flat=True))) == []

    hour_ago = now - timedelta(hours=1)
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    assert not waiting.filter(created_at__lt=hour_ago).exists(), "nobody is to be mailed about the past"
    assert waiting.filter(created_at__gte=hour_ago).exists()

    for name in LOGINS:
        assert authenticate(username=name, password=PASSWORD) is not None, name
    for name in ("support", "dev", "lead", "pm"):
        assert waiting_for(Person.objects.get(username=name)), f"{name} has nothing to acknowledge"
    watches_now = {watch.role: watch for watch in watches(current_document()[1], at=now)}
    for role, name in (("support", "support"), ("development", "dev")):
        assert (watches_now[role].why, watches_now[role].person.username) == ("turn", name)  # type: ignore[union-attr]
    assert Person.objects.get(username="admin").is_superuser
    assert School.objects.values("canton").distinct().count() >= 8
    assert {source.kind: decrypt(source.secret) for source in Source.objects.all()} == SECRETS

    before = Incident.objects.count()
    assert seed(now=now) is None
    assert Incident.objects.count() == before


def test_the_demo_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENV", settings.ENV.model_copy(update={"mode": "production"}))
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo_seed", stdout=StringIO())
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo_simulator", stdout=StringIO())
    assert not Person.objects.exists()
