"""Values as people read them, in the language of the page. `None` is «–», never 0."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from console.marks import short_duration

NOTHING = "–"
_LONG_FROM = 10_000
MOST_PERCENT = 300
"""Beyond that a percentage of little says nothing."""


def number(value: float, decimals: int = 0) -> str:
    """`1’204`, `12.5`."""
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True))


def percent(value: float) -> str:
    """`92 %`; one decimal where rounding would claim that all or nothing was kept, or hide a small miss."""
    hundred = value * 100
    close = 0 < hundred < 10 or 90 < hundred < 100
    return f"{number(hundred, 1 if close and abs(hundred - round(hundred)) > 0.05 else 0)} %"


def words_of(value: float | None, unit: str) -> str:
    """A value with its unit: `ratio`, `seconds`, `count` or `days` (working days)."""
    if value is None:
        return NOTHING
    if unit == "ratio":
        return percent(value)
    if unit == "seconds":
        return short_duration(value)
    if unit == "days":
        return ngettext("%(days)s Arbeitstag", "%(days)s Arbeitstage", round(value)) % {"days": number(value)}
    return number(value, 0 if value == int(value) or abs(value) >= 100 else 1)


def on_axis(value: float, unit: str) -> str:
    """As short as an axis needs it: `1.2 Mio.`, `4 h`, `3 T`."""
    if unit == "ratio":
        return f"{number(value * 100)} %"
    if unit == "seconds":
        return _span(value)
    if value < _LONG_FROM:
        return number(value, 0 if value == int(value) else 1)
    for size, word in _sizes():
        if value >= size:
            shown = value / size
            return f"{number(shown, 0 if shown >= 100 or shown == int(shown) else 1)} {word}"
    return number(value)


def _sizes() -> tuple[tuple[int, str], ...]:
    return (
        (1_000_000_000, pgettext("Achse", "Mrd.")),
        (1_000_000, pgettext("Achse", "Mio.")),
        (1_000, pgettext("Achse", "Tsd.")),
    )


def _span(seconds: float) -> str:
    if not seconds:
        return "0"
    for size, word in ((86_400, pgettext("Achse, Tage", "T")), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % (size / 2) == 0:
            shown = seconds / size
            return f"{number(shown, 0 if shown == int(shown) else 1)} {word}"
    return f"{number(seconds)} s"


def change(value: float | None, before: float | None, unit: str) -> str:
    """How a figure moved: `+3 Punkte`, `−12 %`, `unverändert`; empty when one of the two is nothing."""
    if value is None or before is None:
        return ""
    if unit == "ratio":
        points = round((value - before) * 100, 1)
        if not points:
            return _("unverändert")
        return _("%(points)s Punkte") % {"points": _signed(points)}
    if value == before:
        return _("unverändert")
    share = (value - before) / abs(before) * 100 if before else 0.0
    if not before or share > MOST_PERCENT:
        return _("statt %(before)s") % {"before": words_of(before, unit)}
    if abs(share) < 0.5:
        return _("unverändert")
    return f"{_signed(round(share))} %"


def _signed(value: float) -> str:
    sign = "+" if value > 0 else "−"
    size = abs(value)
    return f"{sign}{number(size, 0 if size == int(size) else 1)}"
