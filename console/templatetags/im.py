"""`{% load im %}`: marks, rings, times and names as every room shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from console import marks, rings
from directory.models import Person
from incidents.models import Impact
from notifications.registry import CHANNELS
from process.schema import Document, Text
from sla.models import Clock

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """An inline Lucide icon, hidden from screen readers."""
    return marks.icon(str(name), size)


@register.simple_tag
def priority(value: str, pill: bool = False) -> SafeString:
    """Shape and word of a priority."""
    return marks.priority(str(value), pill=pill)


@register.simple_tag
def status(value: str, pill: bool = False) -> SafeString:
    """Shape and word of a state."""
    return marks.status(str(value), pill=pill)


@register.simple_tag
def mark(icon_name: str, word: str, tone: str = "none", pill: bool = False) -> SafeString:
    """Any other state: icon, word and tone."""
    css = f"mark tone-{tone}{' pill' if pill else ''}"
    return format_html('<span class="{}">{}<span class="word">{}</span></span>', css, marks.icon(icon_name, 14), word)


@register.simple_tag
def ring(clock: Clock, now: datetime, size: int = 16, with_kind: bool = False) -> SafeString:
    """The SLA ring of a clock."""
    return rings.draw(rings.ring_of(clock, now), size=size, with_kind=with_kind)


@register.simple_tag
def draw_ring(value: rings.Ring, size: int = 16, with_kind: bool = False) -> SafeString:
    """A ring that was worked out before."""
    return rings.draw(value, size=size, with_kind=with_kind)


@register.simple_tag
def avatar(person: Person | None, big: bool = False, named: bool = False) -> SafeString:
    """Initials of a person, with the name beside them when `named`; a dashed ring for nobody."""
    css = "avatar big" if big else "avatar"
    if person is None:
        nobody = _("Niemand zuständig")
        return format_html(
            '<span class="person"><span class="{} none" title="{}" role="img" aria-label="{}"></span>{}</span>',
            css,
            nobody,
            nobody,
            nobody if named else "",
        )
    if named:
        return format_html(
            '<span class="person"><span class="{}" aria-hidden="true">{}</span><span class="clip">{}</span></span>',
            css,
            person.initials,
            person.display_name,
        )
    return format_html(
        '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>',
        css,
        person.display_name,
        person.display_name,
        person.initials,
    )


@register.simple_tag
def ago(value: datetime | None) -> SafeString | str:
    """A relative time; the exact one shows on hover and without JavaScript."""
    if value is None:
        return "–"
    exact = exactly(value)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', value.isoformat(timespec="seconds"), exact, exact
    )


@register.simple_tag
def at(value: datetime | None) -> SafeString | str:
    """The exact time in Zurich, `22.11.2026, 14:05`."""
    if value is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), exactly(value))


def exactly(value: datetime) -> str:
    """Local date and time as the language writes them."""
    return date_format(timezone.localtime(value), "DATETIME_FORMAT")


@register.simple_tag(takes_context=True)
def label(context: dict[str, Any], room: str, key: str | None) -> str:
    """The name of a key of the current process document, e.g. `{% label "categories" incident.category %}`."""
    return str(context["house"].label(str(room), key)) if key else ""


@register.filter
def focused(field: BoundField) -> BoundField:
    """The field with which a page begins."""
    field.field.widget.attrs["autofocus"] = True
    return field


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as a short duration."""
    return "–" if seconds is None else marks.short_duration(seconds)


@register.simple_tag
def share(value: float | None) -> str:
    """A ratio as per cent with one place; a dash where there is nothing to divide."""
    return "–" if value is None else f"{number_format(round(value * 100, 1), 1)} %"


@register.filter
def capped(number: int) -> str:
    """A count as badges show it: 100 and more read `99+`."""
    return "99+" if number > 99 else str(number)


@register.filter
def filesize(size: int) -> str:
    """Bytes as people write them."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000 or unit == "MB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def trigger_name(key: str, document: Document) -> str:
    """A trigger of §6.1 in words."""
    found = next((trigger for trigger in document.major.triggers if trigger.key == key), None)
    return found.label.in_(get_language() or "de") if found else key


register.filter(marks.satisfaction)


_CHANNEL_ICONS = {
    "ticket": "ticket",
    "phone": "phone",
    "email": "mail",
    "app_feedback": "smartphone",
    "app_review": "star",
    "monitoring": "activity",
    "manual": "hand",
}


@register.filter
def channel_icon(channel: str) -> str:
    """The icon of a channel; one of our own for channels the process adds."""
    return _CHANNEL_ICONS.get(channel, "message-square")


@register.filter
def channel_name(key: str) -> str:
    """A channel of messages in words."""
    return str(CHANNELS[key].label) if key in CHANNELS else key


_SKIPPED = {
    "acknowledged": gettext_lazy("inzwischen beantwortet"),
    "closed": gettext_lazy("inzwischen erledigt"),
    "superseded": gettext_lazy("der Ruf ging weiter"),
    "seat_called": gettext_lazy("der Ruf ins Major Incident Team sagt es schon"),
    "left": gettext_lazy("die Person hat keinen Zugang mehr"),
    "demoted": gettext_lazy("kein Major Incident mehr"),
}


@register.filter
def why_skipped(reason: str) -> str:
    """Why a message was not needed any more, in words."""
    return str(_SKIPPED.get(reason, reason))


@register.filter
def level_name(level: str) -> str:
    """A level of urgency or impact in words."""
    return str(Impact(level).label)


@register.filter
def in_language(text: Text) -> str:
    """A text of the process in the language of the page."""
    return text.in_(get_language() or "de")


@register.filter
def minutes(value: int) -> str:
    """Minutes as a short duration."""
    return marks.hours(value * 60)
