"""Forms of the public status page. The verbs have the last word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.settings.forms import MOMENT, Entry
from directory.models import Module
from lifecycle.public_status import STEPS
from statuspage.models import Component, Notice
from statuspage.rules.condition import OPERATIONAL

ROWS = forms.Textarea({"rows": 4})


class PageForm(Entry):
    """A page and its address."""

    slug = forms.SlugField(label=_("Adresse"), max_length=40, help_text=_("Steht hinter /status/, z. B. escola."))
    name_de = forms.CharField(label=_("Name deutsch"), max_length=80)
    name_en = forms.CharField(label=_("Name englisch"), max_length=80)


class ComponentForm(Entry):
    """A service as schools know it."""

    name_de = forms.CharField(label=_("Name deutsch"), max_length=80)
    name_en = forms.CharField(label=_("Name englisch"), max_length=80, required=False)
    module = forms.ModelChoiceField(label=_("Modul"), queryset=Module.objects.all(), required=False)
    position = forms.IntegerField(label=_("Reihenfolge"), min_value=0, max_value=9999, initial=100)
    is_active = forms.BooleanField(label=_("Auf der Seite zeigen"), required=False, initial=True)


class WordForm(Entry):
    """What is said in both languages, and how the services are."""

    text_de = forms.CharField(label=_("Text deutsch"), widget=ROWS, max_length=5000)
    text_en = forms.CharField(label=_("Text englisch"), widget=ROWS, max_length=5000, required=False)

    def __init__(self, *args: Any, components: Iterable[Component], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {f"service_{component.pk}": component for component in components}
        for name, component in self.services.items():
            self.fields[name] = forms.ChoiceField(
                label=str(component), choices=Component.State.choices, required=False, initial=OPERATIONAL
            )

    def text(self) -> tuple[str, str]:
        """German and English."""
        return self.cleaned_data["text_de"], self.cleaned_data["text_en"]

    def affected(self) -> dict[int, str]:
        """The services that are not well."""
        chosen = {component.pk: self.cleaned_data[name] for name, component in self.services.items()}
        return {pk: state for pk, state in chosen.items() if state not in ("", OPERATIONAL)}


class NoticeForm(WordForm):
    """A new notice."""

    field_order = ("kind", "title_de", "title_en", "text_de", "text_en", "started_at", "planned_until")
    kind = forms.ChoiceField(label=_("Art"), choices=Notice.Kind.choices)
    title_de = forms.CharField(label=_("Titel deutsch"), max_length=140)
    title_en = forms.CharField(label=_("Titel englisch"), max_length=140, required=False)
    started_at = forms.DateTimeField(
        label=_("Beginn"), required=False, widget=MOMENT, help_text=_("Leer heisst: jetzt. Nur Wartung liegt voraus.")
    )
    planned_until = forms.DateTimeField(label=_("Wartung bis"), required=False, widget=MOMENT)


class UpdateForm(WordForm):
    """A further word; the last one ends the notice."""

    field_order = ("state", "text_de", "text_en")
    state = forms.ChoiceField(label=_("Stand"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(Notice.State.choices)
        self.fields["state"].choices = [(step, words[step]) for step in STEPS[kind]]  # type: ignore[attr-defined]
