"""Health: do our ears and voice work?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.alarms import PULSES, alarms_of
from console.door import READ, WRITE, StaffRequest, by, number_in, room
from console.gaps import gaps_of
from console.offline_kit import standing
from console.page import page
from console.shell import next_or
from core.clock import now
from core.models import Pulse
from directory.models import Person
from directory.selectors import people
from escalation.selectors import unheard
from incidents.models import Incident
from incidents.selectors import visible_to
from integrations.models import Delivery
from integrations.selectors import deliveries, source_health
from integrations.services import NotReplayable
from integrations.services import replay as replay_delivery
from lifecycle import notices
from lifecycle.access import REPLAY, SEE_HEALTH
from notifications.contract import Channel
from notifications.registry import CHANNELS
from notifications.selectors import Reachability, backlog, dead_letters, reachability

MOST = 50


@dataclass(frozen=True, slots=True)
class Sign:
    """A background process and when it last showed life."""

    name: str
    at: datetime | None
    is_alive: bool


@room(SEE_HEALTH, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Processes, sources, outbox, dead letters, calls nobody answered, gaps of process and rotas."""
    instant = now()
    context = {
        "now": instant,
        "offline": standing(now=instant),
        "signs": signs(instant),
        "sources": source_health(now=instant),
        "backlog": backlog(now=instant),
        "voices": voices(),
        "unreached": partial(_unreached, instant),
        "dead_messages": list(dead_letters()[:MOST]),
        "dead_deliveries": list(chain(*(deliveries(state=state)[:MOST] for state in ("dead", "flagged")))),
        "unheard": unheard(limit=MOST),
        "gaps": _gaps(request.user),
        "lacking": partial(gaps_of, request.user, instant),
        "alarms": alarms_of(instant),
    }
    return page(request, "console/health/overview.html", context, fragments={"health": "console/health/_all.html"})


def _gaps(person: Person) -> list[tuple[Incident, str]]:
    """Open incidents without a next step, as the auditor last found them: those the person may know of."""
    pulse = Pulse.objects.filter(name="auditor").first()
    why = {gap["number"]: gap["why"] for gap in (pulse.data["gaps"] if pulse else [])}
    words = {
        "stuck_call": _("Ein Ruf ohne nächsten Zeitpunkt"),
        "no_clock": _("Keine SLA-Uhr"),
        "forgotten": _("Bei niemandem, niemand wird gerufen, keine Frist läuft"),
    }
    return [(row, words[why[row.number]]) for row in visible_to(person).filter(number__in=why).order_by("id")]


def signs(instant: datetime) -> list[Sign]:
    """The pulses of the processes that must not fall silent."""
    known = {pulse.name: pulse.at for pulse in Pulse.objects.filter(name__in=PULSES)}
    words = {
        "worker": _("Arbeiter (Celery)"),
        "sweeper": _("Fristenlauf"),
        "sealer": _("Siegel des Protokolls"),
        "auditor": _("Wächter der Fristen"),
        "copier": _("Kopie der Statusseite"),
        "counter": _("Zahlen der Fristen"),
    }
    return [
        Sign(words[name], known.get(name), name in known and (instant - known[name]).total_seconds() <= limit)
        for name, limit in PULSES.items()
    ]


@dataclass(frozen=True, slots=True)
class Voice:
    """A channel that leaves the app: when it last took a message, and when it last refused one."""

    channel: Channel
    sent_at: datetime | None
    failed_at: datetime | None

    @property
    def is_well(self) -> bool:
        """Whether the last attempt worked."""
        return self.failed_at is None or (self.sent_at is not None and self.sent_at > self.failed_at)


def voices() -> list[Voice]:
    """Channels that were ever tried."""
    names = {f"{sign}:{key}": (sign, key) for key in CHANNELS for sign in ("sent", "failed")}
    at = {names[pulse.name]: pulse.at for pulse in Pulse.objects.filter(name__in=names)}
    found = [
        Voice(channel, at.get(("sent", key)), at.get(("failed", key)))
        for key, channel in CHANNELS.items()
        if channel.connect
    ]
    return [voice for voice in found if voice.sent_at or voice.failed_at]


def _unreached(instant: datetime) -> list[Reachability]:
    """People with a role whom no channel reaches, or who left their last drill unanswered (P-5.3)."""
    with_role = [person for person in people() if person.holdings.all()]
    return [found for found in reachability(with_role, now=instant) if found.is_silent or not found.is_reached]


@room(REPLAY, methods=WRITE)
def replay(request: StaffRequest) -> HttpResponse:
    """Takes up a dead delivery, or sends a dead message, once more."""
    message, delivery = (number_in(request.POST.get(name, "")) for name in ("message", "delivery"))
    if message is not None and notices.send_again(message, by=by(request), now=now()):
        messages.success(request, _("Die Mitteilung wird noch einmal versendet."))
    elif delivery is not None:
        _replay(request, delivery)
    return redirect(next_or(request, reverse("console:health")))


def _replay(request: StaffRequest, delivery_id: int) -> None:
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        return
    try:
        replay_delivery(delivery=row, actor=by(request).actor, now=now())
        messages.success(request, _("Die Lieferung wird noch einmal verarbeitet."))
    except NotReplayable:
        messages.info(request, _("Diese Lieferung wurde inzwischen verarbeitet."))
