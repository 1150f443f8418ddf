"""The SLA ring: how much of a promise is used up, and in words whether it runs, stands or is decided (P-9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import pi

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from console.marks import shape, short_duration
from sla.models import Clock

RADIUS = 6.0
ROUND = 2 * pi * RADIUS


@dataclass(frozen=True, slots=True)
class Ring:
    """What a ring shows. `share` is 0…1 of the target; `word` is never empty."""

    kind: str
    share: float
    tone: str
    word: str
    long: str


def share_used(clock: Clock, now: datetime) -> float:
    """The part of the target consumed by `now`, 0…1. Between two derivations it is interpolated towards `due_at`."""
    used: float = clock.elapsed_s
    if clock.state == Clock.State.RUNNING and clock.due_at is not None:
        whole = (clock.due_at - clock.as_of).total_seconds()
        gone = (now - clock.as_of).total_seconds() / whole if whole > 0 else 1.0
        used += (clock.target_s - clock.elapsed_s) * min(1.0, max(0.0, gone))
    return min(1.0, used / clock.target_s) if clock.target_s else 1.0


def ring_of(clock: Clock, now: datetime) -> Ring:
    """The ring of a clock at an instant."""
    share = share_used(clock, now)
    name = kind_name(clock.kind)
    if clock.state == Clock.State.RUNNING and clock.due_at is not None:
        left = (clock.due_at - now).total_seconds()
        if left <= 0:
            return Ring(name, 1.0, "critical", _("fällig"), _("%(clock)s: jetzt fällig") % {"clock": name})
        tone = "critical" if share >= 0.9 else "high" if share >= 0.75 else "none"
        text = _("noch %(time)s") % {"time": short_duration(left)}
        return Ring(name, share, tone, text, f"{name}: {text}")
    if clock.state == Clock.State.BREACHED:
        since = clock.breached_at or clock.due_at
        over = short_duration((now - since).total_seconds()) if since and clock.stopped_at is None else ""
        text = _("verletzt seit %(time)s") % {"time": over} if over else _("verletzt")
        return Ring(name, 1.0, "critical", text, f"{name}: {text}")
    words = {
        Clock.State.PAUSED: (_("steht"), "medium"),
        Clock.State.RUNNING: (_("läuft"), "none"),
        Clock.State.MET: (_("eingehalten"), "ok"),
        Clock.State.CANCELLED: (_("entfallen"), "none"),
    }
    text, tone = words[Clock.State(clock.state)]
    return Ring(name, share, tone, text, f"{name}: {text}")


def kind_name(kind: str) -> str:
    """The clock's name on screen."""
    return pgettext("SLA-Uhr", "Reaktion") if kind == "response" else pgettext("SLA-Uhr", "Lösung")


def draw(ring: Ring, *, size: int = 16, with_kind: bool = False) -> SafeString:
    """SVG and word; the title says the whole sentence."""
    if ring.tone == "ok":
        body = '<circle cx="8" cy="8" r="7" fill="currentColor"/>'
        body += '<path d="m5 8.2 2.1 2.1L11 6" fill="none" stroke="var(--surface)" stroke-width="1.8"/>'
    else:
        body = f'<circle class="track" cx="8" cy="8" r="{RADIUS}" fill="none" stroke-width="3"/>'
        body += (
            f'<circle cx="8" cy="8" r="{RADIUS}" fill="none" stroke="currentColor" stroke-width="3" '
            f'stroke-dasharray="{ring.share * ROUND:.2f} {ROUND:.2f}" transform="rotate(-90 8 8)"/>'
        )
    word = ring.long if with_kind else ring.word
    return format_html(
        '<span class="ring tone-{}" title="{}">{}<span class="word">{}</span></span>',
        ring.tone,
        ring.long,
        shape(body, size=size),
        word,
    )
