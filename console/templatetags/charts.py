"""`{% load charts %}`: values with their units, and the small drawings of a legend."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.charts import words
from console.charts.columns import STRIPED
from console.charts.scene import disc, rect, stripes

register = template.Library()
_LINES = frozenset({"line-now", "line-before", "target"})


@register.simple_tag
def sample(css: str) -> SafeString:
    """What an entry of a legend looks like in the chart."""
    if css in _LINES:
        dot = format_html('<path class="dot-now" d="{}"/>', disc(9, 5, 2.5)) if css == "line-now" else ""
        return format_html('<path class="{}" d="M0 5H18"/>{}', css, dot)
    box = format_html('<path class="{}" d="{}"/>', css, rect(1, 0, 16, 10))
    if css not in STRIPED:
        return box
    return format_html('{}<path class="{} texture" d="{}"/>', box, css, stripes(1, 0, 16, 10, every=3))


@register.filter
def in_unit(value: float | None, unit: str) -> str:
    """A value with its unit; «–» for nothing."""
    return words.words_of(value, unit)
