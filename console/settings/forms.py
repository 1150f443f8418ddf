"""Forms of the settings. The services have the last word; what they refuse appears beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.keys import SCOPES
from directory.models import LANGUAGES, Person, School
from process.schema import Role

SEAT_PLACES = 4
AS_LEARNED = _("0 heisst: wie gelernt, sobald genug gehört wurde.")
MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def draft_of(request: HttpRequest) -> str:
    """The name under which the browser keeps what was typed on this page, to be forgotten once it is saved."""
    return f"settings{request.path}"


class Entry(forms.Form):
    """A form that shows what a service refused."""

    def refuse(self, errors: Mapping[str, list[str]]) -> None:
        """Puts each refusal beside its field, the rest on top."""
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


class PersonForm(Entry):
    """A person and the roles they hold (P-1.1)."""

    first_name = forms.CharField(label=_("Vorname"), max_length=150)
    last_name = forms.CharField(label=_("Nachname"), max_length=150)
    username = forms.CharField(label=_("Benutzername"), max_length=150)
    email = forms.EmailField(label=_("E-Mail"))
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Sprache"), choices=LANGUAGES, initial="de")
    roles = forms.MultipleChoiceField(label=_("Rollen"), required=False, widget=forms.CheckboxSelectMultiple)
    absent_until = forms.DateTimeField(label=_("Abwesend bis"), required=False, widget=MOMENT)
    is_active = forms.BooleanField(label=_("Darf sich anmelden"), required=False, initial=True)
    password = forms.CharField(
        label=_("Neues Passwort"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("Mindestens 12 Zeichen. Leer lassen, wenn es bleiben soll."),
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "de"
        self.fields["roles"].choices = [(role.key, role.label.in_(language)) for role in roles]  # type: ignore[attr-defined]


class SecondFactorForm(Entry):
    """Why somebody's second factor goes."""

    reason = forms.CharField(
        label=_("Begründung"),
        max_length=500,
        help_text=_(
            "Bis zu einem neuen zweiten Faktor genügt das Passwort. Alle Sitzungen der Person enden; sie wird "
            "benachrichtigt und liest die Begründung."
        ),
    )


class TeamForm(Entry):
    """A team and its people."""

    key = forms.SlugField(label=_("Kürzel"), max_length=40)
    name_de = forms.CharField(label=_("Name deutsch"), max_length=80)
    name_en = forms.CharField(label=_("Name englisch"), max_length=80)
    role = forms.ChoiceField(label=_("Handelt in der Rolle"))
    members = forms.ModelMultipleChoiceField(
        label=_("Mitglieder"),
        queryset=Person.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "de"
        self.fields["role"].choices = [(role.key, role.label.in_(language)) for role in roles]  # type: ignore[attr-defined]


class SeatForm(Entry):
    """Who sits on a seat of the team. One list per place keeps the order without scripts."""

    def __init__(self, *args: Any, people: Iterable[Person], seated: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in (*people, *seated)}
        self.places = [f"person_{place}" for place in range(max(SEAT_PLACES, len(seated) + 1))]
        choices = [("", "–"), *((pk, person.display_name) for pk, person in self.people.items())]
        for place, name in enumerate(self.places):
            self.fields[name] = forms.ChoiceField(
                label=_("%(place)s. Stellvertretung") % {"place": place} if place else _("Person"),
                choices=choices,
                required=False,
                initial=str(seated[place].pk) if place < len(seated) else "",
            )

    def chosen(self) -> list[Person]:
        """The person and the deputies, in their order."""
        return [self.people[pk] for name in self.places if (pk := self.cleaned_data[name])]

    def refuse(self, errors: Any) -> None:
        """What is wrong with the people stands beside the first of them."""
        super().refuse({self.places[0] if name == "people" else name: texts for name, texts in errors.items()})


class SchoolForm(Entry):
    """A customer."""

    name = forms.CharField(label=_("Name"), max_length=160)
    canton = forms.CharField(
        label=_("Kanton"),
        max_length=2,
        required=False,
        help_text=_("Zwei Buchstaben; er bestimmt die Feiertage. Leer nur in EU oder EWR."),
    )
    city = forms.CharField(label=_("Ort"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-Mail"), required=False)
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Sprache der Meldungen"), choices=LANGUAGES, initial="de")
    project_manager = forms.ModelChoiceField(
        label=_("Projektmanager"), queryset=Person.objects.filter(is_active=True), required=False
    )
    legal_kind = forms.ChoiceField(
        label=_("Rechtliche Art"),
        choices=[("", _("noch nicht geklärt")), *School.LegalKind.choices],
        required=False,
        help_text=_("Mit Kanton und Ort bestimmt sie, welches Datenschutzrecht gilt und wer Meldungen empfängt."),
    )
    legal_note = forms.CharField(
        label=_("Rechtsgrundlage"),
        max_length=500,
        required=False,
        help_text=_("Worauf sich die Art stützt, etwa der Leistungsauftrag."),
    )
    privacy_email = forms.EmailField(
        label=_("E-Mail für Datenschutz"),
        required=False,
        help_text=_("Dorthin gehen Mitteilungen über Datenschutzvorfälle. Leer: an die gewöhnliche Adresse."),
    )
    privacy_phone = forms.CharField(
        label=_("Telefon für Datenschutz"),
        max_length=40,
        required=False,
        help_text=_("Dort wird der Code gesagt, der eine Mitteilung öffnet. Leer: die gewöhnliche Nummer."),
    )
    is_active = forms.BooleanField(label=_("Kundin"), required=False, initial=True)


class SourceForm(Entry):
    """A new ear. Secrets go in and never come out again."""

    kind = forms.ChoiceField(label=_("Art"))
    name = forms.SlugField(label=_("Name"), max_length=40, help_text=_("Steht in der Adresse, z. B. main."))
    title = forms.CharField(label=_("Bezeichnung"), max_length=80, required=False)
    secret = forms.CharField(
        label=_("Geheimnis"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Leer lassen, um eines zu erzeugen; es wird einmal gezeigt."),
    )
    expected_every_min = forms.IntegerField(
        label=_("Alarm nach so vielen Minuten Stille"), min_value=0, max_value=527_040, initial=0, help_text=AS_LEARNED
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class RotateForm(Entry):
    """A new secret; the old one stays valid for a while."""

    secret = forms.CharField(
        label=_("Neues Geheimnis"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Leer lassen, um eines zu erzeugen; es wird einmal gezeigt."),
    )
    grace_hours = forms.IntegerField(label=_("Altes gilt noch (Stunden)"), min_value=0, max_value=168, initial=24)


class RhythmForm(Entry):
    """After how much silence an ear counts as deaf."""

    expected_every_min = forms.IntegerField(
        label=_("Alarm nach so vielen Minuten Stille"), min_value=0, max_value=527_040, help_text=AS_LEARNED
    )
    is_watched = forms.BooleanField(label=_("Stille ist ein Incident"), required=False)


class KeyForm(Entry):
    """A key for a program."""

    name = forms.CharField(label=_("Wofür?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("Darf"), choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateTimeField(label=_("Gültig bis"), required=False, widget=MOMENT)

    def until(self) -> datetime | None:
        """When it ends."""
        return self.cleaned_data.get("expires_at")
