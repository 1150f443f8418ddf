"""The values filters may have, with the names people read, and the sentences for those that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory.models import Module, School, Team
from figures.rules import filters as rules
from figures.rules.filters import CLOCK, LONGEST_DAYS, Filters, Refused
from incidents.models import PriorityChoice
from process.schema import ClockKind
from process.selectors import current_document

KINDS = {
    "single": gettext_lazy("Gewöhnlicher Incident"),
    "major": gettext_lazy("Major Incident"),
    "flood": gettext_lazy("Alarmflut"),
}
CLOCKS: Mapping[str, Any] = {
    "response": gettext_lazy("Reaktion"),
    "resolution": gettext_lazy("Lösung"),
    "restore": gettext_lazy("Wiederherstellung"),
    "update": gettext_lazy("Zwischenstand"),
}
CAUSES = {
    "late_start": gettext_lazy("Zu spät begonnen"),
    "waiting": gettext_lazy("Warten"),
    "reclassified": gettext_lazy("Neu eingestuft"),
    "reopened": gettext_lazy("Nach dem Wiedereröffnen"),
    "overdue": gettext_lazy("Bearbeitung dauerte zu lange"),
}


class Choice(NamedTuple):
    """A value and its name."""

    value: str
    label: str


class BadFilter(Exception):
    """Parameters that are refused: name → sentence for people."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass
class Vocabulary:
    """What can be chosen, in the reader's language. Lists are read when somebody looks at them."""

    language: str

    @cached_property
    def choices(self) -> dict[str, list[Choice]]:
        """Per dimension, and for `clock`: every value with its name."""
        _version, document = current_document()
        schools = School.objects.values_list("pk", "name", "canton")
        cantons = sorted({canton for _pk, _name, canton in schools if canton})
        return {
            "priority": [Choice(value, str(label)) for value, label in PriorityChoice.choices],
            "category": [Choice(entry.key, entry.label.in_(self.language)) for entry in document.categories],
            "module": [Choice(module.key, str(module)) for module in Module.objects.all()],
            "school": [Choice(str(pk), name) for pk, name, _canton in schools],
            "canton": [Choice(canton, canton) for canton in cantons],
            "team": [Choice(team.key, str(team)) for team in Team.objects.all()],
            "channel": [Choice(entry.key, entry.label.in_(self.language)) for entry in document.channels],
            "kind": [Choice(value, str(label)) for value, label in KINDS.items()],
            CLOCK: [Choice(kind.value, clock_label(kind.value)) for kind in ClockKind],
        }

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        return {name: dict(choices) for name, choices in self.choices.items()}

    def label(self, dimension: str, value: str) -> str:
        """The name of a value; the value itself when it is gone, «Unbekannt» when there is none."""
        return self._labels[dimension].get(value, value) or _("Unbekannt")

    def knows(self) -> dict[str, set[str]]:
        """The values of each dimension."""
        return {name: set(labels) for name, labels in self._labels.items()}


def vocabulary() -> Vocabulary:
    """For whoever reads now."""
    return Vocabulary(get_language() or "de")


def clock_label(clock: str) -> str:
    """The name of a kind of clock."""
    return str(CLOCKS.get(clock, clock))


def parse(
    query: Mapping[str, list[str]], *, vocabulary: Vocabulary, today: date, extra: frozenset[str] = frozenset()
) -> Filters:
    """The filters a query asks for (see `figures.rules.filters.parse`). Raises BadFilter with a sentence per field."""
    try:
        return rules.parse(query, known=vocabulary.knows(), today=today, extra=extra)
    except Refused as refused:
        raise BadFilter({name: sentence(name, code) for name, code in refused.errors.items()}) from None


def sentence(name: str, code: str) -> str:
    """What is wrong with a parameter."""
    if code == "unknown" and name not in rules.PARAMETERS:
        return _("Diesen Parameter gibt es hier nicht.")
    return {
        "unknown": _("Diesen Wert gibt es nicht."),
        "twice": _("Nur ein Wert ist erlaubt."),
        "date": _("Erwartet wird ein Datum wie 2026-11-23."),
        "order": _("Der Anfang liegt nach dem Ende."),
        "future": _("Der Tag liegt in der Zukunft."),
        "early": _("So weit zurück gibt es keine Zahlen."),
        "long": _("Höchstens %(days)s Tage auf einmal.") % {"days": LONGEST_DAYS},
        "missing": _("Anfang und Ende gehören zusammen."),
        "both": _("Entweder ein benannter Zeitraum oder zwei Daten."),
    }[code]
