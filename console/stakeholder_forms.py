"""The forms with which a stakeholder message is written and reviewed (§5.1/1d)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, row, text
from core.clock import now
from incidents.models import StakeholderMessage
from incidents.room import schools_of
from lifecycle.message_texts import LONGEST_SUBJECT, texts_of
from lifecycle.stakeholders import LONGEST_BODY


class Update(VerbForm):
    """Whom a message goes to, and what it says; begun from a template, or one that is not out yet."""

    from_address = ("template", "message")
    audiences = forms.MultipleChoiceField(label=_("An wen?"), widget=forms.CheckboxSelectMultiple)
    subject_de = forms.CharField(label=_("Betreff"), max_length=LONGEST_SUBJECT)
    body_de = text(_("Text"), rows=10, max_length=LONGEST_BODY)
    subject_en = forms.CharField(label=_("Betreff, englisch"), max_length=LONGEST_SUBJECT, required=False)
    body_en = text(
        _("Text, englisch"),
        rows=8,
        max_length=LONGEST_BODY,
        required=False,
        help_text=_("Für alle, die Englisch eingestellt haben. Leer: Sie lesen Deutsch."),
    )
    message = row(required=False)

    def prepare(self) -> None:
        """The texts of the template or the message that the address names."""
        hits = schools_of(self.incident)
        schools = _("Betroffene Schulen (%(all)d, davon %(mail)d mit E-Mail)") % {
            "all": len(hits),
            "mail": sum(bool(hit.school.email) for hit in hits),
        }
        audience = StakeholderMessage.Audience
        self.fields["audiences"].choices = [  # type: ignore[attr-defined]
            (value, schools if value == audience.SCHOOLS else label) for value, label in audience.choices
        ]
        self.initial.setdefault("audiences", [audience.SCHOOLS.value, audience.REPORTERS.value])
        key, pk = str(self.initial.get("template", "")), str(self.initial.get("message", ""))
        template = next((entry for entry in self.document.message_templates if entry.key == key), None)
        if template is not None:
            self.initial.update(texts_of(self.incident, template, now=now()))
        if pk.isdecimal() and len(pk) < 19:
            found = StakeholderMessage.objects.filter(incident=self.incident, pk=int(pk)).first()
            names = ("subject_de", "body_de", "subject_en", "body_en", "audiences")
            self.initial.update({name: getattr(found, name) for name in names} if found is not None else {})


class Named(VerbForm):
    """Which message."""

    message = row()


class Return(Named):
    """Which message, and what has to become different."""

    from_address = ("message",)
    reason = text(_("Was soll anders werden?"), rows=3, max_length=500)
