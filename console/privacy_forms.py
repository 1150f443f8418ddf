"""Forms of a data-protection case. The verbs have the last word; what they refuse appears beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.settings.forms import Entry
from directory.models import Person
from directory.selectors import people
from privacy.models import Case
from privacy.selectors import readers_of

LONG = forms.Textarea({"rows": 5})


class CaseForm(Entry):
    """What a verb needs besides the case; the version makes sure nobody decides about what they have not seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    from_address: tuple[str, ...] = ()
    """Fields a link to the form may fill in."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["version"].initial = case.version

    def facts(self) -> dict[str, Any]:
        """The verb's arguments."""
        return self.cleaned_data


class NoteForm(CaseForm):
    """A text kept in the case."""

    text = forms.CharField(label=_("Notiz"), widget=forms.Textarea({"rows": 2}), max_length=20_000)


class DismissForm(CaseForm):
    """Why it is none (P-7.2)."""

    reason = forms.CharField(
        label=_("Warum ist es kein Datenschutzvorfall?"),
        widget=LONG,
        max_length=20_000,
        help_text=_("Was zurückgehalten war, steht danach wieder im Incident und ist für alle lesbar."),
    )


class LetReadForm(CaseForm):
    """Who needs to know, and what for (P-7.5)."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    reason = forms.CharField(label=_("Wozu braucht diese Person den Fall?"), max_length=500)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        there = [reader.person_id for reader in readers_of(case)]
        self.fields["person"].queryset = people().exclude(pk__in=there)  # type: ignore[attr-defined]


class StopReadingForm(CaseForm):
    """Who need not know any more."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        there = [reader.person_id for reader in readers_of(case)]
        self.fields["person"].queryset = Person.objects.filter(pk__in=there)  # type: ignore[attr-defined]
