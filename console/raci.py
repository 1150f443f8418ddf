"""§14 on one incident: the proof of who was responsible, asked and told, task by task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console import record
from console.door import READ, StaffRequest, room
from console.page import page
from core.clock import now
from lifecycle import raci

LETTERS = {"R": _("Verantwortlich"), "A": _("Rechenschaftspflichtig"), "C": _("Beigezogen"), "I": _("Informiert")}
GAPS = {
    "nobody_responsible": _("niemand verantwortlich (R)"),
    "nobody_accountable": _("niemand rechenschaftspflichtig (A)"),
    "several_accountable": _("mehrere rechenschaftspflichtig (A)"),
    "unmanned": _("eine Rolle ist heute unbesetzt"),
}
WAYS = {"call": _("gerufen"), "inform": _("informiert"), "message": _("benachrichtigt")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A task as the page shows it."""

    task: raci.Task
    label: str
    letters: list[tuple[str, Any, list[raci.Role]]]
    gaps: list[Any]
    told: list[tuple[raci.Told, Any]]

    @property
    def until(self) -> datetime | None:
        """When it happened last, if not within a minute of the first time."""
        first, last = self.task.first_at, self.task.last_at
        return last if first and last and last - first >= timedelta(minutes=1) else None


@room(methods=READ)
def proof(request: StaffRequest, number: str) -> HttpResponse:
    """The tasks that have happened in the order of the table; those that have not are named below."""
    incident = record.incident_for(request.user, number)
    language = get_language() or "de"
    tasks = raci.proof(incident, now=now())
    context = {
        "incident": incident,
        "tasks": [_shown(task, language) for task in tasks if task.has_happened],
        "ahead": [task.row.label.in_(language) for task in tasks if not task.has_happened],
    }
    return page(request, "console/incidents/raci.html", context)


def _shown(task: raci.Task, language: str) -> Shown:
    return Shown(
        task=task,
        label=task.row.label.in_(language),
        letters=[(letter, word, task.roles[letter]) for letter, word in LETTERS.items() if task.roles[letter]],
        gaps=[GAPS[gap] for gap in task.gaps],
        told=[(told, WAYS[told.way]) for told in task.told],
    )
