"""`manage.py sla verify` recomputes all clocks from their events and names what differs (R1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from core.actors import SYSTEM
from core.audit import Fact, record
from incidents.models import Incident
from lifecycle import finish, ranking, respond
from sla.models import Clock
from sla.selectors import differences
from sla.services import claim_due
from tests.company import Company

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CRITICAL: dict[str, Any] = {"urgency": "high", "impact": "high"}


@pytest.fixture
def incident(company: Company) -> Incident:
    """A critical incident of this moment."""
    return company.incident(**CRITICAL)


def verify(*options: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("sla", "verify", *options, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def resolution(incident: Incident) -> Any:
    """The resolution clock, to be tampered with."""
    return Clock.objects.filter(incident=incident, kind="resolution")


def sweep(now: datetime) -> None:
    """A sweep of its own transaction."""
    with transaction.atomic():
        claim_due(now=now)


def test_a_whole_life_with_sweeps_in_between_agrees_to_the_second(
    company: Company, incident: Incident, now: datetime
) -> None:
    by, number, odd = company.by("support"), incident.number, timedelta(microseconds=654_321)
    assert differences([incident.pk]) == []
    sweep(now + 8 * timedelta(minutes=1) + odd)
    respond.start(number, by=by, now=now + HOUR + odd)
    respond.hold(
        number,
        reason="awaiting_reporter",
        message="Was?",
        until=now + 30 * HOUR,
        by=company.by("pm"),
        now=now + 2 * HOUR + 2 * odd,
    )
    sweep(now + 2 * HOUR + 3 * odd)
    assert differences([incident.pk]) == []
    respond.resume(number, by=by, now=now + 20 * HOUR + odd)
    late = now + 21 * HOUR + odd
    ranking.set_priority(number, urgency="medium", impact="medium", reason="Umgangen", by=by, now=late)
    ranking.confirm_priority(number, by=company.by("support2"), now=late)
    sweep(now + 60 * HOUR)
    assert differences([incident.pk]) == []
    ranking.set_priority(number, **CRITICAL, by=by, now=now + 61 * HOUR)
    assert differences([incident.pk]) == []
    sweep(now + 61 * HOUR + odd)
    finish.resolve(number, code="solved_permanently", text="Behoben", by=by, now=now + 62 * HOUR)
    finish.reopen(number, reason="Doch nicht", by=by, now=now + 63 * HOUR)
    sweep(now + 100 * HOUR)
    assert differences([incident.pk]) == []
    assert verify()[0] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "met"),
        ("segment", 7),
        ("target_s", 1),
        ("calendar", "8x5"),
        ("elapsed_s", 5),
        ("due_at", timedelta(seconds=1)),
        ("started_at", timedelta(seconds=-1)),
        ("stopped_at", timedelta(0)),
        ("breached_at", timedelta(0)),
        ("breach_cause", "overdue"),
        ("next_check_at", timedelta(days=3)),
        ("next_check_at", None),
    ],
    ids=str,
)
def test_a_tampered_clock_is_named_with_both_values_and_mended(
    incident: Incident, now: datetime, field: str, value: object
) -> None:
    changed = now + value if isinstance(value, timedelta) else value
    resolution(incident).update(**{field: changed})
    code, output = verify()
    assert code == 1
    assert f"{incident.number} resolution: " in output
    assert f"{field} is " in output
    assert verify("--repair")[0] == 0
    assert verify()[0] == 0


def test_a_missing_clock_is_named_and_made(incident: Incident) -> None:
    before = resolution(incident).values("due_at", "next_check_at").get()
    resolution(incident).delete()
    code, output = verify("--repair")
    assert (code, "clock is missing" in output) == (0, True)
    assert resolution(incident).values("due_at", "next_check_at").get() == before


def test_a_clock_that_did_not_follow_an_event_is_named(incident: Incident, now: datetime) -> None:
    data = {"set": {"priority": "low"}, "priority": "low"}
    record(Fact("incident.prioritised", "incident", incident.pk, now + HOUR, SYSTEM, data=data))
    assert {name for found in differences([incident.pk]) for name in found.fields} >= {"target_s", "calendar"}


def test_a_breach_kept_quiet_is_named_and_mending_lets_it_be_announced(incident: Incident, now: datetime) -> None:
    late = now + 10 * HOUR
    sweep(late)
    clock = resolution(incident).get()
    clock.checkpoints.all().delete()
    assert verify()[0] == 1
    verify("--repair")
    with transaction.atomic():
        assert [(due.clock.kind, due.percent) for due in claim_due(now=late)] == [("resolution", 100)]
    assert verify()[0] == 0


def test_mending_announces_nothing_twice(incident: Incident, now: datetime) -> None:
    late = now + 10 * HOUR
    sweep(late)
    resolution(incident).update(breached_at=None, state="running", next_percent=50, next_check_at=now)
    verify("--repair")
    assert resolution(incident).get().state == "breached"
    with transaction.atomic():
        assert claim_due(now=late + HOUR) == []
