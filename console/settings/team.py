"""The Major Incident Team (§6.2): which person of the company sits on which seat of the document, and who deputises."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console.door import READ, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import SeatForm, draft_of
from core.clock import now
from directory.selectors import people_with_any_role
from escalation.team import is_reachable, seats_of
from lifecycle import team
from lifecycle.access import EDIT_TEAM, SEE_SETTINGS
from lifecycle.errors import Invalid
from process.selectors import current_document


@room(SEE_SETTINGS, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Every seat with its function, who sits on it and who deputises; whether anybody could be called now."""
    instant, language = now(), get_language() or "de"
    major = current_document()[1].major
    seats = [
        (
            seat.member,
            seat.member.function.in_(language),
            seat.people,
            any(is_reachable(person, instant) for person in seat.people),
        )
        for seat in seats_of(current_document()[1])
    ]
    return page(request, "console/settings/team.html", {"seats": seats, "major": major})


@room(EDIT_TEAM)
def edit(request: StaffRequest, key: str) -> HttpResponse:
    """A seat: the person and the deputies in the order in which they are called."""
    document = current_document()[1]
    seat = next((seat for seat in seats_of(document) if seat.member.key == key), None)
    if seat is None:
        raise Http404(key)
    people = people_with_any_role(role.key for role in document.roles)
    form = SeatForm(posted(request), people=people, seated=seat.people)
    if request.method == "POST" and form.is_valid():
        try:
            team.save_seat(key, people=form.chosen(), by=by(request), now=now())
            messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
            return redirect(reverse("console:settings_team_seats"))
        except Invalid as problem:
            form.refuse(problem.errors)
    title = f"{seat.member.name}, {seat.member.function.in_(get_language() or 'de')}"
    context = {"form": form, "title": title, "tab": "seats", "back": reverse("console:settings_team_seats")}
    return page(request, "console/settings/edit.html", context, status=422 if form.errors else 200)
