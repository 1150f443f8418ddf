"""The forms behind what moves a promise: the priority, decided by two if it is lowered late, and a date by hand."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from console.intake_forms import by_level
from console.rings import kind_name
from console.verb_forms import VerbForm, text
from core.clock import now
from incidents.models import PriorityChoice
from lifecycle import second_person
from lifecycle.access import OVERRIDE_PRIORITY, may
from sla.selectors import clocks_for


class Rank(VerbForm):
    """Criteria of §4.1 and §4.2; whoever may, can deviate with a reason (P-4.4)."""

    compares = True
    urgency_criteria = forms.MultipleChoiceField(label=_("Dringlichkeit"), widget=forms.CheckboxSelectMultiple)
    impact_criteria = forms.MultipleChoiceField(label=_("Auswirkung"), widget=forms.CheckboxSelectMultiple)
    override = forms.ChoiceField(
        label=_("Abweichende Priorität"),
        required=False,
        choices=[("", _("Keine, die Matrix gilt")), *PriorityChoice.choices],
    )
    reason = text(_("Begründung der Abweichung"), required=False, rows=2, max_length=500)

    def prepare(self) -> None:
        """The document's criteria, those of the record ticked; the override only for those who may."""
        for name in ("urgency_criteria", "impact_criteria"):
            self.fields[name].choices = by_level(getattr(self.document, name), self.language)  # type: ignore[attr-defined]
            self.initial.setdefault(name, getattr(self.incident, name))
        self.takes_two = second_person.is_needed_for(self.incident, now=now())
        if may(self.person, OVERRIDE_PRIORITY):
            overridden = self.incident.priority_override_at is not None
            self.initial["override"] = self.incident.priority if overridden else ""
            self.initial["reason"] = self.incident.priority_override_reason
        else:
            del self.fields["override"]
            if not self.takes_two:
                del self.fields["reason"]
        if self.takes_two:
            self.fields["reason"].label = _("Begründung")


class RejectPriority(VerbForm):
    """Why the priority stays."""

    reason = text(_("Warum bleibt es bei der Priorität?"), rows=3, max_length=500)


class SetDue(VerbForm):
    """Another due instant for one of the clocks, or none of its own any more (R15)."""

    compares = True
    clock = forms.ChoiceField(label=_("Welche Frist?"), widget=forms.RadioSelect)
    due_at = forms.DateTimeField(
        label=_("Neu fällig"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Bleibt, bis jemand sie aufhebt, auch wenn Priorität oder Wartezeit ändert. Leer: die zugesagte Frist."
        ),
    )
    reason = text(_("Begründung"), rows=3, max_length=500)

    def prepare(self) -> None:
        """The clocks that are not stopped: chosen is what was set by hand, else the solution, which is put off most."""
        clocks = [clock for clock in clocks_for([self.incident.pk])[self.incident.pk] if clock.stopped_at is None]
        self.fields["clock"].choices = [(clock.kind, kind_name(clock.kind)) for clock in clocks]  # type: ignore[attr-defined]
        chosen = [clock for clock in clocks if clock.manual_due_at] or clocks
        if chosen:
            self.initial["clock"], self.initial["due_at"] = chosen[-1].kind, chosen[-1].manual_due_at
