"""What a page of the room was asked for: filters from the address, and addresses that change one thing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.door import StaffRequest
from core.clock import ZURICH, now
from figures.rules.filters import CLOCK, DIMENSIONS, Filters, Period, named_period
from figures.vocabulary import BadFilter, Vocabulary, parse, vocabulary

LABELS = {
    "period": gettext_lazy("Zeitraum"),
    "from": gettext_lazy("Von"),
    "to": gettext_lazy("Bis"),
    "compare": gettext_lazy("Vergleich"),
    "compare_from": gettext_lazy("Vergleich von"),
    "compare_to": gettext_lazy("Vergleich bis"),
    CLOCK: gettext_lazy("Zusage"),
    "priority": gettext_lazy("Priorität"),
    "category": gettext_lazy("Kategorie"),
    "module": gettext_lazy("Modul"),
    "school": gettext_lazy("Schule"),
    "canton": gettext_lazy("Kanton"),
    "team": gettext_lazy("Team"),
    "channel": gettext_lazy("Kanal"),
    "kind": gettext_lazy("Art"),
    "figure": gettext_lazy("Zahl"),
    "by": gettext_lazy("Aufteilung"),
    "after": gettext_lazy("Seite"),
    "format": gettext_lazy("Dateiformat"),
}
PERIODS = (
    ("7d", gettext_lazy("7 Tage")),
    ("30d", gettext_lazy("30 Tage")),
    ("90d", gettext_lazy("90 Tage")),
    ("365d", gettext_lazy("1 Jahr")),
    ("week", gettext_lazy("Diese Woche")),
    ("month", gettext_lazy("Dieser Monat")),
    ("quarter", gettext_lazy("Dieses Quartal")),
    ("last_week", gettext_lazy("Letzte Woche")),
    ("last_month", gettext_lazy("Letzter Monat")),
    ("last_quarter", gettext_lazy("Letztes Quartal")),
)
SHOWN = 4
"""Periods that stand beside the filters; the others are in their form."""
COMPARES = (
    ("previous", gettext_lazy("Zeitraum davor")),
    ("year", gettext_lazy("Vorjahr")),
    ("none", gettext_lazy("Ohne Vergleich")),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    value: str
    url: str


@dataclass
class Asked:
    """Filters of one request. `errors` are sentences by field; then the filters are the default ones."""

    path: str
    filters: Filters
    words: Vocabulary
    now: datetime
    errors: dict[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The filters as the address has them."""
        return self.filters.query()

    def url(self, **changes: str | None) -> str:
        """This page with something changed; what the page itself knows stays."""
        kept: dict[str, str | None] = {name: value for name, value in self.extra.items() if name != "after"}
        return f"{self.path}?{self.filters.query(**{**kept, **changes})}"

    def records(self, key: str, **cut: str) -> str:
        """The incidents behind a figure, narrowed by what was clicked."""
        return f"{reverse('console:sla_records')}?{self.filters.query(figure=key, **cut)}"

    @cached_property
    def chips(self) -> list[Chip]:
        """What is set, each with the way out of it."""
        return [
            Chip(str(LABELS[name]), self.words.label(name, value), self.url(**{name: None}))
            for name, value in self.filters.where.items()
        ]

    @property
    def period(self) -> str:
        """`1.11. – 23.11.2026`."""
        return span_words(self.filters.period)

    @property
    def against(self) -> str:
        """The period it is compared with; empty for none."""
        return span_words(self.filters.against) if self.filters.against else ""

    @property
    def periods(self) -> list[tuple[str, str, bool]]:
        """Presets as address, name and whether it is this one."""
        return [
            (self.url(period=name, **{"from": None, "to": None}), str(word), self.filters.named == name)
            for name, word in PERIODS[:SHOWN]
        ]

    @property
    def fields(self) -> list[tuple[str, str, list[tuple[str, str]], str]]:
        """The drop-downs of the filter form: name, label, choices, chosen value."""
        return [
            (name, str(LABELS[name]), [(str(one), two) for one, two in self.words.choices[name]], self._value(name))
            for name in (CLOCK, *DIMENSIONS)
        ]

    @property
    def all_periods(self) -> list[tuple[str, str, bool]]:
        """Every preset for the form."""
        return [(name, str(word), self.filters.named == name) for name, word in PERIODS]

    @property
    def compares(self) -> list[tuple[str, str, bool]]:
        """The comparisons for the form."""
        return [(name, str(word), self.filters.compare == name) for name, word in COMPARES]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Field and sentence of what could not be understood."""
        return [(str(LABELS.get(name, name)), sentence) for name, sentence in self.errors.items()]

    def _value(self, name: str) -> str:
        return self.filters.where.get(name, "")


def ask(request: StaffRequest, *, extra: frozenset[str] = frozenset()) -> Asked:
    """The filters of a request; `extra` are the names the page itself understands. Never raises: see `errors`."""
    words, instant = vocabulary(), now()
    today = instant.astimezone(ZURICH).date()
    told = {name: values for name in request.GET if (values := request.GET.getlist(name))}
    own = {name: told[name][0] for name in extra & set(told)}
    errors = {name: _("Nur ein Wert ist erlaubt.") for name in extra & set(told) if len(told[name]) > 1}
    try:
        filters = parse(told, vocabulary=words, today=today, extra=extra)
    except BadFilter as bad:
        errors |= bad.errors
        filters = default(today)
    return Asked(request.path, filters, words, instant, errors, own)


def default(today: date) -> Filters:
    """What the room shows when nothing is asked for."""
    period = named_period("30d", today)
    return Filters(period, period.before(), named="30d")


def day_words(day: date, *, with_year: bool = False) -> str:
    """`3.11.` or `3.11.2026`."""
    return date_format(day, "j.n.Y" if with_year else "j.n.")


def span_words(period: Period) -> str:
    """`1.11. – 23.11.2026`; one day once, two years both."""
    if period.first == period.last:
        return day_words(period.last, with_year=True)
    first = day_words(period.first, with_year=period.first.year != period.last.year)
    return f"{first} – {day_words(period.last, with_year=True)}"
