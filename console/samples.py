"""Invented values for the style guide."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from console import chart_samples
from console.rings import Ring
from console.timeline import Entry
from directory.models import Person


class SampleForm(forms.Form):
    """Fields in every state."""

    title = forms.CharField(label="Titel", help_text="Kurz, so wie man es am Telefon sagt.")
    note = forms.CharField(label="Notiz", required=False, widget=forms.Textarea({"rows": 3}))
    choice = forms.ChoiceField(label="Modul", choices=[("a", "Absenzen"), ("b", "Noten und Zeugnisse")])
    several = forms.MultipleChoiceField(
        label="Kriterien",
        widget=forms.CheckboxSelectMultiple,
        choices=[("x", "Datensicherheit ist gefährdet."), ("y", "Der Schaden nimmt schnell zu.")],
    )
    wanted = forms.BooleanField(label="Rückruf gewünscht", required=False)


def context(*, now: datetime) -> dict[str, Any]:
    """Everything the page shows."""
    return {
        **chart_samples.context(),
        "now": now,
        "priorities": ["critical", "high", "medium", "low"],
        "statuses": ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"],
        "rings": [
            Ring("Reaktion", 0.2, "none", "noch 52 min", "Reaktion: noch 52 min"),
            Ring("Lösung", 0.8, "high", "noch 1 h 10", "Lösung: noch 1 h 10"),
            Ring("Lösung", 0.95, "critical", "noch 9 min", "Lösung: noch 9 min"),
            Ring("Lösung", 0.5, "medium", "steht", "Lösung: steht"),
            Ring("Lösung", 1.0, "critical", "verletzt seit 2 h 04", "Lösung: verletzt seit 2 h 04"),
            Ring("Reaktion", 0.4, "ok", "eingehalten", "Reaktion: eingehalten"),
        ],
        "person": Person(first_name="Lia", last_name="Zumbach", username="lia"),
        "entries": [
            Entry(
                3,
                now - timedelta(minutes=4),
                "send",
                "accent",
                "Lia Zumbach",
                "Nachricht",
                "§5.1/1",
                "Wir sind dran.",
                "message",
            ),
            Entry(
                2,
                now - timedelta(hours=3),
                "notebook-pen",
                "none",
                "Noé Hug",
                "Interne Notiz",
                "§14/7",
                "Replikat hinkt.",
                "note",
            ),
            Entry(1, now - timedelta(days=1), "circle-plus", "none", "Lia Zumbach", "Incident erfasst", "§3"),
        ],
        "form": SampleForm(),
        "wrong": SampleForm({"title": ""}),
        "tones": ["critical", "high", "medium", "low", "ok", "info", "none"],
    }
