"""Teams and schools."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import READ, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import Entry, SchoolForm, TeamForm, draft_of
from core.clock import now
from directory import services
from directory.errors import BadEntry
from directory.models import School, Team
from directory.selectors import schools, teams
from lifecycle.access import MANAGE_PEOPLE, SEE_SETTINGS
from lifecycle.schools import save_school
from privacy.rules.regimes import regime_of
from privacy.selectors import current_law
from process.selectors import current_document

LEGAL_FACTS = ("legal_kind", "legal_note", "privacy_email", "privacy_phone")
PLACE = ("legal_kind", "canton", "city")
SCHOOL_FACTS = ("name", "canton", "city", "email", "phone", "language", "project_manager", *LEGAL_FACTS, "is_active")
TEAM_FACTS = ("key", "name_de", "name_en", "role")


@room(SEE_SETTINGS, methods=READ)
def all_teams(request: StaffRequest) -> HttpResponse:
    """Teams, the role each acts in, and their people."""
    return page(request, "console/settings/teams.html", {"teams": teams()})


@room(SEE_SETTINGS, methods=READ)
def all_schools(request: StaffRequest) -> HttpResponse:
    """Customers with canton and contact."""
    return page(request, "console/settings/schools.html", {"schools": schools(active_only=False)})


@room(MANAGE_PEOPLE)
def edit_team(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new team, or one that is there."""
    team = get_object_or_404(Team, pk=pk) if pk else None
    initial = {name: getattr(team, name) for name in TEAM_FACTS} | {"members": team.members.all()} if team else {}
    form = TeamForm(posted(request), initial=initial, roles=current_document()[1].roles)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in TEAM_FACTS}
        try:
            members = form.cleaned_data["members"]
            services.save_team(team, changes=facts, members=members, actor=by(request).actor, now=now())
            return _saved(request, "console:settings_teams")
        except BadEntry as problem:
            form.refuse(problem.errors)
    return _form(request, form, team.name_de if team else _("Neues Team"), "teams")


@room(MANAGE_PEOPLE)
def edit_school(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new school, or one that is there."""
    school = get_object_or_404(School, pk=pk) if pk else None
    initial = {name: getattr(school, name) for name in SCHOOL_FACTS} if school else {}
    form = SchoolForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in SCHOOL_FACTS}
        try:
            save_school(school, changes=facts, by=by(request), now=now())
            return _saved(request, "console:settings_schools")
        except BadEntry as problem:
            form.refuse(problem.errors)
    kind, canton, city = (str(form[name].value() or "") for name in PLACE)
    standing = regime_of(current_law(), kind, canton, city, now()) if form.is_bound or school else None
    title = school.name if school else _("Neue Schule")
    return _form(request, form, title, "schools", template="school", standing=standing)


def _saved(request: StaffRequest, to: str) -> HttpResponse:
    messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
    return redirect(reverse(to))


def _form(
    request: StaffRequest, form: Entry, title: str, tab: str, *, template: str = "edit", **more: Any
) -> HttpResponse:
    context = {"form": form, "title": title, "tab": tab, "back": reverse(f"console:settings_{tab}"), **more}
    return page(request, f"console/settings/{template}.html", context, status=422 if form.errors else 200)
