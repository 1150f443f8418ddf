"""Several incidents at once: first what will happen to each, then the deed, then the way back."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.actions import BY_SLUG
from console.door import WRITE, StaffRequest, by, number_in, room
from console.incidents import picked
from core.clock import now
from directory.models import Person
from directory.selectors import people_with_any_role
from incidents.models import OPEN_VALUES, Incident
from incidents.rules.states import WrongState
from lifecycle import respond
from lifecycle.access import DESK
from lifecycle.errors import Conflict, Forbidden, Invalid, NotFound

REFUSALS = (WrongState, Conflict, Forbidden, Invalid, NotFound)


class Target(forms.Form):
    """Whom to assign to."""

    person = forms.ChoiceField(label=gettext_lazy("Zuweisen an"), required=False)

    def __init__(self, *args: object, people: list[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(str(person.pk), person.display_name) for person in people]
        self.fields["person"].choices = [("", _("Niemand, zurück in die Warteschlange")), *choices]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Preview:
    """One incident and what the action would change; `skip` says why it is left out."""

    incident: Incident
    before: str
    skip: str


@room(methods=WRITE)
def preview(request: StaffRequest) -> HttpResponse:
    """What the chosen action would do to each ticked incident."""
    slug = request.POST.get("action", "")
    rows = picked(request)
    if slug not in ("assign", "acknowledge") or not rows:
        messages.error(request, _("Bitte zuerst Incidents auswählen."))
        return redirect(reverse("console:incidents"))
    previews = [Preview(row, row.assignee.display_name if row.assignee else "–", _why_not(row, slug)) for row in rows]
    people = sorted(people_with_any_role(DESK), key=lambda person: person.pk != request.user.pk)
    form = Target(people=people, initial={"person": str(request.user.pk)}) if slug == "assign" else None
    context = {
        "action": BY_SLUG[slug],
        "previews": previews,
        "form": form,
        "todo": sum(not row.skip for row in previews),
    }
    return render(request, "console/incidents/bulk.html", context)


def _why_not(incident: Incident, slug: str) -> str:
    if incident.status not in OPEN_VALUES:
        return _("nicht mehr offen")
    if slug == "acknowledge" and incident.acknowledged_at and incident.assignee_id:
        return _("schon übernommen")
    return ""


@room(methods=WRITE)
def carry_out(request: StaffRequest) -> HttpResponse:
    """Does it, one verb per incident; what is refused is named, the rest is done. Offers the way back."""
    slug = "assign" if request.POST.get("action") == "assign" else "acknowledge"
    person_id = number_in(request.POST.get("person", ""))
    done: list[tuple[str, str]] = []
    refused: list[str] = []
    for incident in picked(request):
        try:
            if slug == "assign":
                respond.assign(incident.number, by=by(request), now=now(), person_id=person_id)
            else:
                respond.acknowledge(incident.number, by=by(request), now=now())
            done.append((incident.number, str(incident.assignee_id or "")))
        except REFUSALS as problem:
            refused.append(f"{incident.number}: {problem}")
    context = {"action": BY_SLUG[slug], "done": done, "refused": refused, "can_undo": slug == "assign" and bool(done)}
    return render(request, "console/incidents/bulk_done.html", context)


@room(methods=WRITE)
def undo(request: StaffRequest) -> HttpResponse:
    """Gives incidents back to whom they had before."""
    back = 0
    for pair in request.POST.getlist("was")[:200]:
        number, _sep, before = pair.partition("=")
        try:
            respond.assign(number, by=by(request), now=now(), person_id=number_in(before))
            back += 1
        except REFUSALS as problem:
            messages.error(request, f"{number}: {problem}")
    messages.success(request, _("%(count)d Zuweisungen rückgängig gemacht.") % {"count": back})
    return redirect(reverse("console:incidents"))
