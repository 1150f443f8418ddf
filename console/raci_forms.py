"""The forms with which somebody who is consulted by §14 is asked, and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, choice, text
from directory.selectors import roles_of
from incidents.models import Consultation
from lifecycle.consultation import askable


class Consult(VerbForm):
    """A question on a task, to a role it consults."""

    from_address = ("way",)
    way = choice(_("Wen fragen, und wozu?"), help_text=_("Wer nach §14 bei dieser Aufgabe beigezogen wird (C)."))
    question = text(_("Frage"), max_length=5000)

    def prepare(self) -> None:
        """The tasks that consult somebody, each with its roles."""
        groups: list[tuple[str, Any]] = [("", "–")]
        for task, row in askable(self.document).items():
            roles = row.holders("C")
            ways = [(f"{task}/{role}", self.document.label("roles", role, self.language)) for role in roles]
            everybody = [(f"{task}/", _("Alle, die beigezogen werden"))] if len(roles) > 1 else []
            groups.append((f"{row.label.in_(self.language)} ({row.paragraph})", [*everybody, *ways]))
        self.fields["way"].choices = groups  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Task, role and question."""
        task, role = self.cleaned_data["way"].split("/")
        return {"task": task, "role": role, "question": self.cleaned_data["question"]}


class Advise(VerbForm):
    """The answer to a question that waits for one of one's roles."""

    from_address = ("question",)
    question = forms.TypedChoiceField(label=_("Rückfrage"), widget=forms.RadioSelect, coerce=int)
    answer = text(_("Antwort"), max_length=5000)

    def prepare(self) -> None:
        """What waits for an answer of this person, the oldest first."""
        waiting = Consultation.objects.filter(
            incident=self.incident, answered_at=None, role__in=roles_of(self.person)
        ).select_related("question", "asked_by")
        self.fields["question"].choices = [  # type: ignore[attr-defined]
            (str(asked.pk), f"{asked.asked_by.display_name}: {asked.question.body}") for asked in waiting
        ]
        self.initial.setdefault("question", next(iter(self.fields["question"].choices), ("",))[0])  # type: ignore[attr-defined]
