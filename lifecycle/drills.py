"""The reachability drill: once a week everybody with a role is called to see whether calls arrive (P-5.3).

When it begins is a setting and not a rule of the process: it says nothing about incidents and suits the house's week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.rules.workhours import from_wall
from directory.models import Person
from directory.selectors import present
from lifecycle.access import START_DRILL, By, require
from lifecycle.doorbell import ring_after_commit
from lifecycle.errors import Invalid, NotFound
from notifications import services
from notifications.answer_links import door_of, message_of
from notifications.models import Drill, Message
from notifications.services.drills import TOPIC

BATCH = 100


def due_week(now: datetime) -> str:
    """The ISO week whose drill has begun by `now`; empty while it has not, or when there is none."""
    if not settings.DRILL_AT:
        return ""
    day, hour = settings.DRILL_AT
    zone = ZoneInfo(settings.TIME_ZONE)
    local = now.astimezone(zone)
    monday = local.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    begins = from_wall(monday + timedelta(days=day, hours=hour), zone)
    year, week, _day = local.isocalendar()
    return f"{year}-W{week:02}" if now >= begins else ""


@transaction.atomic
def start_due(*, now: datetime, limit: int = BATCH) -> int:
    """Calls those who have not had this week's drill: active, with a role, not absent. Returns how many were.

    Who is absent has theirs when they are back in the same week. Safe to run twice at once and after a crash.
    """
    week = due_week(now)
    if not week:
        return 0
    owed = Person.objects.filter(present(now), holdings__isnull=False)
    owed = owed.exclude(pk__in=Drill.objects.filter(week=week).values("person_id"))
    keys = list(owed.order_by("pk").values_list("pk", flat=True).distinct()[:limit])
    held = Person.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=keys).order_by("pk")
    started = services.start_drills(list(held), week=week, now=now)
    if started:
        ring_after_commit()
    return started


@transaction.atomic
def start_for(person: Person, *, by: By, now: datetime) -> None:
    """Calls one person now. Raises Forbidden, and Invalid for somebody who left."""
    require(by, START_DRILL)
    if not person.is_active:
        raise Invalid.field("person", _("Diese Person ist gesperrt."))
    held = Person.objects.select_for_update(no_key=True).filter(pk=person.pk)
    services.start_drills(list(held), week="", now=now, actor=by.actor)
    ring_after_commit()


@dataclass(frozen=True, slots=True)
class Asked:
    """A drill as the link in its message shows it."""

    drill: Drill
    message: Message


def look_up(token: str, *, now: datetime) -> Asked | None:
    """The drill a link stands for; None for the link of anything else. Changes nothing."""
    message = message_of(token, now=now)
    if message is None or message.topic_type != TOPIC:
        return None
    drill = Drill.objects.select_related("person").filter(pk=message.topic_id or 0, person=message.person_id).first()
    return Asked(drill, message) if drill is not None else None


@transaction.atomic
def answer(token: str, *, now: datetime) -> bool:
    """The person the message went to is there. False when they had answered. Raises NotFound."""
    asked = look_up(token, now=now)
    if asked is None:
        raise NotFound(token)
    by = By.of(asked.drill.person, via=door_of(asked.message))
    return services.answer_drill(asked.drill, via=asked.message.channel, actor=by.actor, now=now)


@transaction.atomic
def answer_own(*, by: By, now: datetime) -> bool:
    """Somebody who is logged in answers their newest drill. False when there is none open."""
    drill = Drill.objects.filter(person=by.person, answered_at__isnull=True).order_by("-id").first()
    return drill is not None and services.answer_drill(drill, via="console", actor=by.actor, now=now)
