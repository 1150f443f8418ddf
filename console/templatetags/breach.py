"""How the pages of a data-protection case show what the rules say."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console.templatetags.im import at, mark
from core.clock import now
from privacy.selectors import Owed
from process.schema import Text

register = template.Library()
SOON = timedelta(hours=4)


@register.simple_tag
def in_words(text: Text | None) -> str:
    """A text of the law or of a rule, in the language of who reads."""
    return text.in_(get_language() or "de") if text is not None else ""


@register.simple_tag
def severity_word(band: str) -> str:
    """What a score is called."""
    words = {"low": _("tief"), "medium": _("mittel"), "high": _("hoch"), "very_high": _("sehr hoch")}
    return words[str(band)]


@register.simple_tag
def verdict(value: str) -> SafeString:
    """What is recommended."""
    shown = {
        "due": ("circle-alert", _("fällig"), "high"),
        "not_due": ("circle-check", _("nicht fällig"), "none"),
        "decide": ("circle-help", _("entscheiden"), "medium"),
    }
    return mark(*shown[str(value)])


NOTICE_MARKS = {
    "draft": "file-pen",
    "reviewed": "file-check",
    "sent": "send",
    "delivered": "mail-check",
    "failed": "mail-x",
    "opened": "mail-open",
    "reminded": "bell",
    "acknowledged": "check-check",
}


@register.simple_tag
def notice_state(value: str) -> SafeString:
    """How far a school's notice has come."""
    words = {
        "draft": _("Entwurf"),
        "reviewed": _("geprüft"),
        "sent": _("versendet"),
        "delivered": _("zugestellt"),
        "failed": _("nicht zustellbar"),
        "opened": _("gelesen"),
        "reminded": _("erinnert"),
        "acknowledged": _("bestätigt"),
    }
    if not value:
        return mark("circle-dashed", _("nicht informiert"), "high")
    tone = {"failed": "critical", "acknowledged": "none"}.get(value, "medium")
    return mark(NOTICE_MARKS[value], words[value], tone)


@register.simple_tag
def deadline(owed: Owed) -> SafeString | str:
    """Until when, and whether that is near, gone, or none of our worries any more."""
    until = owed.row.deadline
    if until is None:
        return format_html('<span class="muted">{}</span>', _("läuft noch nicht") if owed.is_open else "–")
    if owed.is_late(now()):
        return format_html("{} {}", at(until), mark("circle-alert", _("zu spät"), "critical"))
    if owed.is_open and until - now() < SOON:
        return format_html("{} {}", at(until), mark("alarm-clock", _("bald"), "high"))
    return at(until)
