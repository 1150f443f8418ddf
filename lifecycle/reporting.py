"""Reports by the calendar: who sets them up, and that each goes out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import Person
from directory.selectors import people_with_any_role
from lifecycle.access import EDIT_REPORTS, SEE_FIGURES, By, require, roles_for
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid
from notifications.models import ReportIssue, ReportPlan
from notifications.rules.reports import Days, newest
from notifications.services import Draft, queue_all, reports

KIND = "sla_report"


@dataclass(frozen=True, slots=True)
class Due:
    """A report to send: of which plan, about which days, and when somebody asked for it by hand."""

    plan: ReportPlan
    days: Days
    wanted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A report in one language: what the text says (see templates/notifications/sla_report.txt), HTML and PDF."""

    context: Mapping[str, Any]
    html: str
    pdf: bytes
    name: str


def due(*, now: datetime) -> list[Due]:
    """What has to go out: asked for by hand, or over and not sent. Missed periods before the last are left out."""
    found = []
    for plan in ReportPlan.objects.filter(is_active=True):
        days, since = newest(plan.rhythm, now=now, zone=ZoneInfo(settings.TIME_ZONE))
        if plan.wanted_at is not None:
            found.append(Due(plan, days, plan.wanted_at))
        is_sent = ReportIssue.objects.filter(plan=plan, first_day=days.first, wanted_at=None).exists()
        if not is_sent and plan.created_at < since:
            found.append(Due(plan, days))
    return found


def readers(plan: ReportPlan) -> list[Person]:
    """Who gets it: active people with an address who hold one of its roles, present or not."""
    return [person for person in people_with_any_role(plan.roles) if person.email]


@transaction.atomic
def issue(report: Due, *, letters: Mapping[str, Letter], now: datetime) -> int:
    """Queues a report once: to whoever reads it, in their language. Returns the mails; 0 when it went out already."""
    claimed = reports.claim(report.plan, report.days, wanted_at=report.wanted_at, now=now)
    if claimed is None:
        return 0
    enclosed = {
        language: reports.enclose(html=letter.html, name=letter.name, content=letter.pdf, now=now)
        for language, letter in letters.items()
    }
    drafts = [
        Draft(
            key=f"{KIND}:{claimed.pk}:{person.pk}",
            channel="email",
            kind=KIND,
            context=letters[language].context,
            person=person,
            address=person.email,
            language=language,
            link="/sla/",
            enclosure=enclosed[language],
        )
        for person in readers(report.plan)
        if (language := person.language if person.language in letters else "de") in letters
    ]
    count = queue_all(drafts, now=now)
    reports.note_sent(claimed, count)
    ring_after_commit()
    return count


def plan_report(*, rhythm: str, roles: Sequence[str], query: str, by: By, now: datetime) -> ReportPlan:
    """Sets a report up. Raises Forbidden, and Invalid naming the field."""
    require(by, EDIT_REPORTS)
    errors = {}
    if rhythm not in ReportPlan.Rhythm.values:
        errors["rhythm"] = [_("Wählen Sie wöchentlich oder monatlich.")]
    if not roles:
        errors["roles"] = [_("Wählen Sie mindestens eine Rolle.")]
    elif set(roles) - roles_for(SEE_FIGURES):
        errors["roles"] = [_("Nur Rollen, die den Raum SLA sehen, können den Bericht erhalten.")]
    if errors:
        raise Invalid(errors)
    return reports.save_plan(rhythm=rhythm, roles=roles, query=query, now=now)


def switch_report(plan_id: int, *, is_active: bool, by: By) -> None:
    """Stops a report for all who get it, or lets it go on. Raises Forbidden."""
    require(by, EDIT_REPORTS)
    reports.switch_plan(plan_id, is_active=is_active)


def remove_report(plan_id: int, *, by: By) -> None:
    """Ends a report for good. Raises Forbidden."""
    require(by, EDIT_REPORTS)
    reports.remove_plan(plan_id)


def send_now(plan_id: int, *, by: By, now: datetime) -> None:
    """Asks for the report of the last period within a minute. Raises Forbidden."""
    require(by, EDIT_REPORTS)
    reports.want_now(plan_id, now=now)
