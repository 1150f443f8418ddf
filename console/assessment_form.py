"""The form of the first assessment (F1, P-7.2): every question has an answer, «noch unbekannt», or none yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from console.privacy_forms import CaseForm
from console.settings.forms import MOMENT
from privacy.rules.assessment import (
    REQUIRED,
    Assessment,
    BreachType,
    Harm,
    PersonCategory,
    to_json,
)
from privacy.rules.severity import Context, DataCategory, Ease, Loss

UNKNOWN = {"unknown": True}
LINE, WORDS = forms.TextInput(), forms.Textarea({"rows": 3})
YES_NO = [("", "–"), ("true", _("Ja")), ("false", _("Nein"))]
WORDS_OF: dict[StrEnum, Any] = {
    BreachType.CONFIDENTIALITY: _("Vertraulichkeit: Unbefugte konnten sie lesen"),
    BreachType.INTEGRITY: _("Integrität: sie wurden verändert"),
    BreachType.AVAILABILITY: _("Verfügbarkeit: sie waren nicht da"),
    Harm.LOST: _("verloren"),
    Harm.DELETED: _("gelöscht"),
    Harm.DESTROYED: _("vernichtet"),
    Harm.ALTERED: _("verändert"),
    Harm.DISCLOSED: _("offengelegt"),
    Harm.ACCESSIBLE: _("zugänglich gemacht"),
    DataCategory.CONTACT: _("Namen, Klassen, Adressen, Kontakte"),
    DataCategory.PERFORMANCE: _("Noten, Absenzen, Disziplin"),
    DataCategory.FINANCE: _("Gebühren, Löhne"),
    DataCategory.SENSITIVE: _("Förderbedarf, Gesundheit, Religion, Kindesschutz"),
    DataCategory.CREDENTIALS: _("Zugangsdaten"),
    PersonCategory.PUPILS: _("Schülerinnen und Schüler"),
    PersonCategory.PARENTS: _("Eltern"),
    PersonCategory.STAFF: _("Personal"),
    PersonCategory.AUTHORITIES: _("Behörden"),
    Context.LARGE_VOLUME: _("grosse Menge"),
    Context.MINORS: _("Minderjährige oder andere Schutzbedürftige"),
    Context.LONG_PROFILE: _("Profil über ein Jahr oder länger"),
    Context.PUBLIC: _("ohnehin öffentlich"),
    Context.INVALID: _("veraltet oder falsch"),
    Ease.NEGLIGIBLE: _("kaum erkennbar, um wen es geht"),
    Ease.LIMITED: _("schwer erkennbar"),
    Ease.SIGNIFICANT: _("recht leicht erkennbar"),
    Ease.MAXIMUM: _("sofort erkennbar"),
    Loss.NONE: _("nein"),
    Loss.PARTIAL: _("teilweise"),
    Loss.FULL: _("ganz"),
}


def choices(kind: type[StrEnum]) -> list[tuple[str, Any]]:
    """Options in the order of the rules."""
    return [(entry.value, WORDS_OF[entry]) for entry in kind]


def several(label: Any, kind: type[StrEnum], **kwargs: Any) -> forms.MultipleChoiceField:
    """Any number of them."""
    return forms.MultipleChoiceField(
        label=label, choices=choices(kind), widget=forms.CheckboxSelectMultiple, required=False, **kwargs
    )


def yes_no(label: Any, **kwargs: Any) -> forms.ChoiceField:
    """Yes, no, or no answer yet."""
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, **kwargs)


def moment(label: Any) -> forms.DateTimeField:
    """An instant."""
    return forms.DateTimeField(label=label, required=False, widget=MOMENT)


def words(label: Any, widget: forms.Widget = WORDS, **kwargs: Any) -> forms.CharField:
    """Own words."""
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, **kwargs)


def count(label: Any) -> forms.IntegerField:
    """How many."""
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=10**9)


FIELDS: dict[str, forms.Field] = {
    "aware_at": moment(_("Seit wann wissen wir davon?")),
    "occurred_from": moment(_("Geschehen ab")),
    "occurred_to": moment(_("Geschehen bis")),
    "detected_by": words(_("Wer hat es bemerkt?"), LINE),
    "detected_how": words(_("Wie wurde es bemerkt?")),
    "breach_types": several(_("Was ist verletzt?"), BreachType),
    "harms": several(_("Was ist mit den Daten geschehen? (Art. 5 Bst. h DSG)"), Harm),
    "ongoing": yes_no(_("Dauert es noch an?")),
    "contained_at": moment(_("Eingedämmt seit")),
    "data_categories": several(_("Welche Daten?"), DataCategory),
    "records": count(_("Ungefähr wie viele Datensätze?")),
    "person_categories": several(_("Wessen Daten?"), PersonCategory),
    "minors": yes_no(_("Sind Minderjährige darunter?")),
    "persons": count(_("Ungefähr wie viele Personen?")),
    "own_data": yes_no(_("Sind eigene Daten der Firma darunter (Personal, Kontakte)?")),
    "unintelligible": yes_no(_("Waren die Daten verschlüsselt oder sonst unlesbar?")),
    "key_compromised": yes_no(_("Ist der Schlüssel betroffen?")),
    "recipients": words(_("Bei wem sind die Daten?")),
    "recipients_trusted": yes_no(_("Sind das bekannte, vertrauenswürdige Empfänger?")),
    "consequences": words(_("Wahrscheinliche Folgen für die Personen")),
    "measures_taken": words(_("Getroffene Massnahmen")),
    "measures_planned": words(_("Geplante Massnahmen")),
    "criminal_suspicion": yes_no(_("Verdacht auf eine kriminelle Handlung?")),
    "cyber_attack": yes_no(_("Ein Cyberangriff?")),
    "attack_kind": words(_("Art und Ausführung des Angriffs"), WORDS),
    "attacker": words(_("Was ist über die Angreifer bekannt?"), WORDS),
    "extortion": yes_no(_("Erpressung, Drohung oder Nötigung?")),
    "effect": words(_("Auswirkung auf das Funktionieren der Organisation"), WORDS),
    "critical_infrastructure": yes_no(
        _("Im Geltungsbereich der Meldepflicht für kritische Infrastrukturen?"),
        help_text=_("Im Zweifel ja. Ein Nein braucht einen Rechtsgrund im Entscheid zur Pflicht."),
    ),
    "review_at": moment(_("Wann wird das wieder angesehen?")),
}
SCORES: dict[str, forms.Field] = {
    "score_context": several(_("Was macht dieselben Daten schwerer oder leichter?"), Context),
    "score_ease": forms.ChoiceField(
        label=_("Wie leicht führen sie zu einer Person?"), choices=[("", "–"), *choices(Ease)], required=False
    ),
    "score_confidentiality": forms.ChoiceField(
        label=_("Vertraulichkeit verloren"), choices=choices(Loss), required=False
    ),
    "score_integrity": forms.ChoiceField(label=_("Integrität verloren"), choices=choices(Loss), required=False),
    "score_availability": forms.ChoiceField(label=_("Verfügbarkeit verloren"), choices=choices(Loss), required=False),
    "score_malicious": forms.BooleanField(label=_("In böser Absicht"), required=False),
}
ASKED_AGAIN = ("review_at",)
"""Questions without «noch unbekannt»."""
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Was ist geschehen?"), ("aware_at", "occurred_from", "occurred_to", "detected_by", "detected_how")),
    (_("Art der Verletzung"), ("breach_types", "harms", "ongoing", "contained_at")),
    (_("Umfang"), ("data_categories", "records", "person_categories", "minors", "persons", "own_data")),
    (_("Wer hat die Daten?"), ("unintelligible", "key_compromised", "recipients", "recipients_trusted")),
    (_("Schwere nach ENISA"), tuple(SCORES)),
    (_("Folgen und Massnahmen"), ("consequences", "measures_taken", "measures_planned")),
    (_("Weitere Pflichten"), ("criminal_suspicion", "cyber_attack", "critical_infrastructure", "review_at")),
    (_("Falls es ein Cyberangriff ist"), ("attack_kind", "attacker", "extortion", "effect")),
)
TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Question:
    """A field of the form and its «noch unbekannt»."""

    field: forms.BoundField
    unknown: forms.BoundField | None


class AssessmentForm(CaseForm):
    """All of F1 but what a decision writes; the affected schools stand on a page of their own."""

    marks_required = True
    """Which questions are needed is said beside them; none keeps the form from being saved."""

    def __init__(self, *args: Any, case: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        there = json.loads(to_json(assessment))
        for name, field in FIELDS.items():
            self.fields[name] = _fresh(field)
            if name not in ASKED_AGAIN:
                self.fields[f"{name}_unknown"] = forms.BooleanField(label=_("noch unbekannt"), required=False)
            self._show(name, there[name], getattr(assessment, name))
            if name in REQUIRED:
                self.fields[name].label = format_lazy("{} *", field.label)
        for name, field in SCORES.items():
            self.fields[name] = _fresh(field)
        self.fields["schools_none"] = forms.BooleanField(label=_("Keine Schule ist betroffen"), required=False)
        self.fields["schools_unknown"] = forms.BooleanField(
            label=_("Welche Schulen betroffen sind, ist noch unbekannt"), required=False
        )
        self.initial["schools_none"] = there["schools"] == []
        self.initial["schools_unknown"] = there["schools"] == UNKNOWN
        self._show_scores(there["scores"])

    def _show(self, name: str, stored: Any, value: Any) -> None:
        if stored == UNKNOWN:
            self.initial[f"{name}_unknown"] = True
        elif isinstance(stored, bool):
            self.initial[name] = "true" if stored else "false"
        elif isinstance(self.fields[name], forms.DateTimeField) and stored:
            self.initial[name] = localtime(value)
        else:
            self.initial[name] = stored

    def _show_scores(self, scores: Any) -> None:
        if isinstance(scores, dict) and scores != UNKNOWN:
            self.initial.update({f"score_{name}": value for name, value in scores.items()})

    @property
    def sections(self) -> Iterator[tuple[Any, list[Question]]]:
        """The form as it is asked, section by section."""
        for title, names in SECTIONS:
            yield title, [self._question(name) for name in names]

    def _question(self, name: str) -> Question:
        unknown = f"{name}_unknown"
        return Question(self[name], self[unknown] if unknown in self.fields else None)

    def clean(self) -> dict[str, Any]:
        """An answer and «noch unbekannt» exclude each other."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in FIELDS:
            if cleaned.get(f"{name}_unknown") and cleaned.get(name) not in (None, "", []):
                self.add_error(name, _("Entweder eine Angabe oder «noch unbekannt»."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The verb's arguments."""
        answers = {name: self._answer(name) for name in FIELDS}
        answers["scores"] = self._scores(answers)
        if self.cleaned_data["schools_unknown"]:
            answers["schools"] = UNKNOWN
        elif self.cleaned_data["schools_none"]:
            answers["schools"] = []
        return {"answers": answers, "version": self.cleaned_data["version"]}

    def _answer(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        if self.cleaned_data.get(f"{name}_unknown"):
            return UNKNOWN
        if value in (None, "", []):
            return None
        if isinstance(value, str) and value in TRUTH and isinstance(self.fields[name], forms.ChoiceField):
            return TRUTH[value]
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _scores(self, answers: dict[str, Any]) -> Any:
        """What the severity is made of; nothing before somebody said how easily the data lead to a person."""
        given = self.cleaned_data
        categories = answers["data_categories"]
        if not given["score_ease"] or not isinstance(categories, list):
            return None
        persons = answers["persons"]
        return {
            "categories": categories,
            "context": given["score_context"],
            "ease": given["score_ease"],
            **{name: given[f"score_{name}"] or "none" for name in ("confidentiality", "integrity", "availability")},
            "malicious": given["score_malicious"],
            "over_100_persons": isinstance(persons, int) and persons > 100,
            "unintelligible": answers["unintelligible"] is True and answers["key_compromised"] is False,
        }


def _fresh(field: forms.Field) -> forms.Field:
    """A field of its own for one form, as Django does with those a class declares."""
    return deepcopy(field)
