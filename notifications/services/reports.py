"""Writes about reports that go out by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from notifications.models import Enclosure, ReportIssue, ReportPlan
from notifications.rules.reports import Days


def save_plan(*, rhythm: str, roles: Sequence[str], query: str, now: datetime) -> ReportPlan:
    """A new plan. Its first report is about the period that runs at `now`."""
    return ReportPlan.objects.create(rhythm=rhythm, roles=list(roles), query=query, created_at=now)


def switch_plan(plan_id: int, *, is_active: bool) -> None:
    """Stops a plan, or lets it go on."""
    ReportPlan.objects.filter(pk=plan_id).update(is_active=is_active)


def remove_plan(plan_id: int) -> None:
    """Forgets a plan and what it sent; mails in the outbox go out."""
    ReportPlan.objects.filter(pk=plan_id).delete()


def want_now(plan_id: int, *, now: datetime) -> None:
    """Asks for the report of the last period at once, beside the one that is due."""
    ReportPlan.objects.filter(pk=plan_id).update(wanted_at=now)


def claim(plan: ReportPlan, days: Days, *, wanted_at: datetime | None, now: datetime) -> ReportIssue | None:
    """The right to send a report, in the caller's transaction; None when somebody else has it or had it.

    A second worker waits for the first one's transaction: if that is lost with its process, this one sends.
    """
    try:
        with transaction.atomic():
            issue = ReportIssue.objects.create(
                plan=plan, first_day=days.first, last_day=days.last, wanted_at=wanted_at, sent_at=now, messages=0
            )
    except IntegrityError:
        return None
    if wanted_at is not None:
        ReportPlan.objects.filter(pk=plan.pk, wanted_at=wanted_at).update(wanted_at=None)
    return issue


def note_sent(issue: ReportIssue, count: int) -> None:
    """How many messages a report came to."""
    ReportIssue.objects.filter(pk=issue.pk).update(messages=count)


def enclose(*, html: str, name: str, content: bytes, now: datetime) -> Enclosure:
    """Keeps what goes with mails; without `content` only the HTML part."""
    return Enclosure.objects.create(
        html=html, name=name if content else "", content_type="application/pdf", content=content, created_at=now
    )
