"""The form of a heartbeat."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.settings.forms import Entry
from directory.models import Module
from heartbeats.models import Heartbeat
from heartbeats.rules.schedule import Rhythm, Schedule


class HeartbeatForm(Entry):
    """What is agreed. The verb has the last word on it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    rhythm = forms.ChoiceField(label=_("Erwartet"), choices=Heartbeat.Written.choices, initial="period")
    period_s = forms.IntegerField(
        label=_("Sekunden"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        initial=86_400,
        help_text=_("3600 ist eine Stunde, 86400 ein Tag."),
    )
    expression = forms.CharField(
        label=_("Ausdruck"),
        max_length=100,
        required=False,
        help_text=_("Cron: 30 2 * * *. OnCalendar: Mon..Fri 06:00."),
    )
    time_zone = forms.CharField(label=_("Zeitzone"), max_length=60, required=False, initial="Europe/Zurich")
    grace_s = forms.IntegerField(
        label=_("Nachfrist in Sekunden"),
        min_value=0,
        max_value=2**31 - 1,
        initial=3600,
        help_text=_("So lange gilt er als verspätet; so lange darf ein begonnener Lauf dauern."),
    )
    fails = forms.IntegerField(label=_("Ausgefallen, wenn so viele"), min_value=1, max_value=20, initial=1)
    of = forms.IntegerField(label=_("der letzten Läufe fehlschlagen"), min_value=1, max_value=20, initial=1)
    kind = forms.ChoiceField(label=_("Art"), choices=Heartbeat.Kind.choices, initial="error")
    severity = forms.ChoiceField(label=_("Schwere"), choices=Heartbeat.Severity.choices, initial="high")
    module = forms.ModelChoiceField(label=_("Modul"), queryset=Module.objects.filter(is_active=True), required=False)
    parent = forms.ModelChoiceField(
        label=_("Hängt ab von"),
        queryset=Heartbeat.objects.none(),
        required=False,
        help_text=_("Ist jener ausgefallen, gibt es für diesen keinen eigenen Incident."),
    )
    is_backup = forms.BooleanField(
        label=_("Ist eine Sicherung"), required=False, help_text=_("Ihr letzter Erfolg ist unser jüngster Stand.")
    )
    only_post = forms.BooleanField(
        label=_("Nur POST zählt"), required=False, help_text=_("Linkvorschauen rufen Adressen mit GET auf.")
    )
    wakes_on_ping = forms.BooleanField(label=_("Ein Ping beendet eine Pause"), required=False)

    def __init__(self, *args: Any, heartbeat: Heartbeat | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Heartbeat.objects.exclude(pk=heartbeat.pk) if heartbeat else Heartbeat.objects.all()
        self.fields["parent"].queryset = others  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """As the verbs take them."""
        given = dict(self.cleaned_data)
        module, parent = given.pop("module"), given.pop("parent")
        return given | {"module_id": module.pk if module else None, "parent_id": parent.pk if parent else None}


def initial_of(heartbeat: Heartbeat) -> dict[str, Any]:
    """The form as it stands filled in."""
    return {name: getattr(heartbeat, name) for name in HeartbeatForm.base_fields}


def schedule_in(sent: Any) -> Schedule:
    """The rhythm typed so far, for its preview; whatever is no number is none."""
    text = sent.get("period_s", "")
    rhythm = sent.get("rhythm", "")
    return Schedule(
        Rhythm(rhythm) if rhythm in list(Rhythm) else Rhythm.PERIOD,
        int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0,
        " ".join(sent.get("expression", "").split()),
        sent.get("time_zone", "") or "Europe/Zurich",
    )
