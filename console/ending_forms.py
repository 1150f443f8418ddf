"""The forms behind the end of an incident and the way back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, choice, text
from lifecycle import family


class Ending(VerbForm):
    """Ends an incident, and on demand the open ones below it, which the form lists."""

    compares = True
    cascade = forms.BooleanField(required=False)
    field_order = ("version", "code", "text", "reason", "target", "cascade")

    def prepare(self) -> None:
        """Asks only where something would be touched."""
        self.children = family.open_below(self.incident)
        if not self.children:
            del self.fields["cascade"]


class Resolve(Ending):
    """How it was solved."""

    code = choice(_("Art der Lösung"))
    text = text(_("Was war die Lösung?"), rows=5)
    cascade = forms.BooleanField(label=_("Untergeordnete Incidents ebenfalls lösen"), required=False)

    def prepare(self) -> None:
        """Closure codes for resolving."""
        super().prepare()
        codes = [code for code in self.document.closure_codes if code.for_resolve]
        self.fields["code"].choices = self.labels(codes)  # type: ignore[attr-defined]
        self.initial.setdefault("text", self.incident.resolution)


class Cancel(Ending):
    """Why it is none."""

    code = choice(_("Grund"))
    reason = text(_("Begründung"), rows=3)
    target = forms.CharField(label=_("Nummer des ursprünglichen Incidents"), max_length=20, required=False)
    cascade = forms.BooleanField(label=_("Untergeordnete Incidents ebenfalls stornieren"), required=False)

    def prepare(self) -> None:
        """Closure codes for cancelling."""
        super().prepare()
        codes = [code for code in self.document.closure_codes if code.for_cancel]
        self.fields["code"].choices = self.labels(codes)  # type: ignore[attr-defined]


class Reopen(VerbForm):
    """Why again."""

    reason = text(_("Was ist wieder aufgetreten?"), rows=3)


class Feedback(VerbForm):
    """What the customer says of the solution (§3)."""

    satisfaction = forms.ChoiceField(
        label=_("Zufriedenheit"),
        required=False,
        choices=[
            ("", "–"),
            ("satisfied", _("Zufrieden")),
            ("neutral", _("Neutral")),
            ("dissatisfied", _("Unzufrieden")),
            ("especially_dissatisfied", _("Besonders unzufrieden")),
        ],
    )
    text = text(_("Rückmeldung"), required=False, rows=4)
