"""Forms of the on-call rotas: the rota, a layer, an override, a swap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console.settings.forms import MOMENT, Entry
from directory.models import Person
from escalation.models import RotaLayer
from escalation.rules.oncall import Layer
from process.schema import Role

WEEKDAYS = [
    ("0", _("Montag")),
    ("1", _("Dienstag")),
    ("2", _("Mittwoch")),
    ("3", _("Donnerstag")),
    ("4", _("Freitag")),
    ("5", _("Samstag")),
    ("6", _("Sonntag")),
]
PLACES = 6
CALENDAR_BYTES = 1_000_000
TIME = forms.TimeInput({"type": "time"}, format="%H:%M")
NOBODY: list[tuple[str, str]] = [("", "–")]


def _choices(people: Iterable[Person]) -> list[tuple[str, str]]:
    return [(str(person.pk), person.display_name) for person in people]


class RotaForm(Entry):
    """Whose rota, and where its clocks stand."""

    role = forms.ChoiceField(label=_("Rolle"))
    time_zone = forms.ChoiceField(
        label=_("Zeitzone"),
        initial="Europe/Zurich",
        choices=[(name, name) for name in sorted(available_timezones()) if "/" in name],
        help_text=_("Übergaben behalten ihre Uhrzeit, auch wenn die Uhren umgestellt werden."),
    )

    def __init__(self, *args: Any, roles: Iterable[Role] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if roles is None:
            del self.fields["role"]
            return
        language = get_language() or "de"
        self.fields["role"].choices = [(role.key, role.label.in_(language)) for role in roles]  # type: ignore[attr-defined]


class LayerForm(Entry):
    """Who takes turns, from when, and in which hours. One list per place keeps the order without scripts."""

    every_days = forms.TypedChoiceField(label=_("Übergabe"), choices=RotaLayer.Every.choices, coerce=int, initial=7)
    first = forms.DateField(
        label=_("Erste Übergabe"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Ihr Wochentag gilt auch für die folgenden."),
    )
    hand_over = forms.TimeField(label=_("Uhrzeit der Übergabe"), widget=TIME, initial="08:00")
    weekdays = forms.MultipleChoiceField(
        label=_("Gilt an"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        initial=[day for day, _name in WEEKDAYS],
    )
    opens = forms.TimeField(label=_("Von"), widget=TIME, initial="00:00")
    closes = forms.TimeField(
        label=_("Bis"),
        widget=TIME,
        initial="00:00",
        help_text=_("Nicht später als «Von»: bis zum nächsten Tag. Gleich: rund um die Uhr."),
    )

    def __init__(self, *args: Any, people: Iterable[Person], layer: RotaLayer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = list(layer.members.all()) if layer else []
        self.people = {str(person.pk): person for person in (*people, *(member.person for member in members))}
        self.places = [f"person_{place}" for place in range(1, max(PLACES, len(members) + 2) + 1)]
        for place, name in enumerate(self.places):
            self.fields[name] = forms.ChoiceField(
                label=_("%(place)s. Person") % {"place": place + 1},
                choices=[*NOBODY, *_choices(self.people.values())],
                required=place == 0,
                initial=str(members[place].person_id) if place < len(members) else "",
            )
        self.order_fields(self.places)

    def facts(self) -> dict[str, Any]:
        """What the verb takes."""
        data = self.cleaned_data
        layer = Layer(
            people=(),
            first=data["first"],
            hand_over=data["hand_over"],
            every_days=data["every_days"],
            weekdays=frozenset(int(day) for day in data["weekdays"]),
            opens=data["opens"],
            closes=data["closes"],
        )
        return {"facts": layer, "people": [self.people[data[name]] for name in self.places if data[name]]}

    @staticmethod
    def as_is(layer: RotaLayer | None) -> dict[str, Any]:
        """A layer as initial values."""
        if layer is None:
            return {}
        names = ("every_days", "first", "hand_over", "opens", "closes")
        return {name: getattr(layer, name) for name in names} | {"weekdays": [str(day) for day in layer.weekdays]}


class OverrideForm(Entry):
    """Somebody is on call for a while."""

    person = forms.ChoiceField(label=_("Wer übernimmt?"))
    start = forms.DateTimeField(label=_("Von"), widget=MOMENT)
    end = forms.DateTimeField(label=_("Bis"), widget=MOMENT)
    reason = forms.CharField(label=_("Begründung"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["person"].choices = _choices(self.people.values())  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What the verb takes."""
        return self.cleaned_data | {"person": self.people[self.cleaned_data["person"]]}


class SwapForm(Entry):
    """Two turns change hands. A turn is named by its end."""

    one = forms.ChoiceField(label=_("Dieser Dienst"))
    other = forms.ChoiceField(label=_("gegen diesen"))
    reason = forms.CharField(label=_("Begründung"), max_length=200, required=False)

    def __init__(
        self, *args: Any, mine: list[tuple[str, str]], all_turns: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["one"].choices = mine  # type: ignore[attr-defined]
        self.fields["other"].choices = all_turns  # type: ignore[attr-defined]


class CalendarForm(Entry):
    """Shifts that are planned in another program."""

    file = forms.FileField(
        label=_("Kalenderdatei (.ics)"),
        widget=forms.ClearableFileInput({"accept": ".ics,text/calendar"}),
        help_text=_(
            "Jeder Eintrag wird ein Einsatz der Person, die als Teilnehmer oder im Titel steht. Was schon eingetragen "
            "ist, wird nicht verdoppelt."
        ),
    )

    def clean_file(self) -> bytes:
        """What is in the file."""
        given = self.cleaned_data["file"]
        if given.size > CALENDAR_BYTES:
            raise forms.ValidationError(_("Die Datei ist zu gross: höchstens 1 MB."))
        return bytes(given.read())
