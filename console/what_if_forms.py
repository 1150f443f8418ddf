"""The form of «Was wäre, wenn …?»: the targets as a table, or the sections as YAML for who knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from console.rings import kind_name
from console.settings.forms import Entry
from core.text import clean
from incidents.models import PriorityChoice
from process.edited import read_sections, sections_of
from process.loader import MAX_BYTES, BadDocument, Problem, decode
from process.schema import Document

LONGEST_MIN = 60 * 24 * 366


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A promise as a line of the table."""

    clock: str
    whom: str
    minutes: BoundField
    calendar: BoundField


class WhatIfForm(Entry):
    """Minutes and calendar of every target, or a text that says more."""

    text = forms.CharField(
        label=_("Abschnitte sla und calendars (YAML)"),
        widget=forms.Textarea({"rows": 14, "spellcheck": "false", "class": "mono"}),
        required=False,
        strip=False,
        help_text=_("Steht hier etwas, gilt es statt der Tabelle."),
    )
    file = forms.FileField(
        label=_("Oder als Datei"), required=False, help_text=_("Eine Datei geht dem Text im Feld vor.")
    )
    problems: tuple[Problem, ...] = ()

    def __init__(self, *args: Any, document: Document, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections_of(document)
        self.language = language
        calendars = [(calendar.key, calendar.label.in_(language)) for calendar in document.calendars]
        for place, target in enumerate(self.targets):
            self.fields[f"minutes_{place}"] = forms.IntegerField(
                label=_("Minuten"),
                min_value=1,
                max_value=LONGEST_MIN,
                initial=target["target_min"],
                required=target["target_min"] is not None,
            )
            self.fields[f"calendar_{place}"] = forms.ChoiceField(
                label=_("Kalender"), choices=calendars, initial=target["calendar"]
            )

    @property
    def targets(self) -> list[dict[str, Any]]:
        """The document's targets as plain values."""
        found: list[dict[str, Any]] = self.sections["sla"]["targets"]
        return found

    def rows(self) -> list[TargetRow]:
        """The lines of the table."""
        return [
            TargetRow(
                clock=kind_name(target["clock"]),
                whom=_whom(target),
                minutes=self[f"minutes_{place}"],
                calendar=self[f"calendar_{place}"],
            )
            for place, target in enumerate(self.targets)
        ]

    def as_yaml(self) -> str:
        """The sections in force as a text to begin with."""
        return yaml.safe_dump(self.sections, allow_unicode=True, sort_keys=False, width=110)

    def clean(self) -> dict[str, Any]:
        """A text that is there counts instead of the table: its fields need not be right then."""
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        try:
            text = decode(file.read(MAX_BYTES + 1)) if file else data.get("text", "")
            if text.strip():
                self.data = {**self.data.dict(), "text": clean(text)}  # type: ignore[attr-defined]
                for name in [name for name in self.errors if name.startswith(("minutes_", "calendar_"))]:
                    del self.errors[name]
                data["sections"] = read_sections(text)
        except BadDocument as problem:
            self.problems = tuple(problem.problems)
            self.add_error(None, _("So kann der Text nicht gelten."))
        return data

    def asked(self) -> dict[str, Any]:
        """The sections somebody asks about."""
        data = self.cleaned_data
        if "sections" in data:
            return dict(data["sections"])
        edited = [
            target | _length(data[f"minutes_{place}"]) | {"calendar": data[f"calendar_{place}"]}
            for place, target in enumerate(self.targets)
        ]
        return {"sla": self.sections["sla"] | {"targets": edited}}

    def refuse(self, errors: Mapping[str, list[str]]) -> None:
        """What loading such a document would refuse, by its path."""
        paths = [Problem(0, path, text) for path, texts in errors.items() for text in texts if path]
        self.problems = tuple(paths)
        self.add_error(None, _("So kann der Text nicht gelten."))
        for text in errors.get("", []):
            self.add_error(None, text)


def _length(minutes: int | None) -> dict[str, Any]:
    """What the field says; nothing for a promise of business days that stays one."""
    return {"target_min": minutes, "business_days": None} if minutes else {}


def _whom(target: Mapping[str, Any]) -> str:
    """For which incidents a target is meant: its priorities, and every other condition by its value."""
    conditions = dict(target.get("when") or {"priority": [target["priority"]]})
    priorities = conditions.pop("priority", None) or []
    names = [str(PriorityChoice(priority).label) for priority in priorities]
    for name, value in conditions.items():
        if value not in (None, [], False):
            names.append(f"{name}: {', '.join(map(str, value))}" if isinstance(value, list) else f"{name}: {value}")
    return ", ".join(names) or str(_("alle"))
