"""Heartbeats looked after: set up, changed, paused, resumed, given another address, deleted. Each leaves an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import Module
from heartbeats import services
from heartbeats.models import Heartbeat
from heartbeats.rules.beats import WINDOW_MAX, Status
from heartbeats.rules.schedule import LONGEST, BadSchedule, Rhythm, Schedule
from lifecycle.access import MANAGE_SOURCES, By, require
from lifecycle.errors import Conflict, Invalid, NotFound
from lifecycle.heartbeats import tell_end

T = TypeVar("T")
GRACE_MIN_S, GRACE_MAX_S = 60, int(LONGEST.total_seconds())
AGREED = (
    *("name", "rhythm", "period_s", "expression", "time_zone", "grace_s", "fails", "of", "only_post", "wakes_on_ping"),
    *("kind", "severity", "module_id", "parent_id", "is_backup"),
)
"""What can be said about one; the rest is what happened to it."""


def why(problem: BadSchedule) -> str:
    """A bad schedule in a sentence."""
    sentences = {
        "range": _("Erlaubt sind 60 Sekunden bis 366 Tage."),
        "time_zone": _("Diese Zeitzone gibt es nicht. Beispiel: Europe/Zurich."),
        "cron": _("Das ist kein Cron-Ausdruck mit fünf Feldern. Beispiel: 30 2 * * *."),
        "oncalendar": _("Das ist kein OnCalendar-Ausdruck. Beispiel: Mon..Fri 06:00."),
        "never": _("Nach diesem Ausdruck wird nie mehr etwas erwartet."),
        "often": _("Öfter als einmal in der Minute lässt sich nichts erwarten."),
    }
    return sentences[problem.why]


@transaction.atomic
def create(facts: Mapping[str, Any], *, by: By, now: datetime) -> Heartbeat:
    """Sets one up. Invalid names every wrong field."""
    require(by, MANAGE_SOURCES)
    given = _checked(dict(facts), None, now)
    return _named_once(lambda: services.create(facts=given, actor=by.actor, now=now))


@transaction.atomic
def change(pk: int, facts: Mapping[str, Any], *, by: By, now: datetime, version: int | None = None) -> Heartbeat:
    """Changes what was agreed; what is not named stays. Invalid names every wrong field."""
    heartbeat = _taken(pk, by, version)
    agreed = {name: getattr(heartbeat, name) for name in AGREED}
    given = _checked(agreed | dict(facts), heartbeat, now)
    _named_once(lambda: services.change(heartbeat, facts=given, actor=by.actor, now=now))
    return heartbeat


@transaction.atomic
def pause(pk: int, *, by: By, now: datetime, version: int | None = None) -> Heartbeat:
    """Expects nothing any more. One that is down calls nobody any more; its incident is left to people."""
    heartbeat = _taken(pk, by, version)
    if heartbeat.status != Status.PAUSED:
        tell_end(heartbeat, why="wurde pausiert", now=now)
        services.pause(heartbeat, actor=by.actor, now=now)
    return heartbeat


@transaction.atomic
def resume(pk: int, *, by: By, now: datetime, version: int | None = None) -> Heartbeat:
    """Listens again, as if it were new."""
    heartbeat = _taken(pk, by, version)
    if heartbeat.status == Status.PAUSED:
        services.resume(heartbeat, actor=by.actor, now=now)
    return heartbeat


@transaction.atomic
def rotate(pk: int, *, by: By, now: datetime, version: int | None = None) -> Heartbeat:
    """Another ping address, at once; whatever pings the old one is unknown."""
    heartbeat = _taken(pk, by, version)
    services.rotate(heartbeat, actor=by.actor, now=now)
    return heartbeat


@transaction.atomic
def delete(pk: int, *, by: By, now: datetime, version: int | None = None) -> None:
    """Removes one with its pings. As with a pause, an incident it opened is left to people."""
    heartbeat = _taken(pk, by, version)
    tell_end(heartbeat, why="wurde gelöscht", now=now)
    services.delete(heartbeat, actor=by.actor, now=now)


def _taken(pk: int, by: By, version: int | None) -> Heartbeat:
    require(by, MANAGE_SOURCES)
    heartbeat = Heartbeat.objects.select_for_update().filter(pk=pk).first()
    if heartbeat is None:
        raise NotFound(str(pk))
    if version is not None and version != heartbeat.version:
        raise Conflict(version, heartbeat.version)
    return heartbeat


def _named_once(write: Callable[[], T]) -> T:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        if "name" not in str(error):
            raise
        raise Invalid.field("name", _("Einen Heartbeat dieses Namens gibt es schon.")) from error


def _checked(given: dict[str, Any], heartbeat: Heartbeat | None, now: datetime) -> dict[str, Any]:
    errors: dict[str, str] = {}
    given["name"] = clean(str(given.get("name") or "").strip(), limit=120)
    if not given["name"]:
        errors["name"] = _("Bitte einen Namen angeben.")
    given |= _schedule(given, errors, now)
    if not GRACE_MIN_S <= int(given.get("grace_s") or 0) <= GRACE_MAX_S:
        errors["grace_s"] = _("Erlaubt sind 60 Sekunden bis 366 Tage.")
    if not 1 <= given.get("fails", 1) <= given.get("of", 1) <= WINDOW_MAX:
        errors["fails"] = _("Erlaubt sind 1 bis 20, und nicht mehr Fehlschläge als Läufe.")
    for name, choices in (("kind", Heartbeat.Kind.values), ("severity", Heartbeat.Severity.values)):
        if given.get(name, choices[0]) not in choices:
            errors[name] = _("Erlaubt sind: %(fields)s.") % {"fields": ", ".join(choices)}
    if given.get("module_id") and not Module.objects.filter(pk=given["module_id"]).exists():
        errors["module"] = _("Dieses Modul gibt es nicht.")
    if given.get("parent_id"):
        _check_parent(given["parent_id"], heartbeat, errors)
    if errors:
        raise Invalid({name: [text] for name, text in errors.items()})
    return given


def _schedule(given: Mapping[str, Any], errors: dict[str, str], now: datetime) -> dict[str, Any]:
    """The rhythm as it is kept: what belongs to another way of writing it goes."""
    if given.get("rhythm", Rhythm.PERIOD) not in list(Rhythm):
        errors["rhythm"] = _("Erlaubt sind: %(fields)s.") % {"fields": ", ".join(Rhythm)}
        return {}
    rhythm = Rhythm(given.get("rhythm", Rhythm.PERIOD))
    is_period = rhythm is Rhythm.PERIOD
    schedule = Schedule(
        rhythm,
        int(given.get("period_s") or 0) if is_period else 0,
        "" if is_period else " ".join(clean(given.get("expression") or "").split()),
        given.get("time_zone") or "Europe/Zurich",
    )
    try:
        schedule.check(now)
    except BadSchedule as problem:
        errors[problem.field] = why(problem)
    kept = {"rhythm": rhythm.value, "period_s": schedule.period_s}
    return kept | {"expression": schedule.expression, "time_zone": schedule.time_zone}


def _check_parent(parent_id: int, heartbeat: Heartbeat | None, errors: dict[str, str]) -> None:
    """What it depends on must be there and must not depend on it. Changes of dependencies go one after another."""
    rows = Heartbeat.objects.select_for_update().exclude(parent=None).order_by("pk").values_list("pk", "parent_id")
    above = dict(rows)
    if not Heartbeat.objects.filter(pk=parent_id).exists():
        errors["parent"] = _("Diesen Heartbeat gibt es nicht.")
        return
    at: int | None = parent_id
    for _turn in range(len(above) + 1):
        if heartbeat is not None and at == heartbeat.pk:
            errors["parent"] = _("So hinge er von sich selbst ab.")
        at = above.get(at) if at is not None else None
