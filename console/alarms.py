"""What everybody must know at once: an ear is deaf, a voice is gone, nobody watches the deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import redis.exceptions
from django.core.cache import cache
from django.utils.translation import gettext as _

from core.clock import MOST_SKEW, skew
from core.models import Pulse
from integrations.selectors import source_health
from notifications.selectors import backlog

PULSES = {"worker": 45, "sweeper": 45, "sealer": 600, "auditor": 180, "copier": 600, "counter": 300}
"""Background processes and after how many seconds their silence is an alarm."""
MOST_DELAY = timedelta(minutes=5)
KEPT_S = 15

Alarm = tuple[str, dict[str, Any]]


def _sentences() -> dict[str, Callable[[], str]]:
    return {
        "silent": lambda: _("Von %(title)s kommt nichts mehr."),
        "worker": lambda: _("Es läuft kein Arbeiter: Signale und Mitteilungen bleiben liegen."),
        "sweeper": lambda: _("Die Fristen werden gerade nicht überwacht."),
        "sealer": lambda: _("Das Protokoll wird gerade nicht versiegelt."),
        "auditor": lambda: _("Benachrichtigungen verzögert: Niemand prüft, ob Fristen verpasst werden."),
        "copier": lambda: _("Die Kopie der Statusseite wird gerade nicht geschrieben."),
        "counter": lambda: _("Die Zahlen der Fristen werden gerade nicht nachgeführt."),
        "late": lambda: _("Benachrichtigungen verzögert: Eine Frist ist seit %(minutes)s Minuten überfällig."),
        "gaps": lambda: _("Offene Incidents ohne nächsten Schritt: %(count)s."),
        "skew": lambda: _(
            "Die Uhr des Webservers geht um %(minutes)s Minuten falsch; massgebend ist jene der Datenbank."
        ),
        "delayed": lambda: _("Mitteilungen verzögern sich: %(count)s warten."),
    }


def alarms_of(instant: datetime) -> list[str]:
    """The alarms in words, worked out at most every 15 seconds for everybody together."""
    try:
        found: list[Alarm] | None = cache.get("alarms")
        if found is None:
            found = _look(instant)
            cache.set("alarms", found, KEPT_S)
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
        found = _look(instant)
    sentences = _sentences()
    return [sentences[kind]() % facts for kind, facts in found]


def _look(instant: datetime) -> list[Alarm]:
    pulses = Pulse.objects.in_bulk(PULSES, field_name="name")
    found: list[Alarm] = [
        (name, {})
        for name, limit in PULSES.items()
        if name in pulses and (instant - pulses[name].at).total_seconds() > limit
    ]
    if "auditor" in pulses:
        found += _audited(pulses["auditor"].data)
    found += [("silent", {"title": ear.source.title}) for ear in source_health(now=instant) if ear.is_silent]
    if abs(skew()) > MOST_SKEW:
        found.append(("skew", {"minutes": round(abs(skew()).total_seconds() / 60)}))
    outbox = backlog(now=instant)
    if outbox.waiting_for > MOST_DELAY:
        found.append(("delayed", {"count": outbox.due}))
    return found


def _audited(said: dict[str, Any]) -> list[Alarm]:
    """What the auditor last found (`lifecycle.auditor`)."""
    late = [("late", {"minutes": said["late_s"] // 60})] if said["late_s"] else []
    return late + ([("gaps", {"count": len(said["gaps"])})] if said["gaps"] else [])
