"""The forms of the verbs about major incidents (§6, §10)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, text
from incidents.models import OPEN_VALUES, Incident
from incidents.selectors import visible_to


class DeclareMajor(VerbForm):
    """Which trigger of §6.1 is met."""

    trigger = forms.ChoiceField(
        label=_("Welcher Auslöser trifft zu?"),
        widget=forms.RadioSelect,
        help_text=_(
            "Das Major Incident Team und beide Eskalationen werden gerufen; wer es nach §14 wissen muss, wird "
            "benachrichtigt. Ein Post-Incident Review ist dann Pflicht."
        ),
    )
    note = text(_("Was die Nächsten wissen müssen"), required=False, rows=3, max_length=500)

    def prepare(self) -> None:
        """The document's triggers with their paragraphs; the one that was proposed is chosen."""
        self.fields["trigger"].choices = [  # type: ignore[attr-defined]
            (entry.key, f"{entry.label.in_(self.language)} ({entry.paragraph})")
            for entry in self.document.major.offered
        ]
        self.initial.setdefault("trigger", self.incident.major_trigger)

    @property
    def open_majors(self) -> list[Incident]:
        """Majors this incident may belong to: attached to one, it is led there."""
        majors = visible_to(self.person).filter(is_major=True, status__in=OPEN_VALUES).exclude(pk=self.incident.pk)
        return list(majors.order_by("-pk")[:5])


class NoMajor(VerbForm):
    """Why it is no major incident."""

    reason = text(_("Warum ist es kein Major Incident?"), rows=3, max_length=500)


class Demote(NoMajor):
    """The same, for one that was declared."""

    reason = text(
        _("Warum ist es kein Major Incident?"),
        rows=3,
        max_length=500,
        help_text=_("Das Team wird nicht mehr gerufen. Wer vom Major Incident wusste, liest diese Begründung."),
    )


class ReviewDone(VerbForm):
    """Where the post-incident review stands."""

    reference = text(
        _("Wo steht der Review, oder was hat er ergeben?"),
        rows=3,
        max_length=500,
        help_text=_("Eine Adresse oder die wichtigsten Ergebnisse. Danach darf der Incident geschlossen werden."),
    )
