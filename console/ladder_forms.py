"""The forms of the verbs that move an incident on its ladders (§5, §6)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.verb_forms import VerbForm, choice, text
from directory.selectors import roles_of
from lifecycle.descend import ways_down
from lifecycle.dissatisfaction import GRADES
from process.schema import ChainName


class Escalate(VerbForm):
    """Up one of the ladders, for a reason of the document."""

    way = choice(_("Wohin und weshalb?"))
    note = text(_("Was die Nächsten wissen müssen"), required=False, rows=3, max_length=500)

    def prepare(self) -> None:
        """Every rung above the present ones with the reasons people may give, grouped by rung."""
        groups: list[tuple[str, Any]] = [("", "–")]
        for name in ChainName:
            chain = self.document.chain(name)
            for level in chain.levels[self.incident.level_on(name) :]:
                reasons = [
                    (
                        f"{name.value}/{level.level}/{reason.key}",
                        f"{reason.label.in_(self.language)} ({reason.paragraph})",
                    )
                    for reason in level.reasons
                    if not reason.automatic
                ]
                groups.append((f"{chain.label.in_(self.language)} → {level.label.in_(self.language)}", reasons))
        self.fields["way"].choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Chain, level and reason."""
        chain, level, reason = self.cleaned_data["way"].split("/")
        return {"chain": chain, "level": int(level), "reason": reason, "note": self.cleaned_data["note"]}


class DeEscalate(VerbForm):
    """Down one of the ladders, with a reason in words."""

    way = forms.ChoiceField(label=_("Wohin zurück?"), widget=forms.RadioSelect)
    reason = text(_("Warum geht der Incident zurück?"), rows=3, max_length=500)
    keep = forms.BooleanField(
        label=_("Ich behalte ihn selbst"), help_text=_("Dann wird niemand gerufen."), required=False
    )

    def prepare(self) -> None:
        """The levels this person may give it back to, the nearest first."""
        ways = ways_down(self.person, self.incident, self.document)
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            (
                f"{name.value}/{level.level}",
                f"{self.document.chain(name).label.in_(self.language)} → {level.label.in_(self.language)}",
            )
            for name, levels in ways.items()
            for level in levels
        ]
        self.initial.setdefault("way", next(iter(self.fields["way"].choices), ("",))[0])  # type: ignore[attr-defined]
        if not any(level.role in roles_of(self.person) for levels in ways.values() for level in levels):
            del self.fields["keep"]

    def facts(self) -> dict[str, Any]:
        """Chain and level, why, and who goes on with it."""
        chain, level = self.cleaned_data["way"].split("/")
        return {
            "chain": chain,
            "level": int(level),
            "reason": self.cleaned_data["reason"],
            "keep": self.cleaned_data.get("keep", False),
        }


class Dissatisfied(VerbForm):
    """How dissatisfied the customer is, and what shows it."""

    grade = forms.ChoiceField(label=_("Wie unzufrieden?"), widget=forms.RadioSelect)
    said = text(_("Was hat die Kundschaft gesagt?"), max_length=5000)
    channel = choice(_("Über welchen Kanal?"), required=False)
    said_at = forms.DateTimeField(
        label=_("Wann?"),
        required=False,
        help_text=_("Leer: jetzt."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def prepare(self) -> None:
        """The document's grades, each with the level that hears of it."""
        reasons = {
            reason.key: (reason, level)
            for level in self.document.chain(ChainName.MANAGEMENT).levels
            for reason in level.reasons
        }
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            (
                grade,
                f"{reasons[key][0].label.in_(self.language)} → {reasons[key][1].label.in_(self.language)}"
                f" ({reasons[key][0].paragraph})",
            )
            for grade, key in GRADES.items()
            if key in reasons
        ]
        spoken = [entry for entry in self.document.channels if not entry.automatic]
        self.fields["channel"].choices = self.labels(spoken)  # type: ignore[attr-defined]
