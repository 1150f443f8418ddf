"""The forms in which the management keeps what it decided and did, with its evidence (P-5.2)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, choice, text
from incidents.rules.states import Verb
from lifecycle.access import may


class StrategicDecision(VerbForm):
    """What was decided, and why."""

    decision = text(_("Entscheid"), max_length=5000)
    grounds = text(_("Gründe"), max_length=5000)


class Crisis(VerbForm):
    """How things stand, and what is done."""

    situation = text(_("Lage"), max_length=5000)
    measures = text(_("Massnahmen"), max_length=5000)


class ProductChange(VerbForm):
    """Which change, how far it goes, where it is planned."""

    extent = forms.ChoiceField(
        label=_("Wie weit geht die Änderung?"),
        widget=forms.RadioSelect,
        choices=[
            ("necessary", _("Notwendige Änderung (§5.2/2e)")),
            ("extensive", _("Umfangreiche Änderung (§5.2/3d)")),
        ],
        initial="necessary",
    )
    change = text(_("Was wird geändert?"), max_length=5000)
    reference = forms.CharField(
        label=_("Wo ist sie geplant?"),
        required=False,
        max_length=500,
        help_text=_("Zum Beispiel die Nummer der Aufgabe."),
    )

    def prepare(self) -> None:
        """Extensive changes are offered to those who decide on them."""
        if not may(self.person, Verb.STRATEGIC_DECISION):
            field = self.fields["extent"]
            field.choices = field.choices[:1]  # type: ignore[attr-defined]


class ExternalCommunication(VerbForm):
    """Whom outside one told what."""

    recipient = forms.CharField(label=_("An wen?"), max_length=500)
    channel = choice(_("Über welchen Kanal?"))
    said = text(_("Was wurde gesagt?"), max_length=5000)
    said_at = forms.DateTimeField(
        label=_("Wann?"),
        required=False,
        help_text=_("Leer: jetzt."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def prepare(self) -> None:
        """The channels people use."""
        spoken = [entry for entry in self.document.channels if not entry.automatic]
        self.fields["channel"].choices = self.labels(spoken)  # type: ignore[attr-defined]
