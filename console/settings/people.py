"""People and the roles they hold."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

import lifecycle.people
from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import PersonForm, SecondFactorForm, draft_of
from core.clock import now
from directory import services
from directory.errors import BadEntry
from directory.models import Person
from directory.second_factor import has_second_factor
from directory.selectors import people
from lifecycle import drills
from lifecycle.access import MANAGE_PEOPLE, RESET_SECOND_FACTOR, SEE_SETTINGS, START_DRILL
from lifecycle.errors import Invalid
from lifecycle.people import may_reset_second_factor
from notifications.selectors import reachability
from process.selectors import current_document

FACTS = ("username", "first_name", "last_name", "email", "phone", "language")


@room(SEE_SETTINGS, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Everybody, with roles and absences; who left is listed last."""
    instant = now()
    rows = sorted(people(active_only=False), key=lambda person: not person.is_active)
    context = {"people": reachability(rows, now=instant), "now": instant}
    return page(request, "console/settings/people.html", context)


@room(START_DRILL, methods=WRITE)
def drill(request: StaffRequest, pk: int) -> HttpResponse:
    """Calls somebody for a test, now."""
    person = get_object_or_404(Person, pk=pk)
    try:
        drills.start_for(person, by=by(request), now=now())
        messages.success(request, _("Probealarm an %(name)s ist unterwegs.") % {"name": person.display_name})
    except Invalid as problem:
        messages.error(request, str(problem))
    return redirect("console:settings_people")


@room(MANAGE_PEOPLE)
def edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new person, or one that is there."""
    person = get_object_or_404(Person, pk=pk) if pk else None
    roles = current_document()[1].roles
    form = PersonForm(posted(request), initial=_as_is(person), roles=roles)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, person, form)
            done = _("%(name)s gesichert.") % {"name": saved.display_name}
            messages.success(request, done, extra_tags=draft_of(request))
            return redirect(reverse("console:settings_people"))
        except BadEntry as problem:
            form.refuse(problem.errors)
    title = person.display_name if person else _("Neue Person")
    can_reset = person is not None and may_reset_second_factor(request.user, person) and has_second_factor(person)
    context = {"form": form, "title": title, "tab": "people", "back": reverse("console:settings_people")}
    context |= {"person": person, "may_reset": can_reset}
    return page(request, "console/settings/person.html", context, status=422 if form.errors else 200)


@room(MANAGE_PEOPLE, methods=WRITE)
def reset_reach(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes away webhook, devices, choice and quiet hours of somebody."""
    person = get_object_or_404(Person, pk=pk)
    lifecycle.people.reset_reach(person, by=by(request), now=now())
    messages.success(request, _("Die Kanäle von %(name)s sind zurückgesetzt.") % {"name": person.display_name})
    return redirect("console:settings_person", person.pk)


@room(RESET_SECOND_FACTOR)
def reset_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes away a second factor that was lost, once whoever does it has said why."""
    person = get_object_or_404(Person, pk=pk)
    if not may_reset_second_factor(request.user, person):
        raise PermissionDenied
    back = reverse("console:settings_person", args=[person.pk])
    form = SecondFactorForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.people.reset_second_factor(person, reason=form.cleaned_data["reason"], by=by(request), now=now())
            done = _("Der zweite Faktor von %(name)s ist zurückgesetzt.") % {"name": person.display_name}
            messages.success(request, done, extra_tags=draft_of(request))
            return redirect(back)
        except Invalid as problem:
            form.refuse(problem.errors)
    title = _("Zweiten Faktor zurücksetzen: %(name)s") % {"name": person.display_name}
    context = {"form": form, "title": title, "tab": "people", "back": back, "button": _("Zurücksetzen")}
    return page(request, "console/settings/edit.html", context, status=422 if form.errors else 200)


def _as_is(person: Person | None) -> dict[str, object]:
    if person is None:
        return {}
    holdings = [holding.role for holding in person.holdings.all()]
    facts = {name: getattr(person, name) for name in (*FACTS, "is_active", "absent_until")}
    return facts | {"roles": holdings}


@transaction.atomic
def _save(request: StaffRequest, person: Person | None, form: PersonForm) -> Person:
    actor, instant, data = by(request).actor, now(), form.cleaned_data
    facts = {name: data[name] for name in FACTS}
    if person is None:
        return services.create_person(
            **facts, roles=data["roles"], password=data["password"] or None, actor=actor, now=instant
        )
    person = services.update_person(person, changes=facts, actor=actor, now=instant)
    services.set_roles(person, roles=data["roles"], actor=actor, now=instant)
    if person.absent_until != data["absent_until"]:
        services.set_absence(person, until=data["absent_until"], actor=actor, now=instant)
    if person.is_active != data["is_active"]:
        if data["is_active"]:
            services.reactivate_person(person, actor=actor, now=instant)
        else:
            lifecycle.people.close_login(person, by=by(request), now=instant)
    if data["password"]:
        services.set_password(person, password=data["password"], actor=actor, now=instant)
    return person
