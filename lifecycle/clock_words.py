"""Why a clock ran or stood, in one sentence per stretch, for pages and programs alike (§9)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from incidents.models import PriorityChoice
from process.rules.closures import Closure
from process.schema import Document
from sla.rules.clock import FactKind, Segment
from sla.rules.stretches import Stretch

RULES: dict[FactKind, str] = {
    "opened": "R4",
    "acknowledged": "R3",
    "priority": "R7",
    "canton": "R7",
    "kind": "R7",
    "category": "R7",
    "module": "R7",
    "school": "R7",
    "channel": "R7",
    "major": "R7",
    "merged": "R17",
    "paused": "R5",
    "resumed": "R6",
    "resolved": "R9",
    "closed": "R9",
    "cancelled": "R9",
    "reopened": "R10",
    "due": "R15",
}
"""The rule of `docs/architecture/06-sla-clock.md` by which a fact moves a clock."""
HOURS_RULE = "R2"


def rule_of(part: Stretch) -> str:
    """The rule behind a stretch: opening hours where only they made the clock stand."""
    return HOURS_RULE if part.cause == "closed" else RULES.get(part.segment.why, "R1")


def sentence(part: Stretch, document: Document, language: str) -> str:
    """Whether the clock ran or stood, and why."""
    if part.cause == "waiting":
        reason = document.label("pending_reasons", part.segment.reason, language)
        return _("Steht: %(reason)s") % {"reason": reason} if reason else _("Steht: wartend")
    if part.cause == "over":
        return _over(part.segment.why)
    calendar = document.calendar(part.segment.calendar)
    named = {"calendar": calendar.label.in_(language), "days": ", ".join(closed_days(part.closed, language))}
    if part.cause == "closed":
        words = _("Steht: geschlossen, %(days)s") if part.closed else _("Steht: ausserhalb von «%(calendar)s»")
        return words % named
    if calendar.always:
        return _("Läuft rund um die Uhr")
    if part.openings == 1:
        return _("Läuft: «%(calendar)s» ist offen") % named
    words = _("Läuft während %(openings)s Öffnungen von «%(calendar)s»") % (named | {"openings": part.openings})
    return words + (" · " + _("geschlossen: %(days)s") % named if part.closed else "")


def _over(why: FactKind) -> str:
    match why:
        case "acknowledged":
            return _("Steht: beantwortet")
        case "resolved":
            return _("Steht: gelöst")
        case "cancelled":
            return _("Steht: storniert")
    return _("Steht: abgeschlossen")


def closed_days(closed: Sequence[Closure], language: str) -> list[str]:
    """Holidays and exceptions by name and date, weekdays that never open by theirs, each once."""
    names = [
        f"{closure.name.in_(language)} ({closure.day:%d.%m.})"
        if closure.name
        else str(WEEKDAYS_ABBR[closure.day.weekday()])
        for closure in closed
    ]
    return list(dict.fromkeys(names))


def promise_text(segment: Segment, document: Document, language: str) -> str:
    """Which promise counted and why it was this one."""
    named = {"calendar": document.calendar(segment.calendar).label.in_(language)}
    if segment.is_by_hand:
        return _("Von Hand gesetzt, gezählt im Kalender «%(calendar)s» (R15)") % named
    if segment.priority is None:
        return _("Kalender «%(calendar)s»") % named
    target = document.sla.named(segment.target)
    named |= {
        "priority": str(PriorityChoice(segment.priority.value).label),
        "target": target.label.in_(language),
        "paragraph": target.paragraph,
    }
    if target.when.others:
        return _("«%(target)s», Kalender «%(calendar)s» (%(paragraph)s)") % named
    return _("Priorität «%(priority)s», Kalender «%(calendar)s» (%(paragraph)s)") % named
