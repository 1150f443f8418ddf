"""The forms of a major's room (§6.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, choice, row, text
from directory.selectors import people_with_any_role, schools
from incidents.models import RoomRole
from incidents.models import SituationNote as Note
from incidents.room import schools_of
from lifecycle.access import ALL


class TakeRole(VerbForm):
    """Which role."""

    from_address = ("role",)
    role = forms.ChoiceField(label=_("Rolle"), choices=RoomRole.Role.choices, widget=forms.RadioSelect)


class HandOver(TakeRole):
    """Which role, to whom."""

    person_id = choice(_("An wen?"), help_text=_("Die Person wird benachrichtigt."))

    def prepare(self) -> None:
        """Everybody who works at incidents."""
        people = people_with_any_role(ALL)
        self.fields["person_id"].choices += [(str(person.pk), person.display_name) for person in people]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Role and person."""
        return {"role": self.cleaned_data["role"], "person_id": int(self.cleaned_data["person_id"])}


class SituationNote(VerbForm):
    """A line of the situation; `key` and `noted_at` are the browser's, which may have waited for a connection."""

    kind = forms.ChoiceField(
        label=_("Was ist es?"), choices=Note.Kind.choices, widget=forms.RadioSelect, initial=Note.Kind.CONDITION
    )
    text = text(_("Text"), rows=3, max_length=5000)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    noted_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class SituationDone(VerbForm):
    """Which action or need."""

    from_address = ("note",)
    note = row()


class Decide(VerbForm):
    """What was decided, and why."""

    decision = text(_("Was wurde entschieden?"), rows=3, max_length=5000)
    grounds = text(_("Warum?"), rows=3, max_length=5000, required=False)


class SchoolsHit(VerbForm):
    """The schools that are hit. `seen` is what the person saw, so that what others changed meanwhile stays."""

    schools = forms.MultipleChoiceField(
        label=_("Welche Schulen sind betroffen?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aus Incident, angehängten Incidents und Kontakten; hier ergänzen oder wegnehmen."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """All schools, those that are hit ticked."""
        hit = [str(entry.school.pk) for entry in schools_of(self.incident)]
        self.fields["schools"].choices = [(str(school.pk), school.name) for school in schools()]  # type: ignore[attr-defined]
        self.initial.update(schools=hit, seen=",".join(hit))

    def facts(self) -> dict[str, Any]:
        """What was ticked and unticked."""
        seen = {int(pk) for pk in self.cleaned_data["seen"].split(",") if pk.isdecimal() and len(pk) < 19}
        wanted = {int(pk) for pk in self.cleaned_data["schools"]}
        return {"add": sorted(wanted - seen), "remove": sorted(seen - wanted)}
