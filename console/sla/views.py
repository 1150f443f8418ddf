"""Saved views of the room: private or for all, and one of them the view a person begins with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import WRITE, StaffRequest, number_in, room
from console.sla.asked import Asked
from core.text import first_line
from directory.models import Person
from figures.rules.filters import PARAMETERS
from incidents.models import SavedView
from incidents.saved_views import begin_with, remove_view, save_view, views_for
from lifecycle.access import SEE_FIGURES

ROOM = "sla"


def default_of(person: Person) -> SavedView | None:
    """The view somebody begins with, if they chose one."""
    return views_for(person, room=ROOM).filter(owner=person, is_default=True).first()


def shown(request: StaffRequest, asked: Asked) -> dict[str, Any]:
    """The views a person may open, and which of them this is."""
    saved = list(views_for(request.user, room=ROOM))
    return {"saved": [(view, view.query == asked.query, view.owner_id == request.user.pk) for view in saved]}


@room(SEE_FIGURES, methods=WRITE)
def save(request: StaffRequest) -> HttpResponse:
    """Keeps the present filters under a name, forgets a view, or begins with one from now on."""
    here = reverse("console:sla")
    unwanted = number_in(request.POST.get("remove", ""))
    if unwanted is not None:
        remove_view(owner=request.user, view_id=unwanted)
        return redirect(here)
    query = known(request.POST.get("query", ""))
    chosen = number_in(request.POST.get("default", ""))
    if chosen is not None:
        begin_with(owner=request.user, room=ROOM, view_id=chosen)
        messages.success(request, _("Damit beginnt der Raum ab jetzt."))
        return redirect(f"{here}?{query}")
    name = first_line(request.POST.get("name", ""), limit=80)
    if not name:
        messages.error(request, _("Die Ansicht braucht einen Namen."))
        return redirect(f"{here}?{query}")
    view = save_view(owner=request.user, name=name, query=query, room=ROOM, is_shared="shared" in request.POST)
    if "begin" in request.POST:
        begin_with(owner=request.user, room=ROOM, view_id=view.pk)
    messages.success(request, _("Ansicht «%(name)s» gespeichert.") % {"name": name})
    return redirect(f"{here}?{query}")


def known(query: str, *, but_for: Collection[str] = ()) -> str:
    """The filters of an address, without what else somebody put there, and without some."""
    told = QueryDict(query[:1000], mutable=True)
    for name in set(told) - (PARAMETERS - set(but_for)):
        del told[name]
    return told.urlencode()
