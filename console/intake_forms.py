"""Forms of the inbox: what somebody told us, and what makes it an incident."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import Module, School
from directory.selectors import find_school
from incidents.models import Contact, Impact
from lifecycle.errors import Invalid
from lifecycle.intake import ContactDraft, IncidentDraft
from process.schema import Criterion, Document, Level


def by_level(criteria: list[Criterion], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Criteria under the level they mean, with its word: what one ticks explains itself (P-4.1, P-4.2)."""
    return [
        (
            str(Impact(level.value).label),
            [(entry.key, entry.label.in_(language)) for entry in criteria if entry.level is level],
        )
        for level in Level
    ]


class ProcessForm(forms.Form):
    """A form whose choices come from the process in force."""

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.language = get_language() or "de"
        self.prepare()

    def prepare(self) -> None:
        """Fills in choices."""

    def offer(self, name: str, entries: Any, *, empty: str = "") -> None:
        """Choices for a field from entries with key and label."""
        choices = [(str(entry.key), entry.label.in_(self.language)) for entry in entries]
        self.fields[name].choices = [("", empty), *choices] if empty else choices  # type: ignore[attr-defined]

    def take(self, problem: Invalid) -> None:
        """Puts what a verb found beside the fields."""
        for name, texts in problem.errors.items():
            known = next(
                (key for key in (name, f"{name}_criteria", name.removesuffix("_id")) if key in self.fields), None
            )
            for text in texts:
                self.add_error(known, text)


class ContactForm(ProcessForm):
    """A call in the order in which it is told: who, where, what."""

    marks_required = True

    reporter_name = forms.CharField(label=_("Wer meldet sich?"), max_length=160, required=False)
    school = forms.CharField(
        label=_("Schule"),
        max_length=160,
        required=False,
        widget=forms.TextInput({"list": "schools", "autocomplete": "off"}),
    )
    reporter_phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    reporter_email = forms.EmailField(label=_("E-Mail"), required=False)
    subject = forms.CharField(label=_("Worum geht es?"), max_length=160)
    body = forms.CharField(label=_("Was genau?"), required=False, widget=forms.Textarea({"rows": 4}))
    channel = forms.ChoiceField(label=_("Kanal"), initial="phone")
    feedback_channel = forms.ChoiceField(label=_("Rückmeldung über"), initial="phone", required=False)
    callback_wanted = forms.BooleanField(label=_("Rückruf gewünscht"), required=False)
    received_at = forms.DateTimeField(
        label=_("Wann hat sich die Person gemeldet?"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    recorded_late_because = forms.CharField(
        label=_("Warum wird das erst jetzt erfasst?"), max_length=500, required=False
    )

    def prepare(self) -> None:
        """Channels people use; monitoring speaks for itself."""
        people = [channel for channel in self.document.channels if not channel.automatic]
        self.offer("channel", people)
        self.offer("feedback_channel", people, empty="–")
        self.fields["reporter_name"].widget.attrs["autofocus"] = True

    def clean_school(self) -> School | None:
        """The school of that name; a name nobody knows is said, not swallowed."""
        name = self.cleaned_data["school"].strip()
        school = find_school(name)
        if name and school is None:
            raise ValidationError(
                _("Diese Schule ist nicht erfasst. Wählen Sie eine aus der Liste oder lassen Sie das Feld leer.")
            )
        return school

    def person_facts(self) -> dict[str, Any]:
        """The facts contact and incident share."""
        school = self.cleaned_data["school"]
        names = ("channel", "reporter_name", "reporter_phone", "reporter_email", "feedback_channel")
        return {name: self.cleaned_data[name] for name in names} | {"school_id": school.pk if school else None}

    def draft(self) -> ContactDraft:
        """The contact as the verb takes it."""
        return ContactDraft(
            subject=self.cleaned_data["subject"],
            body=self.cleaned_data["body"],
            callback_wanted=self.cleaned_data["callback_wanted"],
            received_at=self.cleaned_data["received_at"],
            recorded_late_because=self.cleaned_data["recorded_late_because"],
            **self.person_facts(),
        )

    def take(self, problem: Invalid) -> None:
        """An incident calls the time of the call `reported_at`."""
        errors = {"received_at" if name == "reported_at" else name: texts for name, texts in problem.errors.items()}
        super().take(Invalid(errors))

    @property
    def sets_time_back(self) -> bool:
        """Whether the part of the form that asks for time and reason has something to show."""
        return bool(self["received_at"].value() or self["received_at"].errors or self["recorded_late_because"].errors)


class FactsForm(ProcessForm):
    """What §3 and §4 want to know of an incident."""

    use_required_attribute = False  # hidden until the contact is an incident; the browser must not ask for it before

    category = forms.ChoiceField(label=_("Kategorie"))
    module = forms.ChoiceField(label=_("Betroffenes Modul"), required=False)
    urgency_criteria = forms.MultipleChoiceField(label=_("Dringlichkeit"), widget=forms.CheckboxSelectMultiple)
    impact_criteria = forms.MultipleChoiceField(label=_("Auswirkung"), widget=forms.CheckboxSelectMultiple)
    major_triggers = forms.MultipleChoiceField(
        label=_("Major Incident?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    data_protection = forms.BooleanField(
        label=_("Datenschutzvorfall vermutet"),
        required=False,
        help_text=_(
            "Der Datenschutzverantwortliche wird sofort gerufen. Was Sie hier aufnehmen, liest danach nur noch, "
            "wer den Fall behandelt."
        ),
    )
    neutral = forms.CharField(
        label=_("Was alle lesen dürfen"),
        required=False,
        max_length=500,
        help_text=_("Ohne Namen und Einzelheiten: was zum Beheben nötig ist."),
    )

    def prepare(self) -> None:
        """Choices of the document; criteria are shown at the moment of choosing (P-4.1)."""
        self.offer("category", self.document.categories, empty="–")
        modules = [(str(row.pk), str(row)) for row in Module.objects.filter(is_active=True)]
        self.fields["module"].choices = [("", "–"), *modules]  # type: ignore[attr-defined]
        for name in ("urgency_criteria", "impact_criteria"):
            self.fields[name].choices = by_level(getattr(self.document, name), self.language)  # type: ignore[attr-defined]
        self.offer("major_triggers", self.document.major.offered)

    def facts(self) -> dict[str, Any]:
        """Shared by a new incident and a classified contact."""
        module = self.cleaned_data["module"]
        return {
            "category": self.cleaned_data["category"],
            "module_id": int(module) if module else None,
            "urgency_criteria": tuple(self.cleaned_data["urgency_criteria"]),
            "impact_criteria": tuple(self.cleaned_data["impact_criteria"]),
            "major_triggers": tuple(self.cleaned_data["major_triggers"]),
            "data_protection": self.cleaned_data["data_protection"],
            "neutral": self.cleaned_data["neutral"],
        }

    def for_new(self, contact: ContactForm) -> IncidentDraft:
        """The incident behind a contact that was just told."""
        told = contact.cleaned_data
        return IncidentDraft(
            title=told["subject"],
            symptom=told["body"] or told["subject"],
            reported_at=told["received_at"],
            recorded_late_because=told["recorded_late_because"],
            **contact.person_facts(),
            **self.facts(),
        )

    def for_contact(self, contact: Contact) -> IncidentDraft:
        """The incident behind a contact that waits in the inbox."""
        return IncidentDraft(
            channel=contact.channel,
            title=contact.subject,
            symptom=contact.body or contact.subject,
            reporter_name=contact.reporter_name,
            reporter_email=contact.reporter_email,
            reporter_phone=contact.reporter_phone,
            school_id=contact.school_id,
            feedback_channel=contact.feedback_channel,
            reported_at=contact.received_at,
            **self.facts(),
        )
