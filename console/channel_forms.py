"""Forms of «Benachrichtigungen»."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.on_call_forms import TIME, WEEKDAYS
from console.settings.forms import Entry
from directory.models import Person
from notifications.registry import CHANNELS
from notifications.rules.reach import Quiet, Reach


class ReachForm(Entry):
    """Channels for what is urgent and for the rest, and quiet hours."""

    urgent = forms.MultipleChoiceField(
        label=_("Dringendes"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Rufe zu kritischen und hohen Incidents, Alarme und alles zu einem Major Incident, auch nachts."),
    )
    other = forms.MultipleChoiceField(label=_("Alles andere"), widget=forms.CheckboxSelectMultiple, required=False)
    quiet_start = forms.TimeField(label=_("Ruhezeit von"), required=False, widget=TIME)
    quiet_end = forms.TimeField(
        label=_("bis"),
        required=False,
        widget=TIME,
        help_text=_("Was nicht dringend ist, wartet bis dahin. Leer lassen für keine Ruhezeit."),
    )
    quiet_days = forms.MultipleChoiceField(
        label=_("Beginnt am"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        reach = Reach.read(person.reach)
        quiet = reach.quiet
        initial = {
            "urgent": sorted(reach.urgent),
            "other": sorted(reach.other),
            "quiet_start": quiet.start if quiet else None,
            "quiet_end": quiet.end if quiet else None,
            "quiet_days": [str(day) for day in sorted(quiet.days)] if quiet else [day for day, _name in WEEKDAYS],
        }
        super().__init__(data, initial=initial)
        choices = [(key, channel.label) for key, channel in CHANNELS.items() if channel.connect]
        self.fields["urgent"].choices = self.fields["other"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end, or there are none."""
        data = super().clean() or {}
        given = [name for name in ("quiet_start", "quiet_end") if data.get(name) is not None]
        if len(given) == 1:
            missing = "quiet_end" if given == ["quiet_start"] else "quiet_start"
            self.add_error(missing, _("Eine Ruhezeit braucht Anfang und Ende."))
        return data

    def choice(self) -> dict[str, Any]:
        """What `lifecycle.channels.choose` takes."""
        data = self.cleaned_data
        days = frozenset(int(day) for day in data["quiet_days"])
        has_quiet = data["quiet_start"] is not None
        quiet = Quiet(data["quiet_start"], data["quiet_end"], days) if has_quiet else None
        return {"urgent": data["urgent"], "other": data["other"], "quiet": quiet}


class WebhookForm(Entry):
    """Where messages are posted to."""

    url = forms.CharField(
        label=_("Adresse"),
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://example.org/eingang"}),
        help_text=_(
            "Jede Mitteilung wird hierhin gesendet, signiert nach Standard Webhooks. Dieselbe Adresse noch einmal gibt "
            "ein neues Geheimnis; das alte gilt noch einen Tag."
        ),
    )
