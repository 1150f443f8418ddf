"""What every form of the law shares: fields in the law's own units, days, pairs of languages, and why it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.settings.forms import Entry
from privacy.rules.edits import Path
from privacy.schema import Entry as LawEntry
from privacy.schema import Law
from process.loader import BadDocument

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
MOST = 5000
YEAR_H = 366 * 24
BESIDE = {
    ("valid_from", "valid_to"),
    ("canton", "city"),
    ("report__recommend__due_from", "report__recommend__decide_from"),
}


class Hours(forms.FloatField):
    """Minutes of the law, typed and shown as hours."""

    def __init__(self, **kwargs: Any) -> None:
        refusal = gettext_lazy("Mehr als null und höchstens ein Jahr.")
        bounds = [MinValueValidator(1, refusal), MaxValueValidator(YEAR_H * 60, refusal)]
        super().__init__(required=False, validators=bounds, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Minutes."""
        hours = super().to_python(value)
        return round(hours * 60) if hours is not None and abs(hours) < YEAR_H * 60 else hours

    def prepare_value(self, value: Any) -> Any:
        """Stored minutes as hours; what was typed as it was typed."""
        return f"{value / 60:g}" if isinstance(value, int) else value


class Tags(forms.CharField):
    """Tags of sources, separated by commas."""

    def to_python(self, value: Any) -> Any:
        """The tags, each once."""
        return list(dict.fromkeys(str(value or "").replace(",", " ").split()))

    def prepare_value(self, value: Any) -> Any:
        """Stored tags in one line."""
        return ", ".join(value) if isinstance(value, list) else value


def line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST, **kwargs)


def long_text(label: Any, **kwargs: Any) -> forms.CharField:
    return line(label, widget=forms.Textarea({"rows": 2}), **kwargs)


class LawForm(Entry):
    """What every change of the law needs: why, and that the editor saw the version they change."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("Was ändert sich, und warum?"),
        max_length=500,
        help_text=gettext_lazy("Bei einer Bestätigung auch: wer sie wann gegeben hat. Steht im Verlauf der Fassungen."),
    )

    def rows(self) -> list[list[BoundField]]:
        """What is typed, line by line: both languages and what belongs together stand side by side."""
        found: list[list[BoundField]] = []
        for field in self.visible_fields():
            before = found[-1][-1].name if found else ""
            if (before, field.name) in BESIDE or (before.endswith("__de") and field.name == f"{before[:-2]}en"):
                found[-1].append(field)
            else:
                found.append([field])
        return found

    def refuse_document(self, problem: BadDocument) -> None:
        """Puts what is wrong with the law beside the field it is about, else on top."""
        for found in problem.problems:
            place = found.path.partition("]")[2].strip(".").partition("[")[0].replace(".", "__")
            field = next((name for name in self.fields if place and name.startswith(place)), None)
            self.add_error(field, found.message if field else f"{found.path}: {found.message}")


class EntryForm(LawForm):
    """What regimes, authorities, duties and contents have in common. A field's name is its path in the entry."""

    label__de = line(gettext_lazy("Bezeichnung deutsch"))
    label__en = line(gettext_lazy("Bezeichnung englisch"))
    valid_from = forms.DateField(label=gettext_lazy("Gilt ab"), widget=DAY)
    valid_to = forms.DateField(
        label=gettext_lazy("Gilt bis"),
        widget=DAY,
        required=False,
        help_text=gettext_lazy("Letzter Tag, an dem der Eintrag gilt; leer: bis auf Weiteres."),
    )
    source = Tags(
        label=gettext_lazy("Quellen"), help_text=gettext_lazy("Kürzel, mit Komma getrennt, zum Beispiel L1, P.")
    )
    open_question__de = long_text(gettext_lazy("Offene Frage deutsch"), required=False)
    open_question__en = long_text(gettext_lazy("Offene Frage englisch"), required=False)
    confirmed_by_counsel = forms.BooleanField(
        label=gettext_lazy("Juristisch bestätigt"),
        required=False,
        help_text=gettext_lazy(
            "Gilt für den Wortlaut, wie er hier steht. Ändert er sich, muss er neu bestätigt werden."
        ),
    )
    room = ""
    PAIRS: tuple[str, ...] = ("open_question",)
    LAST = (
        "source",
        "open_question__de",
        "open_question__en",
        "valid_from",
        "valid_to",
        "confirmed_by_counsel",
        "note",
    )

    def __init__(
        self,
        *args: Any,
        law: Law,
        entry: LawEntry | None = None,
        is_successor: bool = False,
        initial: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        self.law, self.entry, self.is_successor = law, entry, is_successor
        data = entry.model_dump() if entry is not None else {}
        if is_successor:
            data |= {"valid_from": None, "valid_to": None, "confirmed_by_counsel": False}
        stored = {name: _at(data, name) for name in self.base_fields} if data else {}
        super().__init__(*args, **{**kwargs, "initial": {**stored, **initial}})
        self.order_fields([*(name for name in self.fields if name not in EntryForm.LAST), *EntryForm.LAST])

    def values(self) -> dict[Path, Any]:
        """What was changed, by its path in the entry."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in LawForm.base_fields}
        before = self.initial if self.entry is not None else {}
        return {
            tuple(name.split("__")): _plain(value)
            for name, value in given.items()
            if (value or None) != (before.get(name) or None) or value == 0
        }

    def clean(self) -> dict[str, Any]:
        """What one field alone cannot see."""
        data = super().clean() or self.cleaned_data
        for name in self.PAIRS:
            both = [f"{name}__{language}" for language in ("de", "en")]
            self.need_all(both, both, _("Bitte in beiden Sprachen, oder in keiner."))
        unknown = sorted(set(data.get("source") or []) - {source.tag for source in self.law.sources})
        if unknown:
            self.add_error("source", _("Diese Quelle gibt es nicht: %(tags)s") % {"tags": ", ".join(unknown)})
        self._check_days(data)
        return data

    def _check_days(self, data: Mapping[str, Any]) -> None:
        first, last = data.get("valid_from"), data.get("valid_to")
        if first is None:
            return
        if last is not None and last < first:
            self.add_error("valid_to", _("Das Ende liegt vor dem Beginn."))
        if self.is_successor and self.entry is not None and first <= self.entry.valid_from:
            self.add_error("valid_from", _("Das neue Recht muss später beginnen als das bisherige."))
        elif self.entry is not None:
            same: Iterable[LawEntry] = (each for each in getattr(self.law, self.room) if each.key == self.entry.key)
            days = self.entry.model_copy(update={"valid_from": first, "valid_to": last})
            if any(each is not self.entry and _meet(each, days) for each in same):
                self.add_error("valid_from", _("In dieser Zeit gilt bereits ein anderer Eintrag dazu."))

    def need_all(self, if_any: Iterable[str], names: Iterable[str], why: str) -> None:
        """Refuses what is empty of `names` once something of `if_any` is filled."""
        filled = {name for name in (*if_any, *names) if self.cleaned_data.get(name) not in (None, "")}
        if filled & set(if_any):
            for name in names:
                if name not in filled and name not in self.errors:
                    self.add_error(name, why)


def _meet(one: LawEntry, other: LawEntry) -> bool:
    return one.holds_on(other.valid_from) or other.holds_on(one.valid_from)


def _at(data: Any, name: str) -> Any:
    for step in name.split("__"):
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
