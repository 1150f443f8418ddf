"""Shapes that carry meaning: each priority and each state has a form of its own, so colour is never alone.

Built once per value and language; a list of a thousand rows costs string joins, no template rendering.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from incidents.models import PriorityChoice, StatusChoice

_PRIORITY_SHAPES = {
    "critical": '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/>'
    '<path d="M8 4v5M8 11.2v.6" stroke="var(--surface)" stroke-width="2" stroke-linecap="round"/>',
    "high": '<path d="M8 2 15 14H1z" fill="currentColor"/>',
    "medium": '<path d="M8 1.5 14.5 8 8 14.5 1.5 8z" fill="none" stroke="currentColor" stroke-width="2"/>',
    "low": '<path d="M2.5 8h11" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/>',
}
_CIRCLE = '<circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.75"{}/>'
_STATUS_SHAPES = {
    "new": (_CIRCLE.format(' stroke-dasharray="2.4 2.5"'), "accent"),
    "in_progress": (_CIRCLE.format("") + '<path d="M8 4.5a3.5 3.5 0 0 1 0 7z" fill="currentColor"/>', "info"),
    "on_hold": (
        _CIRCLE.format("") + '<path d="M6.4 5.8v4.4M9.6 5.8v4.4" stroke="currentColor" stroke-width="1.6"/>',
        "medium",
    ),
    "resolved": (
        _CIRCLE.format("") + '<path d="m5.2 8.2 2 2 3.6-4" fill="none" stroke="currentColor" stroke-width="1.6"/>',
        "ok",
    ),
    "closed": (
        '<circle cx="8" cy="8" r="7" fill="currentColor"/>'
        '<path d="m5.2 8.2 2 2 3.6-4" fill="none" stroke="var(--surface)" stroke-width="1.6"/>',
        "none",
    ),
    "cancelled": (
        _CIRCLE.format("") + '<path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" stroke="currentColor" stroke-width="1.6"/>',
        "none",
    ),
}


def shape(body: str, *, size: int = 14) -> SafeString:
    """A 16-unit drawing, hidden from screen readers: the word beside it is what they read."""
    return mark_safe(  # noqa: S308 - only constants of this file and lucide's own drawings come here
        f'<svg width="{size}" height="{size}" viewBox="0 0 16 16" aria-hidden="true">{body}</svg>'
    )


def mark(body: str, word: str, tone: str, *, pill: bool = False) -> SafeString:
    """Shape, word and tone together."""
    css = f"mark tone-{tone}{' pill' if pill else ''}"
    return format_html('<span class="{}">{}<span class="word">{}</span></span>', css, shape(body), word)


def priority(value: str, *, pill: bool = False) -> SafeString:
    """The mark of a priority (P-4.3)."""
    return _priority(value, pill, get_language() or "")


def status(value: str, *, pill: bool = False) -> SafeString:
    """The mark of an incident's state."""
    return _status(value, pill, get_language() or "")


@lru_cache(maxsize=64)
def _priority(value: str, pill: bool, _language: str) -> SafeString:
    return mark(_PRIORITY_SHAPES.get(value, ""), str(PriorityChoice(value).label), value, pill=pill)


@lru_cache(maxsize=64)
def _status(value: str, pill: bool, _language: str) -> SafeString:
    body, tone = _STATUS_SHAPES[value]
    return mark(body, str(StatusChoice(value).label), tone, pill=pill)


@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon, inline; `circle` stands in for a name the package does not know."""
    drawings = _drawings()
    known = name if f"{name}.svg" in drawings.NameToInfo else "circle"
    svg = ElementTree.fromstring(drawings.read(f"{known}.svg"))  # noqa: S314 - the package's own drawing
    for node in svg.iter():
        node.tag = node.tag.rpartition("}")[2]
    svg.attrib |= {"width": str(size), "height": str(size), "aria-hidden": "true", "stroke-width": "1.75"}
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308


@lru_cache(maxsize=1)
def _drawings() -> ZipFile:
    """The package's archive, opened once: its own function reads the list of 1 700 names anew for each icon (15 ms)."""
    return ZipFile(BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


def hours(seconds: float) -> str:
    """`24 h`, `1 h 30`, `15 min`: a span of working time, which has no days of 24 hours."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest:02d}" if rest else f"{whole} h"


def short_duration(seconds: float) -> str:
    """`2 h 05`, `14 min`, `3 T 4 h`: what still fits in a row. Negative values count as their size."""
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return _("unter 1 min")
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d}"
    days, hours = divmod(hours, 24)
    return pgettext("Dauer, Tage und Stunden", "%(days)s T %(hours)s h") % {"days": days, "hours": hours}


def satisfaction(value: str) -> str:
    """How content a customer said they are, in words."""
    words = {
        "satisfied": _("Zufrieden"),
        "neutral": _("Neutral"),
        "dissatisfied": _("Unzufrieden"),
        "especially_dissatisfied": _("Besonders unzufrieden"),
    }
    return words.get(value, "")
